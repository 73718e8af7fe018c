"""Samples of few levels: 10, 8, 6 or 4 bits where music was to be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar
from weakref import WeakKeyDictionary

import numpy as np

from core.audio import Audio
from core.checks.context import by_choice, came_in, fine, is_part, subject
from core.contract import Case, Finding, Origin, Severity, Sound

MOST_LEVELS = 1_100
"""Samples of 10 bits take up to 1024 values; 168 published tracks take 32 809 and more."""
TOGGLES = ((32, 0.2), (100, 0.03), (MOST_LEVELS, 0.012))
"""Up to so many levels, from this share on of the steps that turn back at once by the smallest step.

Rounded music toggles between two levels: 24 to 70 % of the steps at 6 to 4 bits, 8 to 10 % at 8, 2.4 to
3.2 % at 10. A chip holds its levels: its square waves and mixes 0 to 0.4 %, a triangle of 16 steps alone 7 %.
"""
PIECES, PIECE_FRAMES = 16, 8192
LEAST_FRAMES = 4096


@dataclass(frozen=True)
class FineSamples:
    """The samples have more levels than 10 bits hold; the levels that a chip holds are no fault."""

    name: ClassVar[str] = "coarse_samples"
    gate: ClassVar[bool] = False

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Count the values that the samples take; None for silence and for a very short sound."""
        if sound.measurement.sample_peak_dbfs is None or sound.audio.frames < LEAST_FRAMES:
            return None
        if by_choice(sound, case):
            return None
        levels = coarse_levels(sound.audio)
        if levels is None:
            return fine(self.name, sound, f"More than {MOST_LEVELS} levels, or levels that a chip holds.")
        before = came_in(sound, case)
        inherited = before is not None and coarse_levels(before.audio) is not None
        warns = inherited or case.brought or is_part(sound, case)
        bits = math.ceil(math.log2(max(2, levels)))
        return Finding(
            check=self.name,
            severity=Severity.WARN if warns else Severity.FAIL,
            artifact=sound.name,
            evidence=f"{subject(sound, case)} takes only {levels} levels, about {bits} bits "
            f"(warns up to {MOST_LEVELS}): its noise is as loud as that.",
            causes=("what came in was so already",)
            if inherited
            else (
                f"samples were rounded to {bits} bits on the way",
                "a quiet sound was saved with few bits and turned up",
            ),
            remedy="Go back to the sound before it was rounded: the lost bits cannot be had back.",
            origin=Origin.INPUT if inherited else Origin.STAGE,
        )


_known: WeakKeyDictionary[Audio, int] = WeakKeyDictionary()


def coarse_levels(audio: Audio) -> int | None:
    """Return how many levels the loudest channel takes when it is rounded to few of them, else None."""
    found = _known.get(audio)
    if found is None:
        found = _known[audio] = _levels(audio)
    return found or None


def _levels(audio: Audio) -> int:
    """Return the number of levels, 0 when there are many or when they are held."""
    starts = np.unique(np.linspace(0, max(0, audio.frames - PIECE_FRAMES), PIECES).astype(int))
    samples = np.concatenate([audio.samples[start : start + PIECE_FRAMES] for start in starts])
    samples = samples[:, int(np.argmax(np.einsum("fc,fc->c", samples, samples)))]
    if len(np.unique(samples[:PIECE_FRAMES])) > MOST_LEVELS:
        return 0
    values = np.unique(samples)
    limit = next((share for most, share in TOGGLES if len(values) <= most), None)
    if limit is None or len(values) < 3:
        return 0
    steps = np.diff(samples[np.append(True, np.diff(samples) != 0)])
    smallest = 1.5 * float(np.median(np.diff(values)))
    turns = np.sign(steps[1:]) != np.sign(steps[:-1])
    toggles = turns & (np.abs(steps[1:]) <= smallest) & (np.abs(steps[:-1]) <= smallest)
    return len(values) if toggles.size and float(toggles.mean()) >= limit else 0

"""Tops that were cut off and then filtered, resampled or coded: no longer flat, and all at one height.

The amplitudes of music thin out towards its peak. Where a clipper was, they pile up at its ceiling, on both
sides, and what came after it only blurs the pile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.checks.coarse import shows_coarse
from core.checks.context import by_choice
from core.checks.peaks import STEPPED_SHARE
from core.checks.provenance import is_whole
from core.checks.waveform import waveform
from core.contract import Case, Check, Finding, Rank, Sound
from core.meter.features import features
from core.meter.features.once import once_a_sound

PILED = 3.2
"""How much denser amplitudes are at a ceiling than a little under it, on both sides. Published music: 1.2 at
most; a lone sine 2.4, a synthetic voice 2.8; clipped by 6 dB and resampled: 3.7 to 8, by 12 dB 12 to 17."""
MOST_AT_TOP = 0.55
"""A wave that is longer at its extremes is made of steps."""
LOWEST = 0.3
BINS = 70
TOP, FROM, TO = 1, 8, 3
"""Bins of one hundredth: the pile is three wide, and is compared with what lies 3 to 8 under it."""
FEWEST = 60


@dataclass(frozen=True)
class NotClippedBefore(Check):
    """The tops of the wave do not pile up at one height, as a clipper leaves them whatever comes after."""

    name: ClassVar[str] = "clipped_before"
    unasked: ClassVar[str] = "for a part and for what was made of other sounds"
    rank: ClassVar[Rank] = Rank.TRACE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare how often amplitudes occur."""
        if by_choice(sound, case) or case.inputs or not is_whole(sound, case):
            return None
        piled, height = pile(sound.audio)
        evidence = (
            f"Amplitudes at {height:.0%} of the peak are {piled:.1f} times as dense as a little under it "
            f"(limit {PILED:g})."
        )
        if not shows_clipped_before(sound.audio):
            return self.ok(evidence, sound)
        return self.warn(
            f"The tops pile up at one height: {evidence[0].lower()}{evidence[1:]}",
            sound,
            causes=(
                "it was clipped, and then resampled, filtered or encoded with loss",
                "a clipper stands before the last step",
            ),
            remedy="Go back to the sound before it was clipped; no filter brings the tops back.",
        )


def shows_clipped_before(audio: Audio) -> bool:
    """Return whether a sound was clipped before it was made what it is."""
    piled, _ = pile(audio)
    if piled < PILED or shows_coarse(audio):
        return False
    return float(waveform(audio).flat_share.max()) < STEPPED_SHARE


@once_a_sound
def pile(audio: Audio) -> tuple[float, float]:
    """Return how much denser the amplitudes are at a ceiling than under it, and its height against the peak.

    The loudest channel, both signs each for itself, the lesser of the two; 0 where there is no ceiling.
    """
    pieces = features(audio).pieces
    wave = pieces.samples[:, :, pieces.loudest].reshape(-1)
    peak = float(np.abs(wave).max(initial=0.0))
    if peak <= 0.0:
        return 0.0, 0.0
    # Between equal bins, which need no search, on each side of zero.
    edges = np.linspace(LOWEST, 1.0, BINS + 1)
    sides = [np.histogram(side, BINS, (LOWEST * peak, peak))[0].astype(np.float64) for side in (wave, -wave)]
    at = np.arange(FROM, BINS - TOP)
    denser = np.min([_denser(side, at) for side in sides], axis=0)
    best = int(np.argmax(denser))
    above = sum(float(side[at[best] - TOP :].sum()) for side in sides)
    if above > MOST_AT_TOP * wave.size:
        return 0.0, 0.0
    return float(denser[best]), float(edges[at[best]])


def _denser(counts: npt.NDArray[np.float64], at: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    sums = np.concatenate([[0.0], np.cumsum(counts)])
    top = sums[at + TOP + 1] - sums[at - TOP]
    under = (sums[at - TO] - sums[at - FROM]) / (FROM - TO)
    return np.where(top >= FEWEST, top / (2 * TOP + 1) / np.maximum(under, 1.0), 0.0)

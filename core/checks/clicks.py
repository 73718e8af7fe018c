"""No clicks: a single step or spike far out of what the wave does around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.audio import Samples
from core.checks.context import MOST_SPANS, blemish, by_choice, came_in, clock, is_part, span
from core.checks.stuck_buffer import shows_loop
from core.checks.waveform import Waveform, waveform
from core.contract import Case, Check, Finding, Rank, Severity, Sound

RATIO = 10.0
"""A click turns this many times as sharply as anything within 50 ms of it; a struck drum does so for long.

33 published tracks and 99 sound effects reach 7.8, and 3.1 where the bend is loud.
"""
LOUD_RATIO = 4.5
"""Enough for a bend that is loud: in dense music even a spike of full scale stands out no further."""
SHARPEST = 0.02
"""Second differences under this part of the sound's peak are too quiet to be audible as a click."""
AROUND_S = 0.050
NEAR_S = 0.020
"""An attack further away than this, on one side, excuses no bend; the edges of a 25 Hz square lie closer."""
SHARPENED = 2.0
"""An equaliser may make a bend stand out this many times as far as it came in; a click by far more."""
TINY = 1e-5
ITSELF_FRAMES = 3
"""A spike bends the wave in three samples running."""
LOUD = 0.5
"""A bend of half the sound's peak is loud, and fails in what we made; a softer one warns unless it is new."""
NEW_RATIO, NEW_LOUD = 6.0, 0.25
"""Enough where the sound that came in does not bend so: then nothing of the music's own does it."""
MANY = 40
"""More than this are the sound's own: a crackling record, a train of impulses."""

Click = tuple[int, float, float]
"""Frame, second difference, and how many times as sharp that is as the sharpest bend around it."""


@dataclass(frozen=True)
class NoClicks(Check):
    """Nothing jumps for one sample alone."""

    name: ClassVar[str] = "clicks"
    unasked: ClassVar[str] = "for silence"
    rank: ClassVar[Rank] = Rank.TRACE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for lone sharp bends of the wave."""
        peak_dbfs = sound.measurement.sample_peak_dbfs
        if peak_dbfs is None or by_choice(sound, case):
            return None
        rate, before, peak = sound.audio.sample_rate, came_in(sound, case), 10 ** (peak_dbfs / 20)
        found = [
            click
            for click in find_clicks(sound.audio.samples, waveform(sound.audio))
            if _stands_out(click, peak) or _is_new(click, before, peak, rate)
        ]
        if not found:
            return self.ok("No bend stands out from those within 50 ms of it as a click does.", sound)
        at, bend, ratio = max(found, key=lambda click: click[1])
        loud = bend >= LOUD * peak
        certain = loud or _is_new((at, bend, ratio), before, peak, rate)
        made_here = not is_part(sound, case) if before is None else _new_since(before, at, rate, ratio)
        causes = "samples were lost or written over", "two pieces were joined where their waves do not meet"
        others = shows_loop(sound.audio) or _where_silence_ends(sound.audio.samples, at, rate)
        sure = certain and len(found) <= MANY and made_here and not others
        return self.rated(
            blemish(case) if sure else Severity.WARN,
            f"{len(found)} click{'s' if len(found) > 1 else ''}, the loudest at {clock(at / rate)}: "
            f"the wave bends {ratio:.1f} times as sharply as within 50 ms of it "
            f"(limit {LOUD_RATIO if loud else RATIO if ratio > RATIO else NEW_RATIO:g}).",
            sound,
            causes=causes if _comes_back(sound.audio.samples, at) else causes[::-1],
            remedy="Listen at the marked places; repair them with a click remover."
            if case.uploaded
            else "Make this stage again; a crossfade at the join removes it.",
            spans=tuple(
                span(frame / rate - 0.005, frame / rate + 0.005) for frame, _, _ in found[:MOST_SPANS]
            ),
        )


def _where_silence_ends(samples: Samples, frame: int, rate: int) -> bool:
    """Return whether nothing sounds on one side of a bend: the checks of edges and gaps ask about that."""
    reach = round(NEAR_S * rate)
    sides = samples[max(0, frame - reach) : max(0, frame - 2)], samples[frame + 2 : frame + reach]
    return any(len(side) > 0 and not np.any(side) for side in sides)


def _comes_back(samples: Samples, frame: int) -> bool:
    """Return whether the wave jumps back where it was, which it does not where pieces meet.

    A jump back further away bends the wave as sharply: then neither stands out.
    """
    near = samples[max(0, frame - ITSELF_FRAMES) : frame + ITSELF_FRAMES + 1]
    jumps = np.diff(near.astype(np.float64), axis=0)
    if not jumps.size:
        return False
    place, channel = np.unravel_index(int(np.argmax(np.abs(jumps))), jumps.shape)
    there = float(jumps[place, channel])
    return bool((-np.sign(there) * jumps[:, channel]).max() > 0.5 * abs(there))


def _stands_out(click: Click, peak: float) -> bool:
    _, height, ratio = click
    return ratio > (LOUD_RATIO if height >= LOUD * peak else RATIO)


def _is_new(click: Click, before: Sound | None, peak: float, rate: int) -> bool:
    frame, height, ratio = click
    sharp = ratio > NEW_RATIO and height >= NEW_LOUD * peak
    return sharp and before is not None and _new_since(before, frame, rate, ratio)


def _new_since(before: Sound, frame: int, rate: int, ratio: float) -> bool:
    """Return whether the wave that came in bent by far less than ``ratio`` within 5 ms of this frame."""
    if before.audio.sample_rate != rate:
        return False
    around = round(0.005 * rate)
    start, reach, near = max(0, frame - around), round(AROUND_S * rate), round(NEAR_S * rate)
    for channel in before.audio.samples[: frame + around + reach].T:
        _, height, rest = _look(channel, start, 2 * around, reach, near)
        if SHARPENED * height >= ratio * rest:
            return False
    return True


def find_clicks(samples: Samples, shape: Waveform) -> list[Click]:
    """Return every bend that is sharper than those around it, more than loud clicks need be."""
    reach, near = round(AROUND_S * shape.sample_rate), round(NEAR_S * shape.sample_rate)
    found: dict[int, tuple[float, float]] = {}
    least = SHARPEST * float(shape.peak.max(initial=0.0))
    for c, bend in enumerate(shape.bend):
        for block in _candidates(bend, least):
            frame, height, rest = _look(samples[:, c], block * shape.size, shape.size, reach, near)
            if height > LOUD_RATIO * rest and (frame not in found or found[frame][0] < height):
                found[frame] = (height, height / max(rest, TINY * height))
    return [(frame, *found[frame]) for frame in sorted(found)]


def _candidates(bend: np.ndarray[tuple[int], np.dtype[np.float32]], least: float) -> list[int]:
    """Return the blocks that bend more sharply than those two to five blocks away on both sides."""
    if len(bend) < 12:
        return []
    padded = np.pad(bend, 5)
    aside = np.zeros_like(bend)
    for k in (-5, -4, -3, -2, 2, 3, 4, 5):
        np.maximum(aside, padded[5 + k : 5 + k + len(bend)], out=aside)
    aside *= np.float32(LOUD_RATIO)
    picked = (bend > least) & (bend > aside)
    picked[:5] = picked[-5:] = False
    return [int(block) for block in np.flatnonzero(picked)]


def _look(channel: Samples, start: int, size: int, reach: int, near: int) -> tuple[int, float, float]:
    """Return the sharpest bend of a block (frame, height), and the sharpest around it.

    Around it is ``reach`` frames on one side and ``near`` on the other, whichever way is the calmer.
    """
    first = max(0, start - reach)
    piece = channel[first : start + size + reach].astype(np.float64)
    bends = np.abs(np.diff(piece, 2))
    lo = max(0, start - first - 2)
    at = lo + int(np.argmax(bends[lo : lo + size + 2]))
    height = float(bends[at])
    bends[max(0, at - ITSELF_FRAMES) : at + ITSELF_FRAMES + 1] = 0.0
    calmer = min(
        float(bends[: at + near].max(initial=0.0)), float(bends[max(0, at - near) :].max(initial=0.0))
    )
    return first + at + 1, height, calmer

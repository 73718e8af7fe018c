"""No dropouts: a pause in music fades and breathes, a dropout cuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.checks.context import MOST_SPANS, by_choice, came_in, clock, is_part, silenced, span
from core.checks.peaks import STEPPED_SHARE
from core.checks.waveform import Waveform, waveform
from core.contract import Case, Check, Finding, Rank, Severity, Sound

GAP_S = 0.010
"""LEVELS: a gap lasts 10 ms or more; a rest between two half-waves is no gap."""
SILENT_DB = -50.0
"""Against the sound's peak: a gap is one at any level."""
AUDIBLE_DB = -40.0
"""Zeros where more than this came in are a gap, however softly the sound comes and goes around them."""
FALL_DB = 40.0
"""How far the sound falls within the edge."""
EDGE_S = 0.002
"""The sound must be there within this of the silence, on both sides: a cut that was meant has a fade."""
AROUND_S = 0.020
FALL_EDGE_DB = 14.0
"""The last 2 ms may be this much under the 20 ms before: more, and the sound was dying away already."""
RISE_EDGE_DB = 24.0
"""The first 2 ms may be this much under the 20 ms after: an attack is steep by nature and tells little."""


@dataclass(frozen=True)
class NoGaps(Check):
    """The sound is not interrupted: no stretch of silence that begins and ends within milliseconds."""

    name: ClassVar[str] = "gaps"
    unasked: ClassVar[str] = "for silence and for a wave of steps"
    rank: ClassVar[Rank] = Rank.TRACE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for silence with an abrupt edge on both sides."""
        if sound.measurement.sample_peak_dbfs is None or by_choice(sound, case):
            return None
        shape = waveform(sound.audio)
        stepped = float(shape.flat_share.max()) >= STEPPED_SHARE
        before = came_in(sound, case)
        found = [] if stepped and before is None else abrupt_gaps(shape)
        made_here = [gap for gap in found if before is None or _plays(before, *gap)]
        if before is not None and not made_here:
            made_here = [gap for gap in zeros_within(shape) if _plays(before, *gap, over_db=AUDIBLE_DB)]
        made_here = [gap for gap in made_here if not silenced(case, *gap)]
        if not made_here:
            said = (
                "Rests between steps, as such voices have."
                if stepped
                else "No abrupt silence of 10 ms or more."
            )
            return self.ok(said, sound)
        worst = max(made_here, key=lambda gap: gap[1] - gap[0])
        more = f", and {len(made_here) - 1} more" if len(made_here) > 1 else ""
        sure = before is not None or not is_part(sound, case)
        return self.rated(
            Severity.WARN if case.uploaded or not sure else Severity.FAIL,
            f"The sound stops dead for {1000 * (worst[1] - worst[0]):.0f} ms at "
            f"{clock(worst[0])}{more} (limit {1000 * GAP_S:.0f} ms with sharp edges).",
            sound,
            causes=(
                "a chunk of the sound was lost or filled with zeros",
                "a buffer ran empty while recording",
            ),
            remedy="Listen at the marked place; if the cut is intended, leave it."
            if case.uploaded
            else "Make this stage again.",
            spans=tuple(span(*gap) for gap in made_here[:MOST_SPANS]),
        )


def abrupt_gaps(shape: Waveform) -> list[tuple[float, float]]:
    """Return the silences (start, stop in seconds) that the sound falls into and rises from at once."""
    peak = shape.peak.max(axis=0)
    highest = float(peak.max(initial=0.0))
    silent = peak < 10 ** (SILENT_DB / 20) * highest
    turns = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(np.int8)))
    ms = shape.size / shape.sample_rate
    shortest, edge, wide = round(GAP_S / ms), round(EDGE_S / ms), round(AROUND_S / ms)
    gaps = []
    for first, last in zip(turns[0::2], turns[1::2], strict=True):
        if last - first < shortest - 1 or first == 0 or last == len(peak):
            continue
        inside = float(peak[first + 1 : last - 1].max(initial=0.0))
        falls = _cut(peak[max(0, first - wide) : first][::-1], edge, inside, FALL_EDGE_DB, highest)
        if falls and _cut(peak[last : last + wide], edge, inside, RISE_EDGE_DB, highest):
            gaps.append((shape.time_s(first), shape.time_s(last)))
    return gaps


def zeros_within(shape: Waveform) -> list[tuple[float, float]]:
    """Return the stretches of digital silence (start, stop in seconds) between two sounds."""
    zero = shape.peak.max(axis=0) == 0.0
    turns = np.flatnonzero(np.diff(np.concatenate([[False], zero, [False]]).astype(np.int8)))
    shortest = round(GAP_S * shape.sample_rate / shape.size)
    return [
        (shape.time_s(first), shape.time_s(last))
        for first, last in zip(turns[0::2], turns[1::2], strict=True)
        if last - first >= shortest and first > 0 and last < len(zero)
    ]


def _cut(side: npt.NDArray[np.float32], edge: int, inside: float, drop_db: float, highest: float) -> bool:
    """Return whether the sound next to a silence (nearest block first) is there at full level."""
    near = float(side[:edge].max(initial=0.0))
    strong = near > 10 ** (FALL_DB / 20) * inside and near > 10 ** ((SILENT_DB + 20) / 20) * highest
    return strong and near > 10 ** (-drop_db / 20) * float(side.max(initial=0.0))


def _plays(sound: Sound, start_s: float, stop_s: float, over_db: float = SILENT_DB) -> bool:
    """Return whether a sound peaks over a level, against its own peak, in the middle of a stretch of time."""
    audio, peak_dbfs = sound.audio, sound.measurement.sample_peak_dbfs
    if peak_dbfs is None:
        return False
    third = (stop_s - start_s) / 3
    piece = audio.between(start_s + third, stop_s - third).samples
    return bool(piece.size) and float(np.abs(piece).max()) > 10 ** ((peak_dbfs + over_db) / 20)

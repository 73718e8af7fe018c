"""A gain that changes once and for good: the level jumps in the middle of a step's result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.blame.change import Change
from core.checks.context import clock
from core.compare.align import Aligned
from core.compare.explain import Kind
from core.compare.gain_fit import fit_gain
from core.contract import Finding, Severity, Sound, Span, finding_about

WINDOW_S = 0.1
SIDE = 10
"""Windows on either side of a jump in which the gain stands still: one second."""
BETWEEN = 3
"""Windows that the jump may take. What takes longer is a fader that was moved."""
STILL_DB = 0.3
"""By so much the gain may move on either side: a compressor's and a limiter's follow the music by more."""
EXACT_DB = -30.0
"""What the gain of a window leaves over: an equaliser beside it is no hindrance."""
WARN_DB, FAIL_DB = 3.0, 6.0
UNCOMPARABLE = frozenset({Kind.IDENTICAL, Kind.UNRELATED, Kind.SILENT, Kind.GAIN})

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Jump:
    """Where the gain changes, in seconds of the common stretch, and by how much."""

    at_s: float
    by_db: float


def level_jump(change: Change, after: Sound, aligned: Aligned) -> Finding | None:
    """Ask whether the step's gain stands still, jumps, and stands still again."""
    if change.kind in UNCOMPARABLE:
        return None
    jump = largest_jump(aligned)
    if jump is None or abs(jump.by_db) < WARN_DB:
        return None
    at_s = aligned.only_after[0] + jump.at_s
    return finding_about(
        "level_jump",
        Severity.FAIL if abs(jump.by_db) >= FAIL_DB else Severity.WARN,
        after,
        f"The gain of {after.name} jumps by {jump.by_db:+.1f} dB at {clock(at_s)} and stands still before "
        f"and after (warns at {WARN_DB:g}, fails at {FAIL_DB:g} dB).",
        causes=(
            "a gain was set for one part of the sound alone: chunks normalised one by one, or automation",
            "a second copy of the step came in, or one of two dropped out",
        ),
        remedy="Run the step in one piece, with one gain for the whole sound.",
        spans=(Span(start_s=max(0.0, at_s - 0.25), stop_s=at_s + 0.25),),
    )


def largest_jump(aligned: Aligned) -> Jump | None:
    """Return the largest change between two seconds of one gain each; None when there is none."""
    window = max(8, round(WINDOW_S * aligned.sample_rate))
    fitted = fit_gain(aligned.before, aligned.after, window)
    loud = fitted.energy > 1e-4 * fitted.energy.max(initial=0.0)
    exact = fitted.left <= 10 ** (EXACT_DB / 10) * fitted.energy
    usable = loud & exact & (fitted.gain != 0)
    level = np.where(usable, 20 * np.log10(np.abs(fitted.gain) + 1e-12), np.nan)
    if len(level) < 2 * SIDE + BETWEEN:
        return None
    sides = np.lib.stride_tricks.sliding_window_view(level, SIDE)
    still = np.ptp(sides, axis=1) <= STILL_DB  # NaN compares as False
    middle = np.where(still, np.median(sides, axis=1), np.nan)
    by = middle[SIDE + BETWEEN :] - middle[: -(SIDE + BETWEEN)]
    if not np.isfinite(by).any():
        return None
    at = int(np.nanargmax(np.abs(by)))
    steps = np.abs(np.diff(level[at + SIDE - 1 : at + SIDE + BETWEEN + 1]))
    place = at + SIDE + (int(np.nanargmax(steps)) if np.isfinite(steps).any() else 0)
    return Jump(place * window / aligned.sample_rate, float(by[at]))

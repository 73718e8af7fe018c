"""Gain and limiter, corrected by what the meter reads, until a sound has the loudness that was asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from core.audio import Audio
from core.dsp.limiter import Limited, limit
from core.measure import Measurement, measure
from core.progress import Report

CLOSE_LU = 0.05
ROUNDS = 8


@dataclass(frozen=True)
class Aim:
    """Where to bring a sound, and how far one may go for it."""

    target_lufs: float
    ceiling_dbtp: float
    release_s: float
    most_limiting_db: float
    most_gain_db: float
    """More gain than this lifts the noise of a sound that is hardly there; infinite for who insists."""


@dataclass(frozen=True, eq=False)
class Take:
    """One pass of the limiter and how its result reads."""

    limited: Limited
    measurement: Measurement

    @property
    def loudness_lufs(self) -> float:
        """Integrated loudness; what went in has one, and a limiter takes at most 24 dB of it."""
        assert self.measurement.integrated_lufs is not None
        return self.measurement.integrated_lufs


@dataclass(frozen=True, eq=False)
class Landed:
    """The best take."""

    take: Take
    gain_db: float
    """Static gain before the limiter."""
    shortfall: str
    """Why the target was not reached, one sentence; empty when it was."""


def to_loudness(audio: Audio, reading: Measurement, aim: Aim, report: Report) -> Landed:
    """Limit until the loudness fits within 0.05 LU, or is as near as the aim allows.

    ``reading``: of ``audio``, which has a loudness and a true peak.
    """
    assert reading.true_peak_dbtp is not None and reading.integrated_lufs is not None
    limiting_allows_db = aim.ceiling_dbtp + aim.most_limiting_db - reading.true_peak_dbtp
    most_db = min(limiting_allows_db, aim.most_gain_db)

    def take(gain_db: float) -> Take:
        limited = limit(audio, gain_db=gain_db, ceiling_dbtp=aim.ceiling_dbtp, release_s=aim.release_s)
        return Take(limited, measure(limited.audio))

    gain_db = min(aim.target_lufs - reading.integrated_lufs, most_db)
    best, gain_db = _close_in(take, gain_db, most_db, aim.target_lufs, report)
    off_lu = aim.target_lufs - best.loudness_lufs
    if abs(off_lu) <= CLOSE_LU:
        return Landed(best, gain_db, "")
    if gain_db >= most_db and limiting_allows_db <= aim.most_gain_db:
        why = f"the rest would take more than {aim.most_limiting_db:g} dB of limiting"
    elif gain_db >= most_db:
        why = f"the mix is so quiet that it would take more than {aim.most_gain_db:g} dB of gain"
    else:
        why = "more gain makes this mix no louder under its ceiling"
    note = f"Stopped at {best.loudness_lufs:.1f} LUFS, {off_lu:.1f} LU short of {aim.target_lufs:g}: {why}."
    return Landed(best, gain_db, note)


def _close_in(
    take: Callable[[float], Take], gain_db: float, most_db: float, target_lufs: float, report: Report
) -> tuple[Take, float]:
    """Correct the gain by what the loudness is off, along the slope seen so far."""
    slope = 1.0
    best, off_lu = None, math.inf
    at_db = gain_db
    before: tuple[float, float] | None = None
    for attempt in range(ROUNDS):
        report(attempt / ROUNDS, f"limiting, pass {attempt + 1}")
        made = take(gain_db)
        left_lu = target_lufs - made.loudness_lufs
        if abs(left_lu) < abs(off_lu):
            best, off_lu, at_db = made, left_lu, gain_db
        if abs(left_lu) <= CLOSE_LU / 2 or (gain_db >= most_db and left_lu >= 0):
            break
        if before is not None and gain_db != before[0]:
            slope = min(1.2, max(0.1, (made.loudness_lufs - before[1]) / (gain_db - before[0])))
        before = gain_db, made.loudness_lufs
        gain_db = min(gain_db + left_lu / slope, most_db)
    assert best is not None
    return best, at_db

"""Whether a child process still does something: it reports, or it takes processor time."""

from __future__ import annotations

import os
import time
from pathlib import Path

from core.machine.limits import stalled_s

LOOKS_EVERY_S = 5.0
WORKING_SHARE = 0.01
"""Less processor time than this share of the time that passed is none: a thread that only polls."""
SILENT_WORK = 10.0
"""A child that works without a report for so many times the limit goes round in circles."""


class SignsOfLife:
    """The signs of one call. The limit is ``GAINSTAGE_STALLED_S``."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._limit_s = stalled_s()
        self._reported = self._worked = self._looked = time.monotonic()
        self._used_s = _processor_s(pid)

    def seen(self) -> None:
        """Note a report."""
        self._reported = self._worked = time.monotonic()

    def silent_s(self) -> float:
        """Return the seconds since the last report."""
        return time.monotonic() - self._reported

    def stalled(self) -> bool:
        """Whether the child has neither reported nor worked for the limit, or not reported for ten of it."""
        now = time.monotonic()
        if now - self._looked >= min(LOOKS_EVERY_S, self._limit_s / 4):
            used_s = _processor_s(self._pid)
            if used_s is not None and used_s - (self._used_s or 0.0) > WORKING_SHARE * (now - self._looked):
                self._worked = now
            self._looked, self._used_s = now, used_s
        known = self._used_s is not None
        idle = known and now - self._worked > self._limit_s
        return idle or now - self._reported > SILENT_WORK * self._limit_s


def _processor_s(pid: int) -> float | None:
    """Return the processor time of a process, seconds; None where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None

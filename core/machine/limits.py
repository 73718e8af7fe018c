"""What one studio takes on: limits that its operator sets in the environment, and what they are without that.

Each is a number; 0 means none. A hosted studio, which strangers reach, has narrower ones.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import SettingsError

MB = 1_000_000
NONE = math.inf


@dataclass(frozen=True)
class Limit:
    """One limit: its variable, and its value in a hosted and in a local studio."""

    variable: str
    hosted: float
    local: float
    unit: str


LIMITS = {
    "longest_s": Limit("GAINSTAGE_LONGEST_S", 600.0, NONE, "seconds of one song"),
    "waiting_per_owner": Limit("GAINSTAGE_WAITING_PER_OWNER", 4, 4, "songs of one owner that wait"),
    "waiting": Limit("GAINSTAGE_WAITING", 16, 16, "songs that wait in all"),
    "upload_mb": Limit("GAINSTAGE_UPLOAD_MB", 200, NONE, "MB of one upload"),
    "owner_mb": Limit("GAINSTAGE_OWNER_MB", 2_000, NONE, "MB that one owner's songs take"),
    "disk_mb": Limit("GAINSTAGE_DISK_MB", NONE, NONE, "MB that all songs take; the oldest go first"),
    "song_days": Limit("GAINSTAGE_SONG_DAYS", NONE, NONE, "days until a song is deleted"),
    "rest_hours": Limit("GAINSTAGE_REST_HOURS", 1, 24, "hours until intermediate sounds give way"),
    "free_mb": Limit("GAINSTAGE_FREE_MB", 300, 0, "MB that stay free on the disk"),
    "stalled_s": Limit("GAINSTAGE_STALLED_S", 900, 900, "seconds without a sign of life of an engine"),
}


@dataclass(frozen=True)
class Limits:
    """The limits of this studio; ``math.inf`` is none."""

    longest_s: float = NONE
    waiting_per_owner: float = 4
    waiting: float = 16
    upload_mb: float = NONE
    owner_mb: float = NONE
    disk_mb: float = NONE
    song_days: float = NONE
    rest_hours: float = 24
    free_mb: float = 0
    stalled_s: float = 900

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ, *, hosted: bool) -> Limits:
        """Return what the environment sets, and the usual values for the rest; raises SettingsError."""
        return cls(**{name: _value(limit, environment, hosted=hosted) for name, limit in LIMITS.items()})


def stalled_s() -> float:
    """Return after how many seconds without a sign of life an engine is ended. Raises SettingsError."""
    return _value(LIMITS["stalled_s"], os.environ, hosted=False)


def _value(limit: Limit, environment: Mapping[str, str], *, hosted: bool) -> float:
    text = environment.get(limit.variable, "").strip()
    if not text:
        return limit.hosted if hosted else limit.local
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not value >= 0:
        raise SettingsError(
            f"{limit.variable} is {text!r}, which is no number of {limit.unit}.",
            remedy="Give it a number, 0 for no limit, or take it out of the environment.",
        )
    return value or NONE

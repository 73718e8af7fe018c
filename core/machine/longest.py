"""How long a song may be on this machine: what its stages hold in memory, by the second.

Measured with ``python -m benchmarks.memory`` on the built-in band with vocals, all processes together, and
rounded up: 573 MB for 60 s and 826 MB for 180 s (843 MB within a limit of 1 GB). A model's own needs are the
memory budget's matter.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

from core.machine.limits import Limits
from core.machine.resources import Memory, memory

MB = 1_000_000
BASE_MB = 440.0
"""Server and engines, before a second of song."""
PER_SECOND_MB = 2.7
BUDGET = "GAINSTAGE_MEMORY_MB"
"""The operator's own bound of the memory that songs are planned for."""
SHORTEST_S = 3.0


@dataclass(frozen=True)
class Longest:
    """The longest song, in seconds (``math.inf`` without a bound), and what bounds it, as a clause."""

    seconds: float
    because: str


def longest_song(
    limits: Limits, now: Memory | None = None, held_mb: float | None = None, engines_mb: float = 0.0
) -> Longest:
    """Return the longest song that fits here.

    ``now``: the machine's memory, read unless it is given; ``held_mb``: what this process holds already, and
    ``engines_mb`` what its engines do: both are part of what a song takes.
    """
    room_mb, because = _room(now or memory(), (_held_mb() if held_mb is None else held_mb) + engines_mb)
    fits = math.inf if room_mb is None else max(SHORTEST_S, math.floor((room_mb - BASE_MB) / PER_SECOND_MB))
    if limits.longest_s <= fits:
        return Longest(limits.longest_s, "this server's operator allows no more")
    return Longest(fits, because)


def _room(now: Memory, held_mb: float) -> tuple[float | None, str]:
    """Return the megabytes that a song can be planned for, and why."""
    budgets: list[tuple[float, str]] = []
    if now.available is not None:
        free = now.available / MB + held_mb
        budgets.append((free, f"{free / 1000:.1f} GB of memory are free for it"))
    if now.limit is not None:
        limit = now.limit / MB
        budgets.append((limit, f"this container has {limit / 1000:.1f} GB of memory"))
    budget = os.environ.get(BUDGET, "")
    if budget.replace(".", "", 1).isdigit() and float(budget) > 0:
        budgets.append((float(budget), f"{BUDGET} plans {float(budget) / 1000:.1f} GB for it"))
    return min(budgets) if budgets else (None, "")


def _held_mb() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / MB

"""How much of this machine we may use: cores and memory, container limits included. Standard library only."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
_UNLIMITED = 1 << 60
"""Version 1 control groups write "no limit" as a number near 2**63."""


@dataclass(frozen=True)
class Memory:
    """Bytes of main memory; None where the system does not tell."""

    total: int | None
    available: int | None
    """What can be had now, within the container's limit."""
    limit: int | None
    """The container's limit; None when there is none."""


def cores(root: Path = CGROUP) -> int:
    """Return how many cores we may use: affinity and the container's quota, at least 1."""
    count = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    quota = _cpu_quota(root)
    return max(1, min(count, round(quota))) if quota is not None else count


def memory(root: Path = CGROUP, meminfo: Path = Path("/proc/meminfo")) -> Memory:
    """Return what memory there is, as the kernel and the control group tell it."""
    table = _meminfo(meminfo)
    total, available = table.get("MemTotal"), table.get("MemAvailable")
    limit = _number(root / "memory.max") or _number(root / "memory/memory.limit_in_bytes")
    if limit is None or (total is not None and limit >= total):
        return Memory(total, available, None)
    used = _number(root / "memory.current") or _number(root / "memory/memory.usage_in_bytes") or 0
    left = max(0, limit - used)
    return Memory(total, left if available is None else min(available, left), limit)


def memory_kills(root: Path = CGROUP) -> int:
    """Return how many processes the kernel has ended in this control group because memory ran out."""
    for file in ("memory.events", "memory/memory.oom_control"):
        try:
            lines = (root / file).read_text().splitlines()
        except OSError:
            continue
        counts = [line.split()[1] for line in lines if line.startswith("oom_kill ")]
        return int(counts[0]) if counts else 0
    return 0


def _cpu_quota(root: Path) -> float | None:
    try:
        quota, period = (root / "cpu.max").read_text().split()
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError):
        pass
    quota_us, period_us = _number(root / "cpu/cpu.cfs_quota_us"), _number(root / "cpu/cpu.cfs_period_us")
    return quota_us / period_us if quota_us and period_us else None


def _number(path: Path) -> int | None:
    try:
        value = int(path.read_text())
    except (OSError, ValueError):
        return None
    return value if 0 <= value < _UNLIMITED else None


def _meminfo(path: Path) -> dict[str, int]:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    table = {}
    for line in lines:
        name, _, value = line.partition(":")
        parts = value.split()
        if parts and parts[0].isdigit():
            table[name] = int(parts[0]) * 1024
    return table

"""How much of this machine we may use: cores and memory, container limits included. Standard library only."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
MEMORY_FILES = (
    ("memory.max", "memory.current"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes"),
)
"""Limit and usage as the second and the first version of control groups call them."""
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


def memory(
    root: Path = CGROUP, meminfo: Path = Path("/proc/meminfo"), own: Path = Path("/proc/self/cgroup")
) -> Memory:
    """Return what memory there is, as the kernel and the control group tell it."""
    table = {name: size * 1024 for name, size in _table(meminfo, ":").items()}
    total, available = table.get("MemTotal"), table.get("MemAvailable")
    limits = [
        (limit, max(0, limit - _held(folder, current)))
        for folder in groups(root, own)
        for most, current in MEMORY_FILES
        if (limit := _number(folder / most)) is not None and (total is None or limit < total)
    ]
    if not limits:
        return Memory(total, available, None)
    left = min(left for _, left in limits)
    return Memory(total, left if available is None else min(available, left), min(most for most, _ in limits))


def groups(root: Path, own: Path) -> tuple[Path, ...]:
    """Return the folders of the control groups that count this process's memory, the outermost first.

    Inside a container its own group is mounted as the root; without one, as under systemd, it lies deeper,
    and the narrowest limit on the way counts. Version 1 has a tree for each controller.
    """
    try:
        lines = own.read_text().splitlines()
    except OSError:
        lines = []
    found = [root, root / "memory"]
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        tree = root / "memory" if controllers else root
        inside = [part for part in path.split("/") if part not in ("", "..")]
        found += [tree.joinpath(*inside[:depth]) for depth in range(1, len(inside) + 1)]
    return tuple(found)


def _held(folder: Path, current: str) -> int:
    """Return what a group holds for good: pages of files that were read are given back when needed."""
    table = _table(folder / "memory.stat", " ")
    files = [table.get(f"total_{name}", table.get(name, 0)) for name in ("active_file", "inactive_file")]
    return max(0, (_number(folder / current) or 0) - sum(files))


def memory_kills(root: Path = CGROUP) -> int:
    """Return how many processes the kernel has ended in this container because memory ran out."""
    for file in (root / "memory.events", root / "memory" / "memory.oom_control"):
        count = _table(file, " ").get("oom_kill")
        if count is not None:
            return count
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


def _table(path: Path, separator: str) -> dict[str, int]:
    """Return the numbers of a file of names and numbers; empty when it cannot be read."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    table = {}
    for line in lines:
        name, _, value = line.partition(separator)
        parts = value.split()
        if parts and parts[0].isdigit():
            table[name] = int(parts[0])
    return table

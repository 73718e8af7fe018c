"""Main memory: what is free within the container's limit, and whether the kernel had to end processes."""

from __future__ import annotations

from core.contract import Severity
from core.facts.fact import GB, MB, Fact, bad, ok
from core.machine.resources import cores, memory, memory_kills

FAIL_BYTES, WARN_BYTES = 600 * MB, 2 * GB


def main_memory() -> Fact:
    """Look at what can be had now, and at the limit."""
    now, kills = memory(), memory_kills()
    if now.available is None:
        return ok("memory", f"{cores()} cores; this system does not report how much memory is free.")
    limit = f", the container's limit is {now.limit / GB:.1f} GB" if now.limit is not None else ""
    ended = f" The kernel has ended {kills} processes here because memory ran out." if kills else ""
    evidence = f"{now.available / GB:.1f} GB are free{limit}; {cores()} cores.{ended}"
    if now.available >= WARN_BYTES and not kills:
        return ok("memory", evidence)
    severity = Severity.FAIL if now.available < FAIL_BYTES else Severity.WARN
    return bad(
        severity,
        "memory",
        evidence,
        "Close other programs or give the container more memory; the built-in band needs the least.",
        "the container's limit is low" if now.limit is not None else "other programs use the memory",
        *(("an engine or a song was too large for it",) if kills else ()),
    )

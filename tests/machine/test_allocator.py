"""Freed memory goes back to the system, so that stems that are done with leave room for the next stage."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from core.machine.allocator import ENVIRONMENT, give_memory_back

FREED_MB = """
import sys
{settled}
def held():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096 / 1e6
keep = []
blocks = [bytearray(20_000_000) for _ in range(2)]
del blocks  # glibc takes this for a hint that blocks of this size are worth keeping
before = held()
blocks = []
for _ in range(10):
    blocks.append(bytearray(b"x") * 20_000_000)
    keep.append(bytearray(1000))
del blocks
print(held() - before)
"""


def still_held_mb(settled: str, env: dict[str, str]) -> float:
    script = FREED_MB.format(settled=settled)
    done = subprocess.run([sys.executable, "-c", script], env=env, check=True, capture_output=True, text=True)
    return float(done.stdout)


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc, and glibc")


@linux
def test_arrays_that_are_freed_leave_nothing_behind():
    bare = {key: value for key, value in os.environ.items() if not key.startswith("MALLOC_")}
    settled = "from core.machine.allocator import give_memory_back\nassert give_memory_back()"
    assert still_held_mb("", bare) > 100, "glibc keeps them by itself no more: this module may go"
    assert still_held_mb(settled, bare) < 5
    assert still_held_mb("", bare | ENVIRONMENT) < 5


@linux
def test_it_can_be_asked_twice():
    assert give_memory_back() and give_memory_back()

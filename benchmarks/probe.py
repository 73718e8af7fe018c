"""What a probe costs the program that it listens to: time in the program's own thread, and memory.

``python -m core bench probe``. Time is counted in :meth:`core.probe.probe.Probe.step` alone, by the thread's
processor time and by the clock; the clock also counts waits for the background thread and for other programs.
Memory is anonymous memory of the process (``RssAnon``), after 1,000 steps against after 200.
"""

from __future__ import annotations

import functools
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import core as gainstage
from benchmarks.figure import Figure, show

RATE = 48_000
SIZES_MB = (1, 8, 32)
TIMES = 7
BASE_MS, MS_PER_MB = 2.0, 0.5
STEPS, SETTLED_AT = 1_000, 200
MOST_GROWTH_MB = 16.0
STEP_S = 0.5
FLUSH_EVERY = 20


def run() -> list[Figure]:
    """Measure and return the figures; about two minutes."""
    with tempfile.TemporaryDirectory() as home:
        before = os.environ.get("GAINSTAGE_HOME")
        os.environ["GAINSTAGE_HOME"] = home
        try:
            return [*_first_step(), *_time(), *_memory()]
        finally:
            os.environ.pop("GAINSTAGE_HOME")
            if before is not None:
                os.environ["GAINSTAGE_HOME"] = before


def _song(megabytes: float, seed: int = 0) -> np.ndarray:
    """Return plucked notes over soft noise, stereo, float32: nothing that a check would end early for."""
    frames, rng = round(megabytes * 1e6 / 8), np.random.default_rng(seed)
    song = 0.002 * rng.standard_normal((frames, 2), dtype=np.float32)
    since = np.arange(RATE // 4, dtype=np.float32) / RATE
    for at in range(0, frames, len(since)):
        note = 110.0 * 2 ** (rng.integers(0, 36) / 12)
        pluck = 0.3 * np.sin(2 * np.pi * note * since) * np.exp(-9 * since)
        song[at : at + len(since)] += pluck[: frames - at, None] * rng.uniform(0.5, 1.0, 2)
    return song


def _cost_ms(step: Callable[[], object]) -> tuple[float, float]:
    """Return a call's milliseconds in this thread: of the processor, and by the clock."""
    clock, processor = time.perf_counter(), time.thread_time()
    step()
    return 1e3 * (time.thread_time() - processor), 1e3 * (time.perf_counter() - clock)


def _first_step() -> list[Figure]:
    """The first step of a probe, which starts its thread; the probe itself is made before."""
    song = _song(1)
    with gainstage.probe("first") as p:
        processor_ms, clock_ms = _cost_ms(lambda: p.step("generate", song, RATE))
    return [
        Figure("first step of a probe, 1 MB, processor", processor_ms, "ms", f"<= {BASE_MS + MS_PER_MB:g}"),
        Figure("first step of a probe, 1 MB, clock", clock_ms, "ms"),
    ]


def _time() -> list[Figure]:
    figures = []
    for size in SIZES_MB:
        song, idle, busy = _song(size), [], []
        with gainstage.probe("time") as p:
            step = functools.partial(p.step, "loop", song, RATE)
            for _ in range(TIMES):
                idle.append(_cost_ms(step))
                busy.append(_cost_ms(step))
                p.flush()
        target = f"<= {BASE_MS + MS_PER_MB * size:g}"
        for what, costs in (("idle", idle), ("busy", busy)):
            processor, clock = (statistics.median(one) for one in zip(*costs, strict=True))
            name = f"step of {size} MB, background {what}"
            figures.append(Figure(f"{name}, processor", processor, "ms", target))
            figures.append(Figure(f"{name}, clock", clock, "ms"))
    return figures


def anonymous_mb() -> float:
    """Return the process's anonymous memory."""
    gc.collect()
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    raise OSError("the system does not count anonymous memory")


def _memory() -> list[Figure]:
    settled = 0.0
    with gainstage.probe("memory") as p:
        for number in range(1, STEPS + 1):
            p.step("loop", _song(8e-6 * RATE * STEP_S, number), RATE, seed=number)
            if number % FLUSH_EVERY == 0:
                p.flush()
            if number == SETTLED_AT:
                settled = anonymous_mb()
        p.flush()
        grown = anonymous_mb() - settled
    return [
        Figure(f"anonymous memory after {SETTLED_AT} steps", settled, "MB"),
        Figure(f"more of it after {STEPS} steps of {STEP_S:g} s", grown, "MB", f"<= {MOST_GROWTH_MB:g}"),
    ]


if __name__ == "__main__":
    show(run())
    sys.exit(0)

"""What the engine host costs: time for a call and for each megabyte of sound, memory, and a cancel's delay.

Each is measured against a worker that gives back what it is given, so that nothing but the host is measured.
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from benchmarks.figure import Figure, show
from core.audio import Audio
from core.engines.base import Availability, EngineCard, Reply
from core.engines.host import EngineHosts
from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.errors import Cancelled
from core.progress import silent

ECHO = EngineCard(
    name="echo",
    title="Echo",
    stage="separate",
    worker="benchmarks.echo_worker",
    version="1",
    summary="Gives back what it is given.",
    licence="Apache-2.0",
    how_to_add="It is here.",
)
SONG_MB = 60
SONGS = 10


def run() -> list[Figure]:
    """Measure and return the figures; about half a minute."""
    hosts = open_engines((Registered(ECHO, lambda: Availability(True, "it is here")),))
    try:
        began = time.perf_counter()
        _call(hosts, {})
        start_s = time.perf_counter() - began
        empty_ms = 1000 * statistics.median(_timed(hosts, {}) for _ in range(100))
        return [
            Figure("a cold start: process, worker, first call", start_s, "s"),
            Figure("a warm call without sound", empty_ms, "ms", "<= 50"),
            _per_megabyte(hosts, empty_ms),
            _growth(hosts),
            _cancel_between_steps(hosts),
            _cancel_of_a_silent_worker(hosts),
        ]
    finally:
        hosts.close()


def _per_megabyte(hosts: EngineHosts, empty_ms: float) -> Figure:
    """Time over an empty call for each megabyte that goes there and comes back, and is read once."""
    song = _song(seed=1)
    whole_ms = 1000 * statistics.median(_timed(hosts, {"song": song}) for _ in range(7))
    name = f"{SONG_MB} MB there and back, over a call without sound, for each MB"
    return Figure(name, (whole_ms - empty_ms) / SONG_MB, "ms", "<= 2")


def _growth(hosts: EngineHosts) -> Figure:
    """Growth of this process after ten songs of four stems, the first left out."""
    for number in range(SONGS + 1):
        stems = {name: _song(number, megabytes=SONG_MB // 4) for name in ("a", "b", "c", "d")}
        _call(hosts, stems)
        del stems
        if number == 0:
            before_mb = _resident_mb()
    return Figure(
        "growth of the process after ten songs of four stems", _resident_mb() - before_mb, "MB", "<= 50"
    )


def _cancel_between_steps(hosts: EngineHosts) -> Figure:
    return Figure("cancel of a worker that reports every 0.1 s", _cancelled(hosts, 10.0, 100), "s", "<= 0.3")


def _cancel_of_a_silent_worker(hosts: EngineHosts) -> Figure:
    return Figure("cancel of a worker that never reports", _cancelled(hosts, 60.0, 1), "s", "<= 2")


def _cancelled(hosts: EngineHosts, seconds: float, steps: int) -> float:
    """Return how long a call goes on after half a second, when it was asked to stop."""
    began = time.perf_counter()

    def report(fraction: float, message: str) -> None:
        if time.perf_counter() - began > 0.5:
            raise Cancelled

    try:
        hosts.call("echo", "busy", values={"seconds": seconds, "steps": steps}, sounds={}, report=report)
    except Cancelled:
        return time.perf_counter() - began - 0.5
    raise AssertionError("the call was over before it could be cancelled")


def _timed(hosts: EngineHosts, sounds: dict[str, Audio]) -> float:
    began = time.perf_counter()
    reply = _call(hosts, sounds)
    for audio in reply.sounds.values():
        audio.samples.sum()
    return time.perf_counter() - began


def _call(hosts: EngineHosts, sounds: dict[str, Audio]) -> Reply:
    return hosts.call("echo", "echo", values={}, sounds=sounds, report=silent)


def _song(seed: int, megabytes: int = SONG_MB) -> Audio:
    frames = megabytes * 1_000_000 // 8
    return Audio(np.random.default_rng(seed).standard_normal((frames, 2), dtype=np.float32), 44_100)


def _resident_mb() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1e6


if __name__ == "__main__":
    show(run())

"""Demucs through the engine host beside the ``demucs`` command: the same song, the same repository, one run.

The networks have random weights, so nothing is downloaded: a tiny one, with which everything around the
network weighs most, and one of the published size, with which nothing but the network does. The command
does what the studio does by default (no shifts, a quarter overlapping). With start-up: from nothing to stems
on disk. Without: a warm child beside ``demucs.api`` in a process that has loaded its model and the song.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.figure import Figure, show
from core.audio import Audio, write
from core.checks.stems import residual_db
from core.engines.host import EngineHosts
from core.engines.opened import open_engines
from core.progress import silent

TINY = {"channels": 8, "bottom_channels": 16, "t_layers": 1, "t_heads": 2, "segment": Fraction(39, 5)}
WHOLE = {"channels": 48, "bottom_channels": 512, "t_layers": 5, "t_heads": 8, "segment": Fraction(39, 5)}
TINY_S, WHOLE_S, LONG_S = 60.0, 30.0, 600.0
ROUNDS = 3
BESIDE = "the demucs command"
NAME = "htdemucs"
WARM = """
import json, sys, time
import numpy, torch
from pathlib import Path
from demucs.api import Separator
repo, song, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
separator = Separator("htdemucs", repo=Path(repo), device="cpu", shifts=0)
heard = torch.from_numpy(numpy.load(song).T.copy())
separator.separate_tensor(heard[:, :44100])
for _ in range(rounds):
    sys.stdin.readline()
    began = time.perf_counter()
    separator.separate_tensor(heard)
    print(json.dumps(time.perf_counter() - began), flush=True)
"""


def run() -> list[Figure]:
    """Measure and return the figures; about five minutes."""
    with tempfile.TemporaryDirectory() as folder:
        tiny, whole = Path(folder) / "tiny", Path(folder) / "whole"
        write_repository(tiny, TINY)
        write_repository(whole, WHOLE)
        return [
            *_beside(tiny, "a tiny network, 1 min", TINY_S, ROUNDS),
            *_beside(whole, "a network of the published size, 30 s", WHOLE_S, 1),
            *_memory(tiny),
        ]


def _beside(repository: Path, what: str, seconds: float, rounds: int) -> list[Figure]:
    """Time both in turns, so that both have the machine in the same mood."""
    song = _song(seconds)
    cold, warm = [], []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "song.wav"
        write(file, song)
        np.save(Path(folder) / "song.npy", song.samples)
        for _ in range(rounds):
            cold.append(_command(repository, file, Path(folder)) / _from_nothing(repository, song))
        warm = _warm(repository, song, Path(folder) / "song.npy", rounds)
    return [
        Figure(f"{what}, with start-up: times as fast", statistics.median(cold), "x", ">= 1", BESIDE),
        Figure(f"{what}, both warm: times as fast", statistics.median(warm), "x", ">= 1", "demucs.api"),
    ]


def _command(repository: Path, file: Path, out: Path) -> float:
    asked = ["-n", NAME, "--repo", repository, "-d", "cpu", "--shifts", "0", "--float32", "-o", out / "out"]
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "demucs.separate", *map(str, asked), str(file)],
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


def _from_nothing(repository: Path, song: Audio) -> float:
    began = time.perf_counter()
    hosts = open_engines()
    try:
        _separate(hosts, repository, song)
        return time.perf_counter() - began
    finally:
        hosts.close()


def _warm(repository: Path, song: Audio, file: Path, rounds: int) -> list[float]:
    hosts = open_engines()
    beside = subprocess.Popen(
        [sys.executable, "-c", WARM, str(repository), str(file), str(rounds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        _separate(hosts, repository, song.between(0, 1))
        return [_asked(beside) / _separate(hosts, repository, song) for _ in range(rounds)]
    finally:
        beside.kill()
        beside.wait()
        hosts.close()


def _asked(beside: subprocess.Popen[str]) -> float:
    if beside.stdin is None or beside.stdout is None:
        raise RuntimeError("the other process was started without pipes")
    beside.stdin.write("go\n")
    beside.stdin.flush()
    return float(json.loads(beside.stdout.readline()))


def _memory(repository: Path) -> list[Figure]:
    """Return the largest memory of the child for one minute and for ten."""
    hosts = open_engines()
    try:
        peaks = []
        for seconds in (TINY_S, LONG_S):
            _separate(hosts, repository, _song(seconds))
            peaks.append(_peak_mb(hosts))
        return [Figure("growth of its memory from 1 min to 10", peaks[1] - peaks[0], "MB", "<= 100")]
    finally:
        hosts.close()


def _separate(hosts: EngineHosts, repository: Path, song: Audio) -> float:
    """Return how long it took; the stems have been read once."""
    began = time.perf_counter()
    values = {"checkpoint": str(repository), "options": {"shifts": 0}, "seed": 0}
    reply = hosts.call("demucs", "separate", values=values, sounds={"song": song}, report=silent)
    took = time.perf_counter() - began
    residual_db(song.samples, {name: stem.samples for name, stem in reply.sounds.items()})
    return took


def _peak_mb(hosts: EngineHosts) -> float:
    status = Path(f"/proc/{hosts.loaded()['demucs']}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1000


def _song(seconds: float) -> Audio:
    frames = round(seconds * 44_100)
    samples = 0.1 * np.random.default_rng(1).standard_normal((frames, 2), dtype=np.float32)
    return Audio(samples, 44_100)


def write_repository(folder: Path, size: dict[str, object]) -> None:
    """Write a repository as Demucs' own are, of a network with random weights."""
    import torch
    from demucs.htdemucs import HTDemucs
    from demucs.states import get_state

    folder.mkdir()
    torch.manual_seed(0)
    network = HTDemucs(["drums", "bass", "other", "vocals"], **size)
    args, kwargs = network._init_args_kwargs
    package = {
        "klass": HTDemucs,
        "args": args,
        "kwargs": kwargs,
        "state": get_state(network, None, half=True),
    }
    torch.save(package, folder / "955717e8.th")
    (folder / f"{NAME}.yaml").write_text("models: ['955717e8']\n")
    (folder / "untrained.json").write_text("{}")


if __name__ == "__main__":
    show(run())

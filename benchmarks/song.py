"""How long the studio takes from a prompt to the measured master, and for a fader change after it.

The studio runs in a process of its own, so that its memory is its own; the engines' children, which are
unloaded when they are idle, are not counted. One short song goes before, so that the children are warm and
the kernels compiled.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figure import Figure, show
from core.runs.pipeline import RunSettings
from core.runs.record import RunRecord, RunState
from core.song import SongRequest
from core.studio import Studio

PROMPT = "warm lo-fi piano about the sea"
WITHOUT_STEMS = RunSettings().with_values({"export.stems": "false"})


def run() -> list[Figure]:
    """Measure and return the figures; about two minutes."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "benchmarks.song", "inside"]
        env = os.environ | {"GAINSTAGE_HOME": home}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=env)
    told = json.loads(done.stdout)
    return [
        Figure("60 s with vocals, prompt to measured export, warm", told["song_s"], "s", "<= 20"),
        Figure("the studio's process after it, at most", told["song_mb"], "MB", "<= 700"),
        Figure("a fader change in a 3 min song: mix, master, export", told["fader_s"], "s"),
        Figure("  of which mix, master, WAV and their measurements", told["levels_s"], "s", "<= 3"),
    ]


def _inside() -> None:
    """Make the songs in this process and print the figures as JSON."""
    studio = Studio.open()
    try:
        _made(studio, SongRequest(prompt=PROMPT, duration_s=15, seed=1))
        _, song_s = _made(studio, SongRequest(prompt=PROMPT, duration_s=60, seed=2))
        song_mb = _most_mb()
        run_id, _ = _made(studio, SongRequest(prompt=PROMPT, duration_s=180, seed=3))
        fader_s, levels_s = _fader_change(studio, run_id)
    finally:
        studio.close()
    print(json.dumps({"song_s": song_s, "song_mb": song_mb, "fader_s": fader_s, "levels_s": levels_s}))


def _made(studio: Studio, request: SongRequest) -> tuple[str, float]:
    began = time.perf_counter()
    run_id = studio.start(request, WITHOUT_STEMS, "bench")
    _finished(studio, run_id)
    return run_id, time.perf_counter() - began


def _fader_change(studio: Studio, run_id: str) -> tuple[float, float]:
    """Return the seconds of the whole re-run, and those that the stages it touches took."""
    settings = WITHOUT_STEMS.with_values({"mix.faders.vocals.gain_db": "-2"})
    began = time.perf_counter()
    studio.change(run_id, settings)
    record = _finished(studio, run_id)
    whole_s = time.perf_counter() - began
    return whole_s, sum(step.seconds for step in record.steps if not step.cached)


def _finished(studio: Studio, run_id: str) -> RunRecord:
    record = studio.wait(run_id)
    if record.state is not RunState.DONE:
        raise SystemExit(f"the song is {record.state.value}, not done: {record.blame}")
    return record


def _most_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    if sys.argv[1:] == ["inside"]:
        _inside()
    else:
        show(run())

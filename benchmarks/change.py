"""What a change of settings costs in a 3 min song: fader to the new mix meter, to the exported master; undo.

    python -m benchmarks.change              a song in a new home
    python -m benchmarks.change HOME         the song of an existing home, made there if there is none

The song has its stems exported, as is the default. Seconds are the wall clock's and this process's own
processor time; the median of five changes, each to a level that the song never had.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.figure import Figure, show
from core.engines.opened import open_engines
from core.runs.pipeline import RunSettings
from core.runs.record import RunState, StepState
from core.song import SongRequest
from core.studio import Studio

PROMPT = "warm lo-fi piano about the sea"
ROUNDS = 5
POLL_S = 0.02


def run() -> list[Figure]:
    """Measure in a new home and return the figures; about two minutes."""
    with tempfile.TemporaryDirectory() as home:
        return measured(Path(home))


def measured(home: Path) -> list[Figure]:
    """Return the figures of the 3 min song in this home, which is made when it isn't there."""
    studio = Studio(home, open_engines())
    try:
        run_id = _song(studio)
        _changed(studio, run_id, _other_level(studio, run_id))
        changes = [_changed(studio, run_id, _other_level(studio, run_id)) for _ in range(ROUNDS)]
        undone = [_timed(studio, run_id, lambda: studio.undo(run_id)) for _ in range(ROUNDS)]
    finally:
        studio.close()
    return [
        _figure("fader to the new mix meter", [one["mix"] for one in changes], "<= 0.7"),
        _figure("fader to the exported master", [one["export"] for one in changes], "<= 2"),
        _figure("  processor time of this process", [one["cpu"] for one in changes]),
        _figure("undo", [one["export"] for one in undone], "<= 0.3"),
        _figure("  processor time of this process", [one["cpu"] for one in undone]),
    ]


def _song(studio: Studio) -> str:
    request = SongRequest(prompt=PROMPT, duration_s=180, seed=3)
    for summary in studio.runs("bench"):
        if studio.run(summary.id).request == request:
            return summary.id
    run_id = studio.start(request, RunSettings(), "bench")
    record = studio.wait(run_id)
    if record.state is not RunState.DONE:
        raise SystemExit(f"the song is {record.state.value}, not done: {record.blame}")
    return run_id


def _other_level(studio: Studio, run_id: str) -> RunSettings:
    settings = studio.run(run_id).settings
    fader = settings.mix.faders.get("vocals")
    lower = (fader.gain_db if fader else 0.0) - 0.37
    return settings.with_values({"mix.faders.vocals.gain_db": f"{lower:.2f}"})


def _changed(studio: Studio, run_id: str, settings: RunSettings) -> dict[str, float]:
    return _timed(studio, run_id, lambda: studio.change(run_id, settings))


def _timed(studio: Studio, run_id: str, act: Callable[[], None]) -> dict[str, float]:
    """Return the seconds until the mix and the export stand in the record, and the processor time."""
    began, cpu = time.perf_counter(), time.process_time()
    act()
    times: dict[str, float] = {}
    while "export" not in times:
        record = studio.run(run_id)
        for stage in ("mix", "export"):
            if stage not in times and record.step(stage).state is StepState.DONE:
                times[stage] = time.perf_counter() - began
        if not record.state.live and "export" not in times:
            raise SystemExit(f"the song is {record.state.value}: {record.blame}")
        time.sleep(POLL_S)
    studio.wait(run_id)
    return {**times, "cpu": time.process_time() - cpu}


def _figure(what: str, values: list[float], target: str = "") -> Figure:
    return Figure(what, statistics.median(values), "s", target)


if __name__ == "__main__":
    show(measured(Path(sys.argv[1])) if sys.argv[1:] else run())

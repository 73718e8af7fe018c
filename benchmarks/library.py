"""How long the Library and Compare take to draw with 2,000 runs, beside a home with one.

The runs are copies of one real record, put into the index as a studio would have. Each page is drawn by
Streamlit's own test harness, once to load what it needs; the median of five draws after that.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.figure import Figure, show
from core.engines.opened import open_engines
from core.runs.pipeline import RunSettings
from core.runs.record import RunState
from core.song import SongRequest
from core.studio import Studio

MANY = 2_000
ROUNDS = 5


def run() -> list[Figure]:
    """Measure and return the figures; about two minutes, most of which fills the index."""
    with tempfile.TemporaryDirectory() as home:
        studio = Studio(Path(home), open_engines())
        try:
            _fill(studio, _song(studio))
            began = time.perf_counter()
            studio.runs("bench")
            all_s = time.perf_counter() - began
            library, compare = _drawn(studio, "library"), _drawn(studio, "compare")
        finally:
            studio.close()
    return [
        Figure(f"Library with {MANY} runs", library, "s", "<= 0.2"),
        Figure(f"Compare with {MANY} runs", compare, "s", "<= 0.2"),
        Figure("  every run listed for the first time", all_s, "s"),
    ]


def _song(studio: Studio) -> str:
    request = SongRequest(prompt="warm lo-fi piano about the sea", duration_s=15, seed=1)
    run_id = studio.start(request, RunSettings(), "bench")
    record = studio.wait(run_id)
    if record.state is not RunState.DONE:
        raise SystemExit(f"the song is {record.state.value}, not done: {record.blame}")
    return run_id


def _fill(studio: Studio, run_id: str) -> None:
    record, index = studio.run(run_id), studio._index
    for number in range(MANY - 1):
        copy = f"{run_id}-{number}"
        index.add(copy, "bench", record.request, record.settings, 0.0)
        index.set_state(copy, RunState.DONE, 0.0, 1.0)
        for step in record.steps:
            index.put_step(copy, step)


def _drawn(studio: Studio, page: str) -> float:
    """Return the seconds that the page's own script takes, the median of several."""
    import streamlit as st
    from streamlit.testing.v1 import AppTest

    st.cache_resource.clear()
    Studio.open = classmethod(lambda cls, **_: studio)  # type: ignore[method-assign,assignment]
    test = AppTest.from_file(str(Path(__file__).parents[1] / "streamlit_app.py"), default_timeout=600)
    test.run()
    test.switch_page(f"pages/{page}.py").run()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        test.run()
        times.append(time.perf_counter() - began)
    if test.exception:
        raise SystemExit(f"{page}: {test.exception[0].message}")
    return statistics.median(times)


if __name__ == "__main__":
    show(run())

"""What eight takes of 10 s cost beside their rendering: the generate stage's time over the band's own.

The stage measures, judges and stores each take while the next is rendered, so its time is by the clock.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure, show
from core.engines.opened import open_engines
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.studio import Studio

TAKES = 8
BAND = "composer"
REQUEST = SongRequest(prompt="indie pop about the sea", duration_s=10, seed=1)


def run() -> list[Figure]:
    """Make the takes in a home of their own and return the figures; the band's child is warm."""
    with tempfile.TemporaryDirectory() as home:
        studio = Studio(Path(home), open_engines())
        rendering: list[float] = []
        call = studio.engines.call

        def timed(engine: str, *arguments: Any, **named: Any) -> Any:
            began = time.perf_counter()
            reply = call(engine, *arguments, **named)
            if engine == BAND:
                rendering.append(time.perf_counter() - began)
            return reply

        studio.engines.call = timed  # type: ignore[method-assign]
        try:
            studio.wait(studio.start(REQUEST, RunSettings(), "bench"))
            rendering.clear()
            settings = RunSettings().with_values({"generate.takes": str(TAKES)})
            run_id = studio.start(REQUEST.model_copy(update={"seed": 2}), settings, "bench")
            studio.wait(run_id)
            whole = studio.run(run_id).step("generate").seconds
        finally:
            studio.close()
    return [
        Figure(f"{TAKES} takes of 10 s, made, measured and judged", whole, "s"),
        Figure("beside their rendering alone", whole / sum(rendering), "x", "<= 1.3"),
    ]


if __name__ == "__main__":
    show(run())

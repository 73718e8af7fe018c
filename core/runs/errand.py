"""A run that another studio has made here: an errand, with a shelf between the two.

The other one puts uploads and earlier steps on the shelf; here the run goes through its stages in a home of
its own, and what they deliver is on the shelf before it is reported. The home goes when the run ends.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from core.engines.base import Engines
from core.errors import NotFoundError
from core.machine.share import Share
from core.runs.index import RunIndex
from core.runs.pipeline import RunSettings
from core.runs.record import RunState, StepRecord, StepState
from core.runs.runner import Runner
from core.runs.shelf import Shelf
from core.runs.store import Store
from core.song import SongRequest

EVERY_S = 0.25
"""So often at most it is reported how far the run is."""
RUN = "errand"
ENDED = (StepState.DONE, StepState.FAILED, StepState.ERROR)


class Errand(BaseModel):
    """What is to be made."""

    model_config = ConfigDict(frozen=True)

    request: SongRequest
    settings: RunSettings
    fresh: str = ""
    awake: bool = False
    continued: tuple[StepRecord, ...] = ()
    """Failed steps that the person chose to go on past."""
    sounds: tuple[str, ...] = ()
    """Keys of uploads, which lie on the shelf."""


class News(BaseModel):
    """How far an errand is: the stage at work, and the steps that ended since the last news."""

    model_config = ConfigDict(frozen=True)

    at: str = ""
    fraction: float = 0.0
    message: str = ""
    steps: tuple[StepRecord, ...] = ()
    state: RunState = RunState.RUNNING
    takes: dict[int, StepRecord] = {}
    """With the last news: the takes of the song."""


def made(errand: Errand, engines: Engines, home: Path, place: Share, tell: Callable[[News], None]) -> News:
    """Make a run and return the last news of it. Raises GainstageError's children."""
    home.mkdir(parents=True)
    store, index = Store(home), RunIndex(home / "index.sqlite")
    try:
        return _made(errand, Runner(engines, store, index), index, Shelf(place, store), place, tell)
    finally:
        index.close()
        shutil.rmtree(home, ignore_errors=True)


def _made(
    errand: Errand,
    runner: Runner,
    index: RunIndex,
    shelf: Shelf,
    place: Share,
    tell: Callable[[News], None],
) -> News:
    if not shelf.fetch(errand.sounds, {}):
        raise NotFoundError(
            "An uploaded file of the song did not reach the worker.",
            causes=("the shared place was cleared", "the worker sees another folder under its path"),
            remedy="Check that studio and workers share GAINSTAGE_SHARE, and make the song again.",
        )
    index.add(RUN, RUN, errand.request, errand.settings, time.time())
    for step in errand.continued:
        index.put_step(RUN, step)
    at, last, reported = "", 0.0, set[str]()

    def ended() -> tuple[StepRecord, ...]:
        steps = [s for s in index.run(RUN)[0].steps if s.state in ENDED and s.stage not in reported]
        for step in steps:
            reported.add(step.stage)
            shelf.put([a.key for a in (*step.artifacts, step.whole) if a], step.files)
        return tuple(steps)

    def on_step(stage: str) -> None:
        nonlocal at
        at = stage
        reported.difference_update(s.stage for s in errand.continued if s.stage == stage)
        tell(News(at=stage, steps=ended()))

    def report(fraction: float, message: str) -> None:
        nonlocal last
        if time.monotonic() - last > EVERY_S:
            last = time.monotonic()
            tell(News(at=at, fraction=fraction, message=message))

    reported.update(step.stage for step in errand.continued)
    state = runner.go(RUN, report, fresh=errand.fresh, on_step=on_step, awake=errand.awake, shelf=place)
    takes = index.takes(RUN)
    for take in takes.values():
        shelf.put([a.key for a in (*take.artifacts, take.whole) if a], take.files)
    return News(at=at, fraction=1.0, steps=ended(), state=state, takes=takes)

"""The song that every fault happens to: made once by the real stages, and kept stage by stage."""

from __future__ import annotations

import secrets
import shutil
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from core.audio import Audio
from core.contract import Contract, Figures, Material
from core.engines.base import Engines
from core.errors import GainstageError
from core.faults import Delivery, Fault
from core.progress import Report, silent
from core.runs.index import RunIndex
from core.runs.pipeline import RunSettings
from core.runs.record import RunRecord, RunState
from core.runs.runner import Runner
from core.runs.store import Store
from core.song import SongRequest
from core.stages.base import Output, Stage, StageSettings, Work
from core.stages.table import STAGES

OWNER = "drill"
SEED = 7
SONG = SongRequest(prompt="upbeat pop song about summer", duration_s=12.0, seed=5)
ANOTHER_SEED = 8
"""Seed of the other song, whose sound a stale file holds, and of a second take."""


class BaseSong:
    """A real run, and the same run with one stage's delivery replaced. Its home is its own, and temporary.

    ``takes``: 1, or 2 for a song that assemble joins from two takes, as engines make them that play each
    clip anew. ``seed`` decides where in the sound a fault happens.
    """

    def __init__(
        self, home: Path, engines: Engines, takes: int = 1, request: SongRequest = SONG, seed: int = SEED
    ) -> None:
        self._home = home / f"takes-{takes}"
        self._engines = engines
        self._home.mkdir(parents=True, exist_ok=True)
        self._store = Store(self._home)
        self._index = RunIndex(self._home / "index.sqlite")
        self._made: dict[str, Output] = {}
        self._settings = RunSettings()
        self._takes, self._request, self._seed = takes, request, seed
        self._other: RunRecord | None = None

    def make(self, report: Report) -> RunRecord:
        """Make the song; every stage's delivery is remembered."""
        stages = (_stage(_TwoTakes(stage)) if stage.name == "generate" else stage for stage in STAGES)
        chosen = tuple(stages) if self._takes > 1 else STAGES
        kept = self._home / "kept"
        return self._run(tuple(_stage(_Cached(one, self._made, kept)) for one in chosen), report)

    def otherwise(self, changes: Mapping[str, str], request: SongRequest | None = None) -> RunRecord:
        """Return a whole real run with other settings, or of another song; the rest is reused."""
        return self._run(STAGES, silent, self._settings.with_values(changes), request)

    def clip(self, request: SongRequest) -> Audio:
        """Return what generate makes of a request; the stages after it are not run. Raises GainstageError."""
        place = [one.name for one in STAGES].index("generate")
        step = self._run(STAGES[: place + 1], silent, request=request).step("generate")
        if step.error:
            raise GainstageError(step.error.message, remedy=step.error.remedy)
        return self._store.audio(next(a.key for a in step.artifacts if a.name == "clip_1"))

    def with_fault(self, fault: Fault, stage: str) -> RunRecord:
        """Return the run in which the fault happened at a stage; it goes no further than that stage."""
        place = [one.name for one in STAGES].index(stage)
        injected = _Injected(STAGES[place], fault, self._made[stage], self._of_another_run, self._seed)
        before = [_stage(_Keys(one, self._made[one.name])) for one in STAGES[:place]]
        settings = self._settings.with_values(fault.settings)
        if fault.settings:
            before = [_stage(_Unjudged(one)) for one in STAGES[:place]]
        return self._run((*before, _stage(injected)), silent, settings)

    def delivered(self, stage: str) -> Output:
        """Return what the stage has made when all went well."""
        return self._made[stage]

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()

    def audio(self, key: str) -> Audio:
        """Return a sound of one of the runs by its key."""
        return self._store.audio(key)

    def _of_another_run(self, stage: str) -> Mapping[str, Audio]:
        if self._other is None:
            self._other = self.otherwise({}, self._request.model_copy(update={"seed": ANOTHER_SEED}))
        return {a.name: self._store.audio(a.key) for a in self._other.step(stage).artifacts}

    def _run(
        self,
        stages: tuple[Stage[Any], ...],
        report: Report,
        settings: RunSettings | None = None,
        request: SongRequest | None = None,
    ) -> RunRecord:
        run_id = f"drill-{secrets.token_urlsafe(8)}"
        self._index.add(run_id, OWNER, request or self._request, settings or self._settings, time.time())
        runner = Runner(self._engines, self._store, self._index, stages)
        runner.go(run_id, report, on_step=lambda name: None)
        self._index.set_state(run_id, RunState.DONE, time.time())
        return self._index.run(run_id)[0]


class _InPlace:
    """Everything of a stage but what it delivers."""

    def __init__(self, stage: Stage[Any], version: int) -> None:
        self.name: str = stage.name
        self.title: str = stage.title
        self.version: int = version
        self.takes: tuple[Material, ...] = stage.takes
        self.delivers: Material = stage.delivers
        self.settings_type: type[StageSettings] = stage.settings_type
        self.figures_type: type[Figures] = stage.figures_type
        self.contract: Contract = stage.contract
        if hasattr(stage, "choose"):
            self.choose = stage.choose
        if hasattr(stage, "choose_for"):
            self.choose_for = stage.choose_for


class _Unjudged(_InPlace):
    """A stage that does its work; nobody asks about it."""

    def __init__(self, stage: Stage[Any]) -> None:
        super().__init__(stage, stage.version)
        self.contract = Contract(())
        self.run = stage.run


class _Keys(_InPlace):
    """A stage that was done and judged already: its delivery is the one that it made."""

    def __init__(self, stage: Stage[Any], made: Output) -> None:
        super().__init__(stage, stage.version)
        self.contract = Contract(())
        self._made = made

    def run(self, work: Work[Any]) -> Output:
        """Return what was made; asked for only where the store has forgotten it."""
        return replace(self._made, files=_copied(self._made.files, work.scratch))


class _Cached(_InPlace):
    """A stage whose delivery is remembered as it leaves."""

    def __init__(self, stage: Stage[Any], made: dict[str, Output], folder: Path) -> None:
        super().__init__(stage, stage.version)
        self._stage, self._made, self._folder = stage, made, folder / stage.name

    def run(self, work: Work[Any]) -> Output:
        """Run the stage."""
        output = self._stage.run(work)
        self._made[self.name] = replace(output, files=_copied(output.files, self._folder))
        return output


class _TwoTakes(_InPlace):
    """Generate, for two takes of one song: two clips that have nothing but the song in common."""

    def __init__(self, stage: Stage[Any]) -> None:
        super().__init__(stage, stage.version)
        self._stage = stage

    def run(self, work: Work[Any]) -> Output:
        """Return both as the clips of one delivery."""
        first = self._stage.run(work)
        again = work.request.model_copy(update={"seed": ANOTHER_SEED})
        second = self._stage.run(replace(work, request=again))
        moved = {name.replace("clip_1", "clip_2"): audio for name, audio in second.sounds.items()}
        silent = {name.replace("clip_1", "clip_2") for name in second.chosen_silent}
        return replace(
            first, sounds={**first.sounds, **moved}, chosen_silent=first.chosen_silent | frozenset(silent)
        )


class _Injected(_InPlace):
    """A stage to which a fault happens: to what surrounds it, or to what it delivers."""

    def __init__(
        self,
        stage: Stage[Any],
        fault: Fault,
        made: Output,
        of_another_run: Callable[[str], Mapping[str, Audio]],
        seed: int,
    ) -> None:
        super().__init__(stage, 1_000_000 + zlib.crc32(fault.name.encode()))
        self._stage, self._fault, self._made = stage, fault, made
        self._of_another_run, self._seed = of_another_run, seed

    def run(self, work: Work[Any]) -> Output:
        """Return the delivery after the fault; raise as the fault raises."""
        if self._fault.surrounds is not None:
            return self._stage.run(self._fault.surrounds(work))
        good = replace(self._made, files=_copied(self._made.files, work.scratch))
        delivery = Delivery(
            self.name, good, work.inputs, work.scratch, lambda: self._of_another_run(self.name)
        )
        return self._fault.happen(delivery, np.random.default_rng(self._seed))


def _stage(stage: object) -> Stage[Any]:
    return cast(Stage[Any], stage)


def _copied(files: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Copy a delivery's files into ``folder``: the store moves those that it keeps."""
    copies = {}
    for name, path in files.items():
        copies[name] = folder / name
        copies[name].parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copies[name])
    return copies

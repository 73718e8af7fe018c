"""The song that every fault happens to: made once by the real stages, and kept stage by stage."""

from __future__ import annotations

import secrets
import shutil
import time
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from core.audio import Audio
from core.contract import Contract
from core.engines.base import Engines
from core.faults import Delivery, Fault
from core.pipeline import STAGES, RunSettings
from core.progress import Report, silent
from core.run import RunRecord, RunState
from core.runner import Runner
from core.runs import RunIndex
from core.song import SongRequest
from core.stages.base import Output, Stage, StageSettings, Work
from core.store import Store

OWNER = "drill"
SEED = 7
SONG = SongRequest(prompt="upbeat pop song about summer", duration_s=12.0, seed=5)


class BaseSong:
    """A real run, and the same run with one stage's delivery replaced. Its home is its own, and temporary."""

    def __init__(self, home: Path, engines: Engines, clips: int = 1) -> None:
        self._home = home / f"clips-{clips}"
        self._engines = engines
        self._home.mkdir(parents=True, exist_ok=True)
        self._store = Store(self._home)
        self._index = RunIndex(self._home / "index.sqlite")
        self._made: dict[str, Output] = {}
        settings = RunSettings()
        if clips > 1:
            settings = settings.with_values({"generate.clips": str(clips)})
        self._settings = settings

    def make(self, report: Report) -> RunRecord:
        """Make the song; every stage's delivery is remembered."""
        kept = self._home / "kept"
        stages = tuple(cast(Stage[Any], _Remembered(stage, self._made, kept)) for stage in STAGES)
        return self._run(stages, report)

    def otherwise(self, changes: Mapping[str, str], request: SongRequest | None = None) -> RunRecord:
        """Return a whole real run with other settings, or of another song; the rest is reused."""
        return self._run(STAGES, silent, self._settings.with_values(changes), request or SONG)

    def with_fault(self, fault: Fault, stage: str) -> RunRecord:
        """Return the run in which the fault happened at a stage; it goes no further than that stage."""
        place = [one.name for one in STAGES].index(stage)
        injected = _Injected(STAGES[place], fault, self._made[stage])
        before = [cast(Stage[Any], _Kept(stage)) for stage in STAGES[:place]]
        return self._run((*before, cast(Stage[Any], injected)), silent)

    def delivered(self, stage: str) -> Output:
        """Return what the stage has made when all went well."""
        return self._made[stage]

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()

    def audio(self, key: str) -> Audio:
        """Return a sound of one of the runs by its key."""
        return self._store.audio(key)

    def _run(
        self,
        stages: tuple[Stage[Any], ...],
        report: Report,
        settings: RunSettings | None = None,
        request: SongRequest = SONG,
    ) -> RunRecord:
        run_id = f"drill-{secrets.token_urlsafe(8)}"
        self._index.add(run_id, OWNER, request, settings or self._settings, time.time())
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
        self.reads: tuple[str, ...] = stage.reads
        self.settings_type: type[StageSettings] = stage.settings_type
        self.contract: Contract = stage.contract


class _Kept(_InPlace):
    """A stage that was done and judged already: its delivery comes from the store."""

    def __init__(self, stage: Stage[Any]) -> None:
        super().__init__(stage, stage.version)
        self.contract = Contract(())
        self.run = stage.run
        if hasattr(stage, "choose"):
            self.choose = stage.choose


class _Remembered(_InPlace):
    """A stage whose delivery is remembered as it leaves."""

    def __init__(self, stage: Stage[Any], made: dict[str, Output], folder: Path) -> None:
        super().__init__(stage, stage.version)
        self._stage, self._made, self._folder = stage, made, folder / stage.name
        if hasattr(stage, "choose"):
            self.choose = stage.choose

    def run(self, work: Work[Any]) -> Output:
        """Run the stage."""
        output = self._stage.run(work)
        self._made[self.name] = replace(output, files=_copied(output, self._folder))
        return output


class _Injected(_InPlace):
    """A stage to whose delivery a fault happens."""

    def __init__(self, stage: Stage[Any], fault: Fault, made: Output) -> None:
        super().__init__(stage, 1_000_000 + zlib.crc32(fault.name.encode()))
        self._fault, self._made = fault, made

    def run(self, work: Work[Any]) -> Output:
        """Return the delivery after the fault; raise as the fault raises."""
        good = replace(self._made, files=_copied(self._made, work.scratch))
        delivery = Delivery(self.name, good, work.inputs, work.scratch, work.engines)
        return self._fault.happen(delivery, np.random.default_rng(SEED))


def _copied(output: Output, folder: Path) -> dict[str, Path]:
    """Copy a delivery's files into ``folder``: the store moves those that it keeps."""
    copies = {}
    for name, path in output.files.items():
        copies[name] = folder / name
        copies[name].parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copies[name])
    return copies

"""What the stages before have delivered to the next, and one step of a run to be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.contract import Finding
from core.runs.record import RunRecord
from core.runs.result import Result
from core.runs.shelf import Shelf
from core.song import Lyrics, Plan
from core.stages.base import Stage, StageSettings


@dataclass(frozen=True)
class Ahead:
    """What the stages before have delivered, as the next one sees it, and where it may be played early."""

    results: Mapping[str, Result]
    first_listen: Path | None = None
    given: tuple[Finding, ...] = ()
    """What was wrong with the upload when it came in."""

    @property
    def plan(self) -> Plan | None:
        """The plan, if a stage made one."""
        return next((r.plan for r in self.results.values() if r.plan), None)

    @property
    def lyrics(self) -> Lyrics | None:
        """The lyrics, if a stage made some."""
        return next((r.lyrics for r in self.results.values() if r.lyrics), None)

    @property
    def notes(self) -> dict[str, tuple[str, ...]]:
        """The notes so far, by stage."""
        return {stage: result.notes for stage, result in self.results.items()}


@dataclass(frozen=True)
class StepCall:
    """One stage of a run to be done."""

    run: RunRecord
    stage: Stage[Any]
    ahead: Ahead
    fresh: bool = False
    """Made anew because the person asked: nothing that is cached of it is looked at."""
    remake: bool = False
    """Its result is not taken from the store."""
    awake: bool = False
    """Its sounds are made again where they gave way."""
    shelf: Shelf | None = None
    """Where else its result may be found, and is put."""

    @property
    def settings(self) -> StageSettings:
        """The stage's settings in this run."""
        return self.run.settings.of(self.stage.name)

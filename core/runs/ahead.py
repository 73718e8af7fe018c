"""What the stages before have delivered to the next, one step to be done with it, and one half done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.contract import Finding
from core.runs.record import RunRecord, StepRecord, StepState
from core.runs.result import Result
from core.runs.shelf import Shelf
from core.song import Lyrics, Plan
from core.stages.base import Output, Stage, StageSettings


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


@dataclass(frozen=True, eq=False)
class Begun:
    """A step that was rendered or found in the store: what it delivered is to be kept and judged yet."""

    call: StepCall
    record: StepRecord
    began: float
    """``time.monotonic`` when it did."""
    key: str = ""
    known: Result | None = None
    """What is cached under its key."""
    rested: bool = False
    """Whether sounds of what is cached gave way."""
    output: Output | None = None
    """What the stage delivered; None where the cached result stands, and where it raised."""
    scratch: Path | None = None
    """The folder that delivered files lie in."""

    @property
    def over(self) -> bool:
        """Whether it raised or was cancelled: its record is complete."""
        return self.record.state is not StepState.NOT_RUN

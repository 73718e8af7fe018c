"""What a step delivered, as it is cached, and what the stages before have delivered to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from core.contract import Finding, Promise
from core.runs.record import ArtifactRecord
from core.song import Lyrics, Plan
from core.stages.base import MadeBy
from core.values import Json


class Result(BaseModel):
    """A step's result as it is cached under its key: everything but the judgement."""

    model_config = ConfigDict(frozen=True)

    made_by: MadeBy
    artifacts: tuple[ArtifactRecord, ...]
    whole: ArtifactRecord | None
    files: dict[str, str]
    plan: Plan | None
    lyrics: Lyrics | None
    figures: dict[str, Json]
    notes: tuple[str, ...]
    promise: Promise
    chosen_silent: frozenset[str]
    brought: bool


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

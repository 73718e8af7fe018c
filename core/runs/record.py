"""A run as data: what a page, the command line and the report read. Nothing here does work."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from core.contract import Finding, Material, Origin, Severity, verdict
from core.errors import ErrorReport
from core.measure import Measurement
from core.runs.given import YOUR_FILE
from core.runs.pipeline import RunSettings
from core.song import Lyrics, Plan, SongRequest
from core.stages.table import STAGE_NAMES
from core.values import Json


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class StepState(StrEnum):
    """Where one step of a run stands."""

    NOT_RUN = "not run"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """The sound broke the stage's contract; it is kept and shown."""
    ERROR = "error"
    """The stage or its engine raised: there is no sound."""
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """The studio ended while it was at work."""


class ArtifactRecord(_Record):
    """One named sound of a step."""

    name: str
    key: str
    """Content key; ``Studio.audio(key)``, ``.picture(key)`` and ``.preview(key)`` take it."""
    measurement: Measurement


class StepRecord(_Record):
    """One stage of a run with everything measured on the way."""

    stage: str
    title: str
    state: StepState = StepState.NOT_RUN
    key: str = ""
    cached: bool = False
    seconds: float = 0.0
    engine: str = ""
    engine_title: str = ""
    engine_reason: str = ""
    """Why this engine was chosen."""
    device: str = ""
    precision: str = ""
    native_rate: int | None = None
    approximate: bool = False
    artifacts: tuple[ArtifactRecord, ...] = ()
    whole: ArtifactRecord | None = None
    """The sum of the stems of a stage that delivers stems: what stands for it beside the other stages."""
    files: dict[str, str] = {}
    """Delivered files: name to path under the studio's home."""
    plan: Plan | None = None
    lyrics: Lyrics | None = None
    figures: dict[str, Json] = {}
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    error: ErrorReport | None = None
    continued: bool = False
    """The person chose to go on past this step's failure."""
    fraction: float = 0.0
    """Progress 0 to 1 while running."""
    message: str = ""

    @property
    def verdict(self) -> Severity:
        """Worst finding, or fail when the step raised."""
        return Severity.FAIL if self.error else verdict(self.findings)

    @property
    def came_in_broken(self) -> bool:
        """Whether all that failed here was wrong with the uploaded file already."""
        failed = [f for f in self.findings if f.severity is Severity.FAIL]
        return self.error is None and bool(failed) and all(f.origin is Origin.UPLOAD for f in failed)

    @property
    def main(self) -> ArtifactRecord | None:
        """The sound that stands for the step: the song, mix, master, or the stems' sum; else the first."""
        if self.whole:
            return self.whole
        by_name = {artifact.name: artifact for artifact in self.artifacts}
        standing = (by_name[kind.main] for kind in Material if kind.main in by_name)
        return next(standing, self.artifacts[0] if self.artifacts else None)


class RunState(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    """A contract broke or a stage raised."""
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """The studio ended while it waited or was at work; what was made is stored."""

    @property
    def live(self) -> bool:
        """Whether it is still going to change by itself."""
        return self in (RunState.QUEUED, RunState.RUNNING)


class RunRecord(_Record):
    """One song's way through the stages."""

    id: str
    owner: str
    created: datetime
    request: SongRequest
    settings: RunSettings
    state: RunState
    revision: int
    """Counts the settings changes; undo and redo move between revisions."""
    can_undo: bool = False
    can_redo: bool = False
    tainted: bool = False
    queue_position: int = 0
    starts_in_s: float | None = None
    """About how long it waits yet; None when that cannot be said, and once it runs."""
    elapsed_s: float = 0.0
    probed: bool = False
    """Another program's steps, recorded by a probe: they have their own names and cannot be made again."""
    steps: tuple[StepRecord, ...]

    def step(self, stage: str) -> StepRecord:
        """Return the step of a stage; raises KeyError for an unknown one."""
        for step in self.steps:
            if step.stage == stage:
                return step
        if self.probed and stage in STAGE_NAMES:
            return StepRecord(stage=stage, title=stage.capitalize())
        raise KeyError(stage)

    @property
    def title(self) -> str:
        """The song's title, else what it was asked for with."""
        plan = next((step.plan for step in self.steps if step.plan), None)
        if plan:
            return plan.title
        return ", ".join(self.request.uploaded_names) or self.request.prompt or "Untitled"

    def interrupted(self) -> RunRecord:
        """Return the run as it stands when its studio ended without a word: interrupted."""
        return self.model_copy(
            update={
                "state": RunState.INTERRUPTED if self.state.live else self.state,
                "steps": tuple(
                    step.model_copy(update={"state": StepState.INTERRUPTED})
                    if step.state is StepState.RUNNING
                    else step
                    for step in self.steps
                ),
            }
        )

    @property
    def verdict(self) -> Severity:
        """Worst verdict of its steps."""
        return max((s.verdict for s in self.steps), key=lambda v: v.rank, default=Severity.OK)

    @property
    def blame(self) -> str | None:
        """The first stage whose contract broke or which raised, or :data:`YOUR_FILE`."""
        step = self.broken
        return None if step is None else YOUR_FILE if step.came_in_broken else step.stage

    @property
    def broken(self) -> StepRecord | None:
        """The first step that failed: there the blame is shown."""
        return next((s for s in self.steps if s.verdict is Severity.FAIL), None)

    @property
    def blamed(self) -> str:
        """Who is to blame as a person reads it: a stage's title, or the uploaded file; empty for nobody."""
        step = self.broken
        return "" if step is None else YOUR_FILE if step.came_in_broken else step.title


class RunSummary(_Record):
    """One row of the library."""

    id: str
    owner: str
    created: datetime
    title: str
    state: RunState
    verdict: Severity
    blame: str | None
    duration_s: float | None = None
    integrated_lufs: float | None = None
    readable: bool = True
    """False for a run that another version of the studio wrote: it is listed, and cannot be opened."""

"""What a bundle says of itself: its version, and the size and hash of every member."""

from __future__ import annotations

import hashlib
import json

from pydantic import BaseModel, ConfigDict

from core.runs.pipeline import RunSettings
from core.runs.record import StepRecord, StepState
from core.song import SongRequest
from core.stages.table import STAGES

VERSION = 1
NAME = "manifest.json"


class Member(BaseModel):
    """One file of a bundle."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bytes: int
    sha256: str


class Excerpt(BaseModel):
    """A few seconds of a stage's main sound, kept as FLAC with 24 bits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    start_s: float
    scale: float
    """What the samples were divided by, so that a sound over full scale fits."""


class BundledStep(BaseModel):
    """What must come out again when a stage is made elsewhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str
    state: StepState
    engine: str = ""
    sounds: dict[str, str] = {}
    """Name of each sound, and the hash of its samples."""
    documents: str = ""
    """Hash of the plan and the words, where the stage made some."""
    integrated_lufs: float | None = None
    true_peak_dbtp: float | None = None
    duration_s: float | None = None
    verdict: str = "ok"
    error_kind: str = ""
    excerpt: Excerpt | None = None


class Manifest(BaseModel):
    """The first thing that is read of a bundle."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = VERSION
    made_by: str
    run: str
    title: str
    request: SongRequest
    settings: RunSettings
    steps: tuple[BundledStep, ...]
    inputs: dict[str, str] = {}
    """Uploaded sounds that travel along, as :func:`uploads` names them, and their files; empty if there were
    none, or they were too large."""
    members: dict[str, Member]

    def sealed(self) -> str:
        """Return the manifest as JSON with a seal over it: its own hash."""
        body = self.model_dump(mode="json")
        return json.dumps({"seal": seal(body), **body}, ensure_ascii=False, indent=1, allow_nan=False)


def seal(body: object) -> str:
    """Return the hash of a manifest's content, whatever the order of its keys."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def documents(step: StepRecord) -> str:
    """Return the hash of a step's plan and words; empty when it has neither."""
    made = [made.model_dump(mode="json") if made else None for made in (step.plan, step.lyrics)]
    return seal(made) if any(made) else ""


def uploads(request: SongRequest, settings: RunSettings) -> dict[str, str]:
    """Return the keys of all sounds that a person uploaded, by name: of the song, and of stages' settings.

    The song's bear their own names (``song``, ``drums``), others their stage's (``master.reference``).
    """
    keys = dict(request.upload.sounds) if request.upload else {}
    for stage in STAGES:
        keys |= {f"{stage.name}.{what}": key for what, key in settings.of(stage.name).uploads().items()}
    return keys


def member(content: bytes) -> Member:
    """Return what the manifest says of a file."""
    return Member(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())

"""A step's result as it is cached, and how a step's record tells of it or of what went wrong."""

from __future__ import annotations

import time
import traceback
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from core.contract import Promise
from core.errors import ErrorReport, LostSoundError
from core.runs.record import ArtifactRecord, StepRecord, StepState
from core.song import Lyrics, Plan, SongRequest
from core.stages.base import MadeBy, Stage
from core.values import Json

MADE_AGAIN = "What it delivered was lost or damaged on the disk, and was made again."
ANOTHER_SOUND = (
    "Its sounds gave way to save disk space. Made again, they are not the same to the last bit: the studio "
    "or one of its libraries was updated since."
)


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
    uploaded: bool = Field(validation_alias=AliasChoices("uploaded", "brought"))
    """``brought`` in what earlier versions stored."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of all sounds of it."""
        return tuple(a.key for a in (*self.artifacts, self.whole) if a)


def with_result(record: StepRecord, result: Result, key: str, cached: bool) -> StepRecord:
    """Return a step's record with what it delivered."""
    made_by = result.made_by
    return record.model_copy(
        update={
            "key": key,
            "cached": cached,
            "engine": made_by.engine,
            "engine_title": made_by.title,
            "device": made_by.device,
            "precision": made_by.precision,
            "native_rate": made_by.native_rate,
            "approximate": made_by.approximate,
            "artifacts": result.artifacts,
            "whole": result.whole,
            "files": result.files,
            "plan": result.plan,
            "lyrics": result.lyrics,
            "figures": result.figures,
            "notes": (*result.notes, *record.notes),
        }
    )


def why_again(known: Result | None, made: Result, *, rested: bool) -> tuple[str, ...]:
    """Return what is said of a step that was cached as ``known`` and was made again all the same."""
    if known is None:
        return ()
    if not rested:
        return (MADE_AGAIN,)
    return () if known.keys == made.keys else (ANOTHER_SOUND,)


def raised(record: StepRecord, error: ErrorReport, began: float) -> StepRecord:
    """Return the record of a step that raised; ``began``: ``time.monotonic`` when it did."""
    return record.model_copy(
        update={"state": StepState.ERROR, "error": error, "seconds": time.monotonic() - began}
    )


def bug(stage: Stage[Any], error: Exception) -> ErrorReport:
    """Return the report of an exception that nobody foresaw."""
    return ErrorReport(
        kind="internal",
        message=f"{stage.title} stopped at an error that the studio did not foresee: {type(error).__name__}.",
        causes=("a fault in the studio itself",),
        remedy="Report it with the details below; other settings or another engine may get you on.",
        detail="".join(traceback.format_exception(error)),
    )


def lost_upload(lost: LostSoundError, request: SongRequest) -> ErrorReport:
    """Return the report of a lost sound that no stage made; an uploaded file is named."""
    upload = request.upload
    stem = next((name for name, key in upload.sounds.items() if key == lost.key), "") if upload else ""
    if not upload or not stem:
        return lost.report()
    named = upload.names.get(stem, stem)
    return lost.report().model_copy(
        update={
            "message": f"The uploaded file {named} was lost or damaged on the disk, and is not used.",
            "remedy": f"Upload {named} again.",
        }
    )

"""Every error a person may meet, each with its causes and a remedy.

    GainstageError
    +-- InputError            an upload or a request cannot be used           exit 2
    |   +-- AudioFileError    a file that is not readable as sound
    |   +-- SettingsError     a setting out of its bounds, or unknown
    |   +-- NotFoundError     a run, stage or artifact that is not there
    |       +-- UnreadableRunError   a run that another version of the studio wrote
    +-- EngineError           an engine, or what it needs, failed               exit 4
    |   +-- EngineMissingError     not installed, or its weights are not there
    |   +-- EngineInputError       refused before it was run
    |   +-- EngineOutputError      what it returned is not sound
    |   +-- EngineDiedError        its process ended in the middle of a call
    |   +-- EngineMemoryError      it ran out of memory
    +-- StorageError          the disk or the studio's home failed              exit 4
    |   +-- LostSoundError         the samples of a stored sound are not there as they were stored
    +-- DownloadError         weights could not be downloaded                 exit 4
    |   +-- ConnectionLostError    it may go better in a moment
    +-- BusyError             too much is queued already                        exit 4
    +-- Cancelled             the person asked for it: not a failure, no report

A message is one sentence that a person can act on; the remedy is the action. Whatever a library
said goes into ``detail``, for the log and the folded part of the page.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class ErrorReport(BaseModel):
    """An error as it is stored, shown, and printed under ``{"error": ...}``."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: str
    message: str
    causes: tuple[str, ...] = ()
    remedy: str
    detail: str = ""
    diagnosis: str = ""
    """Name of the entry in ``core/diagnosis`` that knows this failure; empty when none does."""
    evidence: tuple[str, ...] = ()
    """What shows it: the telling line of what a library said, and what the machine tells."""


class GainstageError(Exception):
    """Base of every error that is shown to a person."""

    kind: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 4

    def __init__(
        self,
        message: str,
        *,
        remedy: str,
        causes: tuple[str, ...] = (),
        detail: str = "",
        diagnosis: str = "",
        evidence: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.causes = causes
        self.detail = detail
        self.diagnosis = diagnosis
        self.evidence = evidence

    def report(self) -> ErrorReport:
        """Return the error as data."""
        return ErrorReport(
            kind=self.kind,
            message=self.message,
            causes=self.causes,
            remedy=self.remedy,
            detail=self.detail,
            diagnosis=self.diagnosis,
            evidence=self.evidence,
        )


class InputError(GainstageError):
    """An upload or a request cannot be used."""

    kind = "input"
    exit_status = 2


class AudioFileError(InputError):
    """A file that cannot be read as sound."""

    kind = "audio_file"


class SettingsError(InputError):
    """A setting out of its bounds, or one that does not exist."""

    kind = "settings"


class NotFoundError(InputError):
    """A run, a stage or an artifact that is not there."""

    kind = "not_found"


class UnreadableRunError(NotFoundError):
    """A run that is there, in a form that this version of the studio does not know."""

    kind = "unreadable_run"


class EngineError(GainstageError):
    """An engine, or the environment it needs, failed."""

    kind = "engine"


class EngineMissingError(EngineError):
    """The engine is not installed, or its weights are not there."""

    kind = "engine_missing"


class EngineInputError(EngineError):
    """The engine was not run, because what it was to be given would break it."""

    kind = "engine_input"


class EngineOutputError(EngineError):
    """What the engine returned is not sound: a path, a list, swapped axes, integers."""

    kind = "engine_output"


class EngineDiedError(EngineError):
    """The engine's process ended in the middle of a call."""

    kind = "engine_died"


class EngineMemoryError(EngineError):
    """The engine ran out of memory."""

    kind = "engine_memory"


class StorageError(GainstageError):
    """The disk is full, or the studio's home cannot be written."""

    kind = "storage"


class LostSoundError(StorageError):
    """The samples of a stored sound are gone, damaged or resting; whoever made them can make them again."""

    kind = "lost_sound"

    def __init__(
        self, key: str, message: str, *, remedy: str, causes: tuple[str, ...] = (), detail: str = ""
    ) -> None:
        super().__init__(message, remedy=remedy, causes=causes, detail=detail)
        self.key = key


class DownloadError(GainstageError):
    """A model's weights could not be downloaded."""

    kind = "download"


class ConnectionLostError(DownloadError):
    """The network or the hub gave up in the middle; what was downloaded is stored."""

    kind = "connection_lost"


class BusyError(GainstageError):
    """Too many jobs wait already."""

    kind = "busy"


class Cancelled(Exception):
    """The person cancelled; work unwinds and nothing is reported as failed."""

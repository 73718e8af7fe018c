"""What a call gave, or why it gave no sound, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from core.audio import Audio
from core.errors import GainstageError


class CallFailedError(GainstageError):
    """A watched call gave no sound."""

    kind: ClassVar[str] = "call_failed"

    def __init__(self, what: str, message: str, *, remedy: str, labels: dict[str, str] | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.what = what
        """In a word, for the history: ``no answer in time``, ``HTTP 500``."""
        self.labels = labels or {}


@dataclass(frozen=True, eq=False)
class Answer:
    """A sound and what came beside it."""

    audio: Audio
    labels: dict[str, str] = field(default_factory=dict)


def late(timeout_s: float) -> CallFailedError:
    """Return the error of a call that is over its time."""
    return CallFailedError(
        "no answer in time",
        f"There was no answer within {timeout_s:.0f} s.",
        remedy="See whether the program hangs or its queue is long; or set a longer timeout_s.",
    )


def no_sound(reason: str, labels: dict[str, str] | None = None) -> CallFailedError:
    """Return the error of an answer that holds no sound."""
    return CallFailedError(
        "an answer without sound",
        f"The answer holds no sound: {reason}",
        remedy="Look at the program's log: it reported success.",
        labels=labels,
    )

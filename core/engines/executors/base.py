"""The seam between the studio and the place where engines run.

Above it there are cards, plain values and sounds; nothing above knows a path, a process or a machine. An
executor for another place (a pool, another machine) implements these two protocols and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from core.audio import Audio
from core.engines.base import Availability, EngineCard, FirstListen, Registered, Reply
from core.progress import Report
from core.values import Json


class Session(Protocol):
    """One open engine. It answers one call at a time and keeps what it has loaded between calls."""

    @property
    def id(self) -> int:
        """A number that no other open session of the executor has."""
        ...

    @property
    def alive(self) -> bool:
        """Whether it can take a call."""
        ...

    def call(
        self,
        method: str,
        values: Mapping[str, Json],
        sounds: Mapping[str, Audio],
        report: Report,
        first_listen: FirstListen | None = None,
    ) -> Reply:
        """Run ``Worker.<method>`` and return its reply, each sound of which is validated.

        ``report`` is called with every progress message and at least every 0.25 s; what it raises cancels the
        call and is raised here. Raises EngineError's children, and StorageError when a sound cannot cross.
        """
        ...

    def cancel(self) -> None:
        """End the call under way within 2 s; a worker that does not stop takes its session with it."""
        ...

    def kill(self) -> None:
        """End the session at once; its memory is free when this returns."""
        ...

    def memory_mb(self) -> int | None:
        """Return the megabytes of main memory that it holds; None where that is not known."""
        ...


class Executor(Protocol):
    """A place where engines run."""

    def availability(self, engine: Registered, checkpoint: str) -> Availability:
        """Return whether the engine can run there now, without loading it.

        ``checkpoint`` names its weights; empty for the usual places. What the answer's ``checkpoint`` holds
        goes back into a call as it is, and is read there alone.
        """
        ...

    def open(self, card: EngineCard, report: Report) -> Session:
        """Return a session whose worker is imported; raises EngineError's children, and what ``report`` does.

        ``report`` is called at least every 0.25 s.
        """
        ...

    def needed_mb(self, card: EngineCard, checkpoint: str) -> int:
        """Return the megabytes that an engine's model needs; 0 for one without weights of its own."""
        ...

    def short_of_memory(self) -> bool:
        """Return whether an engine that rests should end for the memory that it keeps."""
        ...

    def free_mb(self) -> int | None:
        """Return the megabytes that a model may take there now; None where that is not known."""
        ...

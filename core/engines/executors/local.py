"""Engines on this machine: a child process each, with sounds handed over as ``.npy`` files.

The files lie in a folder that lives as long as the call.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import numpy as np

from core.audio import Audio
from core.engines.base import Availability, EngineCard, FirstListen, Registered, Reply
from core.engines.executors.door import no_sound, validated
from core.engines.executors.memory import MB, free_mb, needed_mb, short_of_memory
from core.engines.executors.process import EngineProcess, Message
from core.engines.interpreters import own_interpreter
from core.engines.needs import with_weights
from core.errors import StorageError
from core.progress import Report
from core.values import Json


class LocalSession:
    """One child process."""

    def __init__(self, process: EngineProcess) -> None:
        self._process = process

    @property
    def id(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the child runs."""
        return self._process.alive

    def call(
        self,
        method: str,
        values: Mapping[str, Json],
        sounds: Mapping[str, Audio],
        report: Report,
        first_listen: FirstListen | None = None,
    ) -> Reply:
        """Run one method in the child; see :class:`core.engines.executors.base.Session`."""
        with _folder() as folder:
            sent = {name: _hand_over(audio, folder, n) for n, (name, audio) in enumerate(sounds.items())}
            if first_listen is not None:
                opening = folder / "first.wav"
                values = {**values, "first_listen": str(opening)}
                report = _passing_on(opening, first_listen, report)
            message = self._process.call(method, values, sent, folder, report)
            made = {
                name: _read(self._process.card, name, reply, folder)
                for name, reply in message["sounds"].items()
            }
            return Reply(message["values"], made, message["device"], message["precision"])

    def cancel(self) -> None:
        """End the call under way."""
        self._process.cancel()

    def kill(self) -> None:
        """End the child."""
        self._process.kill()

    def memory_mb(self) -> int | None:
        """Return the child's resident memory; None where the system has no ``/proc``."""
        try:
            status = Path(f"/proc/{self.id}/status").read_text(encoding="utf-8")
        except OSError:
            return None
        sizes = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")]
        return sizes[0] * 1024 // MB if sizes else None


class LocalExecutor:
    """Starts the child processes of this machine."""

    def availability(self, engine: Registered, checkpoint: str) -> Availability:
        """Return whether the engine's packages and weights are here; ``checkpoint`` is a folder."""
        state = engine.available()
        return with_weights(engine.card, state, checkpoint) if state.ready else state

    def open(self, card: EngineCard, report: Report) -> LocalSession:
        """Start a child and wait until it has imported the worker."""
        process = EngineProcess(card, own_interpreter(card))
        process.start(report)
        return LocalSession(process)

    def needed_mb(self, card: EngineCard, checkpoint: str) -> int:
        """Return the megabytes that the model's files will take in memory."""
        return needed_mb(card, checkpoint)

    def free_mb(self) -> int | None:
        """Return the megabytes free on the graphics card, where there is one, and in main memory."""
        return free_mb()

    def short_of_memory(self) -> bool:
        """Return whether little of this machine's, or this container's, main memory is free."""
        return short_of_memory()


def _passing_on(opening: Path, first_listen: FirstListen, report: Report) -> Report:
    """Return a report that hands over the song's first section as soon as the child has written it."""
    waiting = True

    def watching(fraction: float, message: str) -> None:
        nonlocal waiting
        if waiting and opening.is_file():
            waiting = False
            first_listen(opening.read_bytes())
        report(fraction, message)

    return watching


@contextmanager
def _folder() -> Iterator[Path]:
    """Make the private folder that a call's sounds cross in, and remove it after."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="gainstage-"))
    except OSError as error:
        raise _cannot_cross(error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _hand_over(audio: Audio, folder: Path, number: int) -> list[Json]:
    file = f"in-{number}.npy"
    try:
        np.save(folder / file, audio.samples, allow_pickle=False)
    except OSError as error:
        raise _cannot_cross(error) from error
    return [file, audio.sample_rate]


def _cannot_cross(error: OSError) -> StorageError:
    return StorageError(
        "A sound cannot be handed to its engine: the temporary folder cannot be written.",
        causes=("the disk is full", "the temporary folder is read-only"),
        remedy="Free some space, or name a folder with room in the environment variable TMPDIR.",
        detail=str(error),
    )


def _read(card: EngineCard, name: str, reply: Message, folder: Path) -> Audio:
    if "not_sound" in reply:
        raise no_sound(card, name, reply["not_sound"], reply["text"])
    # Mapped rather than read: the folder's removal leaves the mapping, and memory that is short can be taken
    # back. Windows removes no file that is mapped.
    mode: Literal["r"] | None = None if sys.platform == "win32" else "r"
    samples = np.load(folder / Path(reply["file"]).name, mmap_mode=mode, allow_pickle=False)
    return validated(card, name, samples, reply["rate"])

"""The engines behind :class:`core.engines.base.Engines`: one warm child process per engine.

A child starts at its first call and serves every session; it is ended when it has been idle for long, so
that its memory is free again, and sooner when another engine's model does not fit in beside its own. Sounds
cross as ``.npy`` files in a folder that lives as long as the call.
"""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from core.audio import Audio
from core.diagnosis.of_engine import confirmed
from core.engines.base import Availability, EngineCard, Reply
from core.engines.early import Early
from core.engines.needs import with_weights
from core.engines.process import POLL_S, EngineProcess, Message, own_interpreter
from core.engines.registry import ENGINES, Registered
from core.engines.room import Room
from core.errors import (
    Cancelled,
    EngineDiedError,
    EngineMemoryError,
    EngineOutputError,
    GainstageError,
    NotFoundError,
    StorageError,
)
from core.progress import Report, silent
from core.values import Json

IDLE_LIMIT_S = 600.0
logger = logging.getLogger("gainstage.engine")


class EngineHosts:
    """Every engine's way in; made once, closed once, safe to call from any thread.

    ``idle_limit_s``: an engine that nobody called for so long is unloaded. ``room`` tells what fits in.
    """

    def __init__(
        self,
        registered: tuple[Registered, ...] = ENGINES,
        idle_limit_s: float = IDLE_LIMIT_S,
        room: Room | None = None,
    ) -> None:
        self._room = room or Room()
        self._registered = {engine.card.name: engine for engine in registered}
        self._idle_limit_s = idle_limit_s
        self._processes: dict[str, EngineProcess] = {}
        self._locks = {name: threading.Lock() for name in self._registered}
        self._early = Early()
        self._closed = threading.Event()
        self._janitor = threading.Thread(target=self._unload_idle, daemon=True, name="engine-janitor")
        self._janitor.start()

    def cards(self, stage: str) -> tuple[EngineCard, ...]:
        """Return the engines of a stage, the preferred first."""
        return tuple(e.card for e in self._registered.values() if e.card.stage == stage)

    def card(self, name: str) -> EngineCard:
        """Return one engine's card; raises NotFoundError."""
        return self._engine(name).card

    def availability(self, name: str, checkpoint: str = "") -> Availability:
        """Return whether the engine can run here now, from ``checkpoint`` or the usual places."""
        engine = self._engine(name)
        state = engine.available()
        return with_weights(engine.card, state, checkpoint) if state.ready else state

    def call(
        self,
        engine: str,
        method: str,
        *,
        values: Mapping[str, Json],
        sounds: Mapping[str, Audio],
        report: Report,
    ) -> Reply:
        """Run ``Worker.<method>`` in the engine's process; what comes back has come through the door.

        ``report`` is called with every progress message and at least every 0.25 s, from this thread; what it
        raises ends the call within 2 s. Raises EngineError's children, StorageError when sounds cannot be
        handed over, or Cancelled. After a crash the next call starts a new process.
        """
        card = self.card(engine)
        with _folder() as folder, self._turn(card, report):
            sent = {name: _hand_over(audio, folder, n) for n, (name, audio) in enumerate(sounds.items())}
            asked = _Asked(method, values, sent, folder)
            try:
                message = self._answer(card, asked, report)
            except EngineMemoryError:
                if not self._unload_resting(card):
                    raise
                report(0.0, "Memory ran out; once more without the engines that rested")
                message = self._answer(card, asked, report)
            try:
                heard = {name: _door(card, name, told, folder) for name, told in message["sounds"].items()}
            except EngineOutputError as error:
                raise confirmed(error) from error
            return Reply(
                values=message["values"],
                sounds=heard,
                device=message["device"],
                precision=message["precision"],
            )

    def prepare(self, name: str) -> None:
        """Start an engine's process, and let its worker load what its first call needs; returns at once.

        Only an engine whose card says that it may be started early is. Nothing happens while its process
        runs, while it is being prepared, after a preparation that failed, or where it does not fit in beside
        the others. A failure is logged, and the first call raises it. A call that comes meanwhile goes on
        in the same process. Raises NotFoundError.
        """
        card = self.card(name)
        if card.may_start_early and name not in self.loaded() and self._early.begin(name):
            threading.Thread(target=self._prepare, args=(card,), daemon=True, name=f"{name}-prepare").start()

    def unload(self, name: str) -> None:
        """End an engine's process, after the call it may be busy with; its memory is free then."""
        self._engine(name)
        with self._locks[name]:
            self._end(name)

    def loaded(self) -> dict[str, int]:
        """Return the engines whose processes run, with their process ids."""
        return {name: p.pid for name, p in list(self._processes.items()) if p.alive}

    def close(self) -> None:
        """End every process at once; a call that is under way ends as Cancelled."""
        self._closed.set()
        for name in list(self._processes):
            self._end(name)
        self._janitor.join(1.0)

    def _engine(self, name: str) -> Registered:
        if name not in self._registered:
            raise NotFoundError(
                f"There is no engine {name}.", remedy=f"Engines are {', '.join(self._registered)}."
            )
        return self._registered[name]

    @contextmanager
    def _turn(self, card: EngineCard, report: Report) -> Iterator[None]:
        """Wait until nobody else uses the engine; the waiting can be cancelled."""
        lock = self._locks[card.name]
        self._early.end(card.name)
        while not lock.acquire(timeout=POLL_S):
            early = self._early.under_way(card.name)
            report(0.0, f"Starting {card.title}" if early else _busy(card))
        try:
            yield
        finally:
            lock.release()

    def _prepare(self, card: EngineCard) -> None:
        """Do what was begun; a call that is there first does it all by itself."""
        failed = False
        lock = self._locks[card.name]
        try:
            if lock.acquire(blocking=False):
                try:
                    self._start_early(card)
                finally:
                    lock.release()
        except Cancelled:
            logger.info("engine=%s state=prepared-in-part", card.name)
        except GainstageError as error:
            failed = True
            told = "engine=%s state=not-prepared kind=%s reason=%s"
            logger.warning(told, card.name, error.kind, error.message)
        finally:
            self._early.over(card.name, failed=failed)

    def _start_early(self, card: EngineCard) -> None:
        if self._closed.is_set() or card.name in self.loaded() or not self._room.enter(card, ""):
            return
        with self._true_to_its_process(card), _folder() as folder:
            process = self._running(card, "", silent)
            report = self._early.until_called(card.name)
            process.call("prepare", {}, {}, folder, report)
            logger.info("engine=%s state=prepared", card.name)

    def _answer(self, card: EngineCard, asked: _Asked, report: Report) -> Message:
        with self._true_to_its_process(card):
            process = self._running(card, str(asked.values.get("checkpoint") or ""), report)
            return process.call(asked.method, asked.values, asked.sounds, asked.folder, report)

    @contextmanager
    def _true_to_its_process(self, card: EngineCard) -> Iterator[None]:
        """See to it that what is known of an engine's process is so after it was used, however that ends."""
        try:
            yield
        except EngineDiedError:
            if self._closed.is_set():
                raise Cancelled from None
            raise
        except EngineMemoryError:
            # What it still holds would only make the next call fail as well.
            self._end(card.name)
            raise
        finally:
            self._room.loaded(card.name)
            if card.name in self._processes and not self._processes[card.name].alive:
                self._end(card.name)

    def _running(self, card: EngineCard, checkpoint: str, report: Report) -> EngineProcess:
        process = self._processes.get(card.name)
        if process is None or not process.alive:
            self._end(card.name)
            self._make_room(card, checkpoint, report)
            process = EngineProcess(card, own_interpreter(card))
            self._processes[card.name] = process
            if self._closed.is_set():
                process.kill()
                raise Cancelled
            process.start(report)
        return process

    def _make_room(self, card: EngineCard, checkpoint: str, report: Report) -> None:
        """Unload what rests, and wait for what works, until this engine's model fits in beside the others."""
        while not self._room.enter(card, checkpoint):
            if not self._unload_resting(card):
                busy = ", ".join(self.card(name).title for name in self._room.holders(card.name))
                report(0.0, f"Waiting for {busy}: both do not fit into memory together")
                time.sleep(POLL_S)

    def _unload_resting(self, card: EngineCard) -> bool:
        """End the engine that has rested longest and holds a model; return whether there was one."""
        resting = [name for name in self._room.holders(card.name) if name in self._processes]
        for name in sorted(resting, key=lambda one: self._processes[one].last_used):
            if not self._locks[name].acquire(blocking=False):
                continue
            try:
                logger.info("engine=%s state=unloaded reason=makes-room-for-%s", name, card.name)
                self._end(name)
                return True
            finally:
                self._locks[name].release()
        return False

    def _end(self, name: str) -> None:
        self._room.left(name)
        process = self._processes.get(name)
        if process is not None:
            process.kill()
            self._processes.pop(name, None)

    def _unload_idle(self) -> None:
        while not self._closed.wait(min(5.0, self._idle_limit_s)):
            for name in list(self._processes):
                if not self._locks[name].acquire(blocking=False):
                    continue
                try:
                    process = self._processes.get(name)
                    if process and time.monotonic() - process.last_used > self._idle_limit_s:
                        self._end(name)
                finally:
                    self._locks[name].release()


@dataclass(frozen=True, eq=False)
class _Asked:
    """A call as the child gets it."""

    method: str
    values: Mapping[str, Json]
    sounds: Mapping[str, list[Json]]
    folder: Path


def _busy(card: EngineCard) -> str:
    return f"Waiting for {card.title}, which is busy with another song"


@contextmanager
def _folder() -> Iterator[Path]:
    """Make the private folder that a call's sounds cross in, and remove it after."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="gainstage-"))
    except OSError as error:
        raise _no_room(error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _hand_over(audio: Audio, folder: Path, number: int) -> list[Json]:
    file = f"in-{number}.npy"
    try:
        np.save(folder / file, audio.samples, allow_pickle=False)
    except OSError as error:
        raise _no_room(error) from error
    return [file, audio.sample_rate]


def _no_room(error: OSError) -> StorageError:
    return StorageError(
        "A sound cannot be handed to its engine: the temporary folder cannot be written.",
        causes=("the disk is full", "the temporary folder is read-only"),
        remedy="Free some space, or name a folder with room in the environment variable TMPDIR.",
        detail=str(error),
    )


def _door(card: EngineCard, name: str, told: Message, folder: Path) -> Audio:
    source = f"{card.title} ({name})"
    if "not_sound" in told:
        raise EngineOutputError(
            f"{source} did not return sound: it returned a {told['not_sound']} ({told['text']}).",
            causes=("the engine's output has another form than its adapter expects",),
            remedy="Choose another engine, and report this with the engine's version.",
        )
    # Mapped rather than read: the folder's removal leaves the mapping, and memory that is short can be taken
    # back. Windows removes no file that is mapped.
    mode: Literal["r"] | None = None if sys.platform == "win32" else "r"
    samples = np.load(folder / Path(told["file"]).name, mmap_mode=mode, allow_pickle=False)
    return Audio.checked(samples, sample_rate=told["rate"], source=source)

"""The engines behind :class:`core.engines.base.Engines`: one warm child process per engine.

A child starts at its first call and serves every session; it is ended when it has been idle for long, so
that its memory is free again. Sounds cross as ``.npy`` files in a folder that lives as long as the call.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from core.audio import Audio
from core.engines.base import Availability, EngineCard, Reply
from core.engines.process import EngineProcess, Message
from core.engines.registry import ENGINES, Registered
from core.errors import EngineOutputError, NotFoundError
from core.progress import Report
from core.values import Json

IDLE_LIMIT_S = 600.0


class EngineHosts:
    """Every engine's way in; made once, closed once."""

    def __init__(
        self, registered: tuple[Registered, ...] = ENGINES, idle_limit_s: float = IDLE_LIMIT_S
    ) -> None:
        self._registered = {engine.card.name: engine for engine in registered}
        self._idle_limit_s = idle_limit_s
        self._processes: dict[str, EngineProcess] = {}
        self._locks = {name: threading.Lock() for name in self._registered}
        self._closed = threading.Event()
        self._janitor = threading.Thread(target=self._unload_idle, daemon=True, name="engine-janitor")
        self._janitor.start()

    def cards(self, stage: str) -> tuple[EngineCard, ...]:
        """Return the engines of a stage, the preferred first."""
        return tuple(e.card for e in self._registered.values() if e.card.stage == stage)

    def card(self, name: str) -> EngineCard:
        """Return one engine's card; raises NotFoundError."""
        return self._engine(name).card

    def availability(self, name: str) -> Availability:
        """Return whether the engine can run here now, without loading it."""
        return self._engine(name).available()

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

        Raises EngineError's children, or Cancelled. After a crash the next call starts a new process.
        """
        card = self.card(engine)
        folder = Path(tempfile.mkdtemp(prefix="gainstage-"))
        try:
            sent = {name: _hand_over(audio, folder, n) for n, (name, audio) in enumerate(sounds.items())}
            with self._locks[engine]:
                process = self._running(card, report)
                try:
                    message = process.call(method, values, sent, folder, report)
                finally:
                    if not process.alive:
                        self._processes.pop(engine, None)
            return Reply(
                values=message["values"],
                sounds={name: _door(card, name, told, folder) for name, told in message["sounds"].items()},
                device=message["device"],
                precision=message["precision"],
            )
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def unload(self, name: str) -> None:
        """End an engine's process, after the call it may be busy with."""
        with self._locks[name]:
            process = self._processes.pop(name, None)
            if process is not None:
                process.kill()

    def loaded(self) -> dict[str, int]:
        """Return the engines whose processes run, with their process ids."""
        return {name: p.pid for name, p in list(self._processes.items()) if p.alive}

    def close(self) -> None:
        """End every process, at once."""
        self._closed.set()
        for process in list(self._processes.values()):
            process.kill()
        self._processes.clear()

    def _engine(self, name: str) -> Registered:
        if name not in self._registered:
            raise NotFoundError(
                f"There is no engine {name}.", remedy=f"Engines are {', '.join(self._registered)}."
            )
        return self._registered[name]

    def _running(self, card: EngineCard, report: Report) -> EngineProcess:
        process = self._processes.get(card.name)
        if process is None or not process.alive:
            interpreter = os.environ.get(f"GAINSTAGE_{card.name.upper().replace('-', '_')}_PYTHON")
            process = EngineProcess(card, interpreter)
            self._processes[card.name] = process
            try:
                process.start(report)
            except BaseException:
                process.kill()
                self._processes.pop(card.name, None)
                raise
        return process

    def _unload_idle(self) -> None:
        while not self._closed.wait(min(5.0, self._idle_limit_s)):
            for name, process in list(self._processes.items()):
                idle = time.monotonic() - process.last_used > self._idle_limit_s
                if idle and self._locks[name].acquire(blocking=False):
                    try:
                        self._processes.pop(name, None)
                        process.kill()
                    finally:
                        self._locks[name].release()


def _hand_over(audio: Audio, folder: Path, number: int) -> list[Json]:
    file = f"in-{number}.npy"
    np.save(folder / file, audio.samples)
    return [file, audio.sample_rate]


def _door(card: EngineCard, name: str, told: Message, folder: Path) -> Audio:
    source = f"{card.title} ({name})"
    if "not_sound" in told:
        raise EngineOutputError(
            f"{source} did not return sound: it returned a {told['not_sound']} ({told['text']}).",
            causes=("the engine's output has another form than its adapter expects",),
            remedy="Choose another engine, and report this with the engine's version.",
        )
    return Audio.checked(np.load(folder / told["file"]), sample_rate=told["rate"], source=source)

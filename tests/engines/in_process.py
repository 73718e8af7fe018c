"""An executor that runs workers in this very process: what the studio sees is the same."""

import importlib
import itertools
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.engines.base import Reply
from core.engines.child import DiskSound, Stopped, _plain, describe
from core.engines.executors.door import failure, no_sound, validated
from core.errors import Cancelled

IDS = itertools.count(1)


@dataclass
class HereSession:
    card: object
    worker: object
    id: int = field(default_factory=lambda: next(IDS))
    alive: bool = True
    stopped: threading.Event = field(default_factory=threading.Event)

    def call(self, method, values, sounds, report, first_listen=None):
        with tempfile.TemporaryDirectory() as folder:
            opening = Path(folder) / "first.wav"
            told = {**values, "first_listen": str(opening)} if first_listen else values
            reply = self._called(method, told, sounds, report)
            if first_listen and opening.exists():
                first_listen(opening.read_bytes())
            return reply

    def _called(self, method, values, sounds, report):
        self.stopped.clear()
        raised = []

        def reporting(fraction, message):
            if self.stopped.is_set():
                raise Stopped
            try:
                report(float(fraction), str(message))
            except BaseException as error:
                raised.append(error)
                raise Stopped from error

        given = {name: (np.array(audio.samples), audio.sample_rate) for name, audio in sounds.items()}
        try:
            told, made = getattr(self.worker, method)(dict(values), given, reporting)
        except BaseException as error:
            if raised:
                raise raised[0] from None
            if self.stopped.is_set():
                raise Cancelled from None
            raise failure(self.card, describe(error)) from error
        if not isinstance(made, dict):
            raise no_sound(self.card, "reply", type(made).__name__, str(made)[:200])
        device, precision = self.worker.device, self.worker.precision
        return Reply(
            _as_json(told), {str(n): self._sound(str(n), v) for n, v in made.items()}, device, precision
        )

    def cancel(self):
        self.stopped.set()

    def kill(self):
        self.stopped.set()
        self.alive = False

    def memory_mb(self):
        return None

    def _sound(self, name, value):
        samples, rate = value if isinstance(value, tuple) and len(value) == 2 else (value, None)
        if isinstance(samples, DiskSound):
            samples = np.array(samples)
        if not isinstance(samples, np.ndarray) or samples.dtype.hasobject:
            raise no_sound(self.card, name, type(samples).__name__, str(samples)[:200])
        return validated(self.card, name, samples, rate)


class InProcess:
    """Opens workers where it is."""

    def availability(self, engine, checkpoint):
        return engine.available()

    def open(self, card, report):
        report(0.0, f"Starting {card.title}")
        try:
            worker = importlib.import_module(card.worker).Worker()
        except Exception as error:
            raise failure(card, describe(error)) from error
        return HereSession(card, worker)

    def needed_mb(self, card, checkpoint):
        return 0

    def short_of_memory(self):
        return False

    def free_mb(self):
        return None


def _as_json(told):
    return {name: _plain(value) if hasattr(value, "dtype") else value for name, value in dict(told).items()}

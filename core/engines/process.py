"""One engine's child process: start it, talk to it, end it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from core import errors
from core.engines.base import EngineCard
from core.errors import Cancelled, EngineDiedError, EngineError, EngineMissingError
from core.progress import Report
from core.values import Json

CHILD = Path(__file__).with_name("child.py")
POLL_S = 0.2
"""How often a silent child's caller may cancel."""
CANCEL_GRACE_S = 2.0
START_LIMIT_S = 120.0
Message = dict[str, Json]

KINDS = {
    kind.kind: kind
    for kind in (
        errors.EngineMissingError,
        errors.EngineInputError,
        errors.EngineOutputError,
        errors.EngineMemoryError,
        errors.InputError,
    )
}


class EngineProcess:
    """A warm child that serves one engine. Not safe for two callers at once: the host holds a lock."""

    def __init__(self, card: EngineCard, interpreter: str | None = None) -> None:
        self.card = card
        self.last_used = time.monotonic()
        self._count = 0
        self._log: deque[str] = deque(maxlen=40)
        self._messages: queue.Queue[Message | None] = queue.Queue()
        self._child = subprocess.Popen(
            [interpreter or sys.executable, str(CHILD), card.worker],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=_environment(),
        )
        for target in (self._read_messages, self._read_log):
            threading.Thread(target=target, daemon=True, name=f"{card.name}-{target.__name__}").start()

    @property
    def alive(self) -> bool:
        """Whether the child runs."""
        return self._child.poll() is None

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    def start(self, report: Report) -> None:
        """Wait until the worker is there; raises EngineError's children or Cancelled."""
        message = self._await(0, report, START_LIMIT_S)
        if "error" in message:
            self.kill()
            raise _typed(self.card, message["error"])

    def call(
        self,
        method: str,
        values: Mapping[str, Json],
        sounds: Mapping[str, Json],
        folder: Path,
        report: Report,
    ) -> Message:
        """Run one method; returns the child's last message. Raises EngineError's children or Cancelled."""
        self._count += 1
        request = {
            "id": self._count,
            "method": method,
            "values": dict(values),
            "sounds": dict(sounds),
            "folder": str(folder),
        }
        self._send(request)
        message = self._await(self._count, report, None)
        self.last_used = time.monotonic()
        if "error" in message:
            raise _typed(self.card, message["error"])
        if message.get("cancelled"):
            raise Cancelled
        return message

    def kill(self) -> None:
        """End the child at once and wait until its memory is free."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout, self._child.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()

    def _await(self, number: int, report: Report, limit_s: float | None) -> Message:
        """Relay progress until request ``number`` is answered; ask the caller often whether to go on."""
        fraction, text, began = 0.0, f"Starting {self.card.title}", time.monotonic()
        while True:
            try:
                report(fraction, text)
            except Cancelled:
                self._cancel(number)
                raise
            try:
                message = self._messages.get(timeout=POLL_S)
            except queue.Empty:
                if limit_s is not None and time.monotonic() - began > limit_s:
                    self.kill()
                    raise EngineDiedError(
                        f"{self.card.title} did not start within {limit_s:.0f} s.",
                        causes=("the machine is overloaded", "an import of the engine hangs"),
                        remedy="Close other programs and try again.",
                        detail="\n".join(self._log),
                    ) from None
                continue
            if message is None:
                raise self._died()
            if message.get("id") != number:
                continue
            if "progress" not in message:
                return message
            fraction, text = message["progress"]

    def _cancel(self, number: int) -> None:
        """Ask the child to stop; end it when it does not within the grace time."""
        with contextlib.suppress(EngineDiedError):
            self._send({"cancel": number})
        deadline = time.monotonic() + CANCEL_GRACE_S
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = self._messages.get(timeout=left)
            except queue.Empty:
                break
            if message is None or (message.get("id") == number and "progress" not in message):
                return
        self.kill()

    def _send(self, message: Message) -> None:
        try:
            assert self._child.stdin is not None
            self._child.stdin.write(json.dumps(message) + "\n")
            self._child.stdin.flush()
        except (OSError, ValueError) as error:
            raise self._died() from error

    def _died(self) -> EngineDiedError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(2.0)
        code = self._child.poll()
        self.kill()
        how = "it ended" if code is None else f"exit status {code}"
        causes = ["a crash inside one of its libraries"]
        if code is not None and code < 0:
            how = f"signal {signal.Signals(-code).name}"
            if code == -signal.SIGKILL:
                causes.insert(0, "the system ended it because memory ran out")
        return EngineDiedError(
            f"{self.card.title} ended in the middle of its work ({how}).",
            causes=tuple(causes),
            remedy="Try again: the studio starts it afresh. If it happens again, make a shorter song.",
            detail="\n".join(self._log),
        )

    def _read_messages(self) -> None:
        assert self._child.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            for line in self._child.stdout:
                self._messages.put(json.loads(line))
        self._messages.put(None)

    def _read_log(self) -> None:
        assert self._child.stderr is not None
        with contextlib.suppress(OSError, ValueError):
            for line in self._child.stderr:
                self._log.append(line.rstrip())


def _typed(card: EngineCard, told: Mapping[str, Json]) -> EngineError | errors.InputError:
    """Turn the child's account of an exception into the studio's error."""
    kind = KINDS.get(told["kind"], EngineError)
    missing = kind is EngineMissingError
    return kind(
        told["message"] if told["remedy"] else f"{card.title} failed: {told['message']}",
        causes=tuple(told["causes"]),
        remedy=told["remedy"] or (card.how_to_add if missing else "Try again, or choose another engine."),
        detail=told["detail"],
    )


def _environment() -> dict[str, str]:
    """The child's environment: no hidden downloads, and threads for the cores there are."""
    env = dict(os.environ)
    env.setdefault("HF_HUB_OFFLINE", "1")
    env.setdefault("OMP_NUM_THREADS", str(min(8, os.cpu_count() or 1)))
    env["PYTHONUNBUFFERED"] = "1"
    return env

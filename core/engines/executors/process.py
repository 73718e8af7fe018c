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
from typing import IO

from core.diagnosis.of_engine import confirmed
from core.engines.base import EngineCard
from core.engines.executors.door import failure
from core.engines.executors.life import SignsOfLife
from core.engines.interpreters import interpreter_variable
from core.errors import Cancelled, EngineDiedError, EngineMissingError
from core.machine import algebra, allocator
from core.machine.offline import offline_by
from core.machine.resources import cores
from core.progress import Report
from core.values import Json

CHILD = Path(__file__).parents[1] / "child.py"
POLL_S = 0.2
"""How often the caller of a silent child is asked whether to go on."""
CANCEL_GRACE_S = 1.7
"""After a cancel a child may go on for so long; with the poll before it, it is gone within 2 s."""
START_LIMIT_S = 120.0
LOG_LINES = 40
MOST_THREADS = 16
Message = dict[str, Json]


class EngineProcess:
    """A warm child that serves one engine. Not safe for two callers at once: the pool holds a lock."""

    def __init__(self, card: EngineCard, interpreter: str | None = None) -> None:
        self.card = card
        self._count = 0
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self._messages: queue.Queue[Message | None] = queue.Queue()
        self._child = _started(card, interpreter)
        self._log_reader = self._thread(self._read_log)
        self._thread(self._read_messages)

    @property
    def alive(self) -> bool:
        """Whether the child runs."""
        return self._child.poll() is None

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    def start(self, report: Report) -> None:
        """Wait until the worker is there; raises EngineError's children, or whatever ``report`` raises."""
        try:
            message = self._await(0, report, f"Starting {self.card.title}", START_LIMIT_S)
        except BaseException:
            self.kill()
            raise
        if "error" in message:
            self.kill()
            raise failure(self.card, message["error"])

    def call(
        self,
        method: str,
        values: Mapping[str, Json],
        sounds: Mapping[str, Json],
        folder: Path,
        report: Report,
    ) -> Message:
        """Run one method and return the child's last message.

        Raises EngineError's children, or what ``report`` raises (Cancelled): the child has stopped by then.
        """
        self._count += 1
        number = self._count
        self._send(
            {
                "id": number,
                "method": method,
                "values": dict(values),
                "sounds": dict(sounds),
                "folder": str(folder),
            }
        )
        try:
            message = self._await(number, report, self.card.title, None)
        except EngineDiedError:
            raise
        except BaseException:
            self.cancel()
            raise
        if "error" in message:
            raise failure(self.card, message["error"])
        if message.get("cancelled"):
            raise Cancelled
        return message

    def kill(self) -> None:
        """End the child, and whatever it started, at once; its memory is free when this returns."""
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                self._child.kill()
            else:
                os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        with contextlib.suppress(OSError, ValueError):
            _pipe(self._child.stdin).close()

    def _await(self, number: int, report: Report, doing: str, limit_s: float | None) -> Message:
        """Relay progress until request ``number`` is answered; ask the caller often whether to go on."""
        began = time.monotonic()
        fraction, text = 0.0, doing
        life = SignsOfLife(self.pid)
        report(fraction, text)
        while True:
            try:
                message = self._messages.get(timeout=POLL_S)
            except queue.Empty:
                if limit_s is not None and time.monotonic() - began > limit_s:
                    raise self._never_started(limit_s) from None
                if limit_s is None and life.stalled():
                    raise self._stalled(life.silent_s()) from None
                report(fraction, text)
                continue
            if message is None:
                raise self._died()
            life.seen()
            if message.get("id") != number:
                continue
            if "progress" not in message:
                return message
            fraction, text = message["progress"]
            report(fraction, text)

    def cancel(self) -> None:
        """Ask the child to stop its last request; end it when it does not within the grace time."""
        number = self._count
        try:
            self._send({"cancel": number})
        except EngineDiedError:
            return
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
        line = json.dumps(message) + "\n"
        try:
            pipe = _pipe(self._child.stdin)
            pipe.write(line)
            pipe.flush()
        except (OSError, ValueError) as error:
            raise self._died() from error

    def _died(self) -> EngineDiedError:
        """Explain the child's end, and see to it that it is one."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(2.0)
        how = _account_of_death(self._child.poll())
        self.kill()
        self._log_reader.join(0.5)
        died = EngineDiedError(
            f"{self.card.title} ended in the middle of its work ({how}).",
            causes=("a crash inside one of its libraries",),
            remedy="Try again: the studio starts it afresh. If it happens again, make a shorter song.",
            detail="\n".join(self._log),
        )
        return confirmed(died)

    def _never_started(self, limit_s: float) -> EngineDiedError:
        late = EngineDiedError(
            f"{self.card.title} did not start within {limit_s:.0f} s.",
            causes=("the machine is overloaded", "an import of the engine hangs"),
            remedy="Close other programs and try again.",
            detail="\n".join(self._log),
        )
        return confirmed(late)

    def _stalled(self, silent_s: float) -> EngineDiedError:
        self.kill()
        return EngineDiedError(
            f"{self.card.title} gave no sign of life for {silent_s:.0f} s, and was ended.",
            causes=("it waits for a file, a device or a network that does not answer", "a lock inside it"),
            remedy="Try again: the studio starts it afresh. If it is only slow, raise GAINSTAGE_STALLED_S.",
            detail="\n".join(self._log),
        )

    def _thread(self, target: Json) -> threading.Thread:
        thread = threading.Thread(target=target, daemon=True, name=f"{self.card.name}-{target.__name__}")
        thread.start()
        return thread

    def _read_messages(self) -> None:
        with contextlib.suppress(OSError, ValueError), _pipe(self._child.stdout) as pipe:
            for line in pipe:
                self._messages.put(json.loads(line))
        self._messages.put(None)

    def _read_log(self) -> None:
        with contextlib.suppress(OSError, ValueError), _pipe(self._child.stderr) as pipe:
            for line in pipe:
                self._log.append(line.rstrip()[:2000])


def _started(card: EngineCard, interpreter: str | None) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(
            [interpreter or sys.executable, str(CHILD), card.worker],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=_environment(foreign=interpreter is not None),
            start_new_session=True,
        )
    except OSError as error:
        raise EngineMissingError(
            f"The interpreter of {card.title} cannot be started: {interpreter or sys.executable}.",
            causes=("the path is misspelt", "its environment was moved or deleted"),
            remedy=f"Correct {interpreter_variable(card)}, or remove it. {card.how_to_add}",
            detail=str(error),
        ) from error


def _environment(*, foreign: bool) -> dict[str, str]:
    """Return the child's environment: no hidden downloads, and threads for the cores there are."""
    env = allocator.ENVIRONMENT | algebra.ENVIRONMENT | os.environ
    if foreign:
        for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"):
            env.pop(name, None)
    if offline_by():
        env["HF_HUB_OFFLINE"] = "1"
    env.setdefault("HF_HUB_OFFLINE", "1")
    env.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    env.setdefault("TOKENIZERS_PARALLELISM", "false")
    env.setdefault("OMP_NUM_THREADS", str(min(MOST_THREADS, cores())))
    env["PYTHONUNBUFFERED"] = "1"
    return env


def _account_of_death(code: int | None) -> str:
    if code is None:
        return "it closed its pipe"
    if code >= 0:
        return f"exit status {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise ValueError("the child was started without pipes")
    return pipe

"""The probe's background thread: a bounded queue of steps, each judged against those before it and stored."""

from __future__ import annotations

import logging
import re
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from core.blame.chain import Blame, Chain, Following, Link
from core.contract import Finding, Severity
from core.errors import ErrorReport, GainstageError
from core.probe.handed import size_of
from core.probe.outside import carries_rate
from core.probe.step import SUM, Handed, record_of, take_of_step, uneven
from core.probe.storing import Storing
from core.runs.log import log_step
from core.runs.record import ArtifactRecord, RunState, StepRecord

LOG = logging.getLogger("gainstage.probe")
MOST_BYTES = 1 << 29
"""Samples that may wait together; a step that comes when more wait is not judged, and named."""
MOST_STEPS = 256
MOST_SENTENCES = 100
"""About what a run lacks: a loop that outruns its probe for hours says no more than so many."""
BEAT_S = 5.0
MOST_LETTERS = 60


@dataclass(frozen=True)
class Judged:
    """A step as it came out."""

    name: str
    verdict: Severity
    blame: Blame | None
    """What is wrong with it, where it failed."""
    findings: tuple[Finding, ...]


class Recorder:
    """Judges and stores the steps of one run in the order they come."""

    def __init__(self, name: str, on_judged: Callable[[Judged], None]) -> None:
        self.name = name
        self.first_broken: Blame | None = None
        self.judged: deque[Judged] = deque(maxlen=MOST_STEPS)
        self.run_id = ""
        self.missing: list[str] = []
        """What the run lacks, one sentence each."""
        self._on_judged = on_judged
        self._waiting: deque[tuple[Handed, threading.Event]] = deque()
        self._bytes = 0
        self._busy = ""
        self._closed = False
        self._changed = threading.Condition()
        self._rate: int | None = None
        self._names: dict[str, int] = {}
        self._following = Following(made=True)
        self._before: StepRecord | None = None
        self._thread = threading.Thread(target=self._loop, name="gainstage-probe", daemon=True)
        self._thread.start()

    def offer(self, step: Handed) -> threading.Event | None:
        """Queue a step; returns what is set once it is judged, None where too much waits already."""
        size = size_of(step.value)
        with self._changed:
            full = len(self._waiting) >= MOST_STEPS or (self._bytes and self._bytes + size > MOST_BYTES)
            if not full and not self._closed:
                done = threading.Event()
                self._waiting.append((step, done))
                self._bytes += size
                self._changed.notify_all()
                return done
        self._lack(f"{step.name} was not judged: {self._bytes >> 20} MB of steps before it wait still")
        return None

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything is judged and stored; False when the time ran out first."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, timeout_s)

    def close(self, timeout_s: float) -> None:
        """Judge what waits, within the time, name what is lost, and end the thread."""
        finished = self.flush(timeout_s)
        with self._changed:
            lost = [step.name for step, _ in self._waiting]
            lost = [self._busy, *lost] if not finished and self._busy else lost
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
        if lost:
            self._lack(f"lost, because the program ended before they were judged: {', '.join(lost)}")
        self._thread.join(2.0)

    def _loop(self) -> None:
        storing = Storing(self.name)
        self.run_id = storing.run_id
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    if not self._changed.wait(BEAT_S):
                        storing.beat()
                if not self._waiting:
                    break
                step, done = self._waiting.popleft()
                self._busy = step.name
            judged = self._judge(step, storing)
            with self._changed:
                self._bytes -= size_of(step.value)
                self._busy = ""
                self._changed.notify_all()
            del step
            done.set()
            self._tell(judged)
        if storing.missing:
            self.missing.append(storing.missing)
        storing.end(RunState.STOPPED if self.first_broken else RunState.DONE)

    def _judge(self, step: Handed, storing: Storing) -> Judged:
        """Judge and store one step; whatever is wrong with it is its record's error."""
        position = sum(self._names.values()) + 1
        try:
            link, artifacts, error = self._link(step, storing)
        except GainstageError as refused:
            link, artifacts, error = None, (), refused.report()
        except Exception as bug:
            LOG.exception("probe=%s step=%s could not be judged", self.name, step.name)
            link, artifacts, error = None, (), _bug(step.name, bug)
        record = record_of(step, self._stage(step.name), link, artifacts, error)
        shown = link or Link(step.name, step.name, position, None, error=error)
        blame = Chain((replace(shown, position=position),)).blame
        self.first_broken = self.first_broken or blame
        storing.step(record)
        log_step(storing.run_id, record, self._before)
        self._before = record if record.main else self._before
        judged = Judged(step.name, shown.verdict, blame, record.findings)
        self.judged.append(judged)
        return judged

    def _link(
        self, step: Handed, storing: Storing
    ) -> tuple[Link | None, tuple[ArtifactRecord, ...], ErrorReport | None]:
        if step.error is not None:
            return None, (), step.error
        if step.rate is None and not carries_rate(step.value):
            step = replace(step, rate=self._rate)
        take, sounds = take_of_step(step)
        self._rate = take.sound.audio.sample_rate
        link = self._following.add(step.name, take)
        link = replace(link, findings=(*link.findings, *uneven(step, sounds)))
        whole = {SUM: take.sound.audio} if len(sounds) > 1 else {}
        return link, storing.sounds({**sounds, **whole}), None

    def _stage(self, name: str) -> str:
        """Return a step's name in its run, plain letters alone: the second of one name is ``name (2)``."""
        plain = re.sub(r"[^\w ()-]", "_", name)[:MOST_LETTERS] or "_"
        count = self._names[plain] = self._names.get(plain, 0) + 1
        return plain if count == 1 else f"{plain} ({count})"

    def _tell(self, judged: Judged) -> None:
        try:
            self._on_judged(judged)
        except Exception:
            LOG.exception("probe=%s: what on_fail calls has raised", self.name)

    def _lack(self, sentence: str) -> None:
        if len(self.missing) < MOST_SENTENCES:
            self.missing.append(sentence)
        elif len(self.missing) == MOST_SENTENCES:
            self.missing.append("more than that; the log gainstage.probe names each")
        LOG.warning("probe=%s: %s", self.name, sentence)


def _bug(name: str, error: Exception) -> ErrorReport:
    return ErrorReport(
        kind="internal",
        message=f"{name} could not be judged: {type(error).__name__}.",
        causes=("a fault in Gainstage itself",),
        remedy="Report it with the details below; the program that was listened to is not touched by it.",
        detail="".join(traceback.format_exception(error)),
    )


def now() -> float:
    """Return the clock that steps are timed by, in seconds."""
    return time.monotonic()

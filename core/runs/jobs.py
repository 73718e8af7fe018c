"""Lanes: background jobs one after the other, with an owner, a place in the queue and a way to cancel.

One lane has one worker thread, so what it uses needs no lock. Owners take turns: whoever was served longest
ago is next, so that a person with four songs keeps nobody waiting for all four. Nothing here knows Streamlit.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from core.errors import BusyError, Cancelled
from core.progress import Report

_TIMES_KNOWN = 9
"""How many of the last jobs say how long the next ones will take."""
_TURNS_KNOWN = 64
"""Whoever was served so many jobs ago counts as never served."""


@dataclass(eq=False)
class Job:
    """One piece of background work and how far it is."""

    name: str
    owner: str
    work: Callable[[Report], None]
    fraction: float = 0.0
    message: str = ""
    started: float | None = None
    ended: float | None = None
    error: BaseException | None = None
    """What ``work`` raised, other than Cancelled; the studio makes sure that it raises nothing."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _done: threading.Event = field(default_factory=threading.Event)

    @property
    def live(self) -> bool:
        """Whether it waits or runs."""
        return not self._done.is_set()

    @property
    def cancelling(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    @property
    def wanted(self) -> bool:
        """Whether it waits or runs, and nobody asked it to stop."""
        return self.live and not self.cancelling

    @property
    def elapsed_s(self) -> float:
        """Seconds since it started, 0 while it waits."""
        if self.started is None:
            return 0.0
        return (self.ended or time.monotonic()) - self.started

    def cancel(self) -> None:
        """Ask it to stop at its next report."""
        self._stop.set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until it ended; False when the time ran out first."""
        return self._done.wait(timeout_s)

    def report(self, fraction: float, message: str) -> None:
        """Take a progress report; raises Cancelled once the job was asked to stop."""
        self.fraction, self.message = fraction, message
        if self._stop.is_set():
            raise Cancelled

    def run(self) -> None:
        """Do the work, once; a job cancelled while it waited still runs up to its first report."""
        self.started = time.monotonic()
        try:
            self.work(self.report)
        except Cancelled:
            self.message = "cancelled"
        except BaseException as error:  # noqa: BLE001 - kept on the job, shown by whoever waits for it
            self.error = error
        finally:
            self.ended = time.monotonic()
            self._done.set()


class Lane:
    """A queue and its one worker thread."""

    def __init__(self, name: str, *, most_waiting: float = 16, most_per_owner: float = 4) -> None:
        self.name = name
        self._most_waiting = most_waiting
        self._most_per_owner = most_per_owner
        self._waiting: list[Job] = []
        self._turns: dict[str, int] = {}
        """When each owner was last served, in turns; who isn't in it was never served, or long ago."""
        self._running: Job | None = None
        self._took_s: deque[float] = deque(maxlen=_TIMES_KNOWN)
        self._closed = False
        self._changed = threading.Condition()
        self.thread_name = f"lane-{name}"
        self._thread = threading.Thread(target=self._loop, name=self.thread_name, daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Put a job behind its owner's others; raises BusyError when the queue or their share is full."""
        with self._changed:
            own = sum(other.owner == job.owner for other in self._all())
            if len(self._waiting) >= self._most_waiting or own >= self._most_per_owner:
                raise BusyError(
                    f"{len(self._waiting)} songs wait already, {own} of them yours.",
                    remedy="Wait until one is done, or cancel one.",
                )
            self._waiting.append(job)
            self._changed.notify()

    def position(self, job: Job) -> int:
        """Return how many jobs are before this one: 0 when it runs or is done."""
        with self._changed:
            if job not in self._waiting:
                return 0
            return self._in_turn().index(job) + (self._running is not None)

    def starts_in_s(self, job: Job) -> float | None:
        """Return about how many seconds a job waits yet, by what the last ones took; None when unknown."""
        with self._changed:
            if job not in self._waiting or not self._took_s:
                return None
            typical = median(self._took_s)
            before = self._in_turn().index(job) * typical
            return before + (_left_s(self._running, typical) if self._running else 0.0)

    def jobs(self) -> tuple[Job, ...]:
        """Return the job that runs and those that wait, in their order."""
        with self._changed:
            return (*((self._running,) if self._running else ()), *self._in_turn())

    def close(self, timeout_s: float = 5.0) -> None:
        """Cancel everything and end the thread."""
        with self._changed:
            self._closed = True
            for job in self._all():
                job.cancel()
            self._changed.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout_s)

    def _all(self) -> list[Job]:
        return [*self._waiting, *([self._running] if self._running else [])]

    def _in_turn(self) -> list[Job]:
        """Return the jobs that wait in the order in which they will run, if nobody else comes."""
        waiting, turns, ordered = list(self._waiting), dict(self._turns), list[Job]()
        while waiting:
            job = min(waiting, key=lambda one: turns.get(one.owner, 0))  # of equals the first that came
            waiting.remove(job)
            turns[job.owner] = max(turns.values(), default=0) + 1
            ordered.append(job)
        return ordered

    def _take(self) -> Job:
        job = self._in_turn()[0]
        self._waiting.remove(job)
        turn = max(self._turns.values(), default=0) + 1
        self._turns[job.owner] = turn
        self._turns = {owner: at for owner, at in self._turns.items() if at > turn - _TURNS_KNOWN}
        return job

    def _loop(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if not self._waiting:
                    return
                self._running = self._take()
            self._running.run()
            with self._changed:
                if not self._running.cancelling and self._running.error is None:
                    self._took_s.append(self._running.elapsed_s)
                self._running = None


def _left_s(job: Job, typical_s: float) -> float:
    """Return about how many seconds a running job needs yet."""
    if job.fraction > 0.05:
        return job.elapsed_s * (1.0 - job.fraction) / job.fraction
    return max(0.0, typical_s - job.elapsed_s)

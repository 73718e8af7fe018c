"""The job of a run: queued, taken through its stages, watched, and ended with a state that is true."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from core.errors import BusyError, GainstageError
from core.machine.share import Share
from core.progress import Report
from core.runs.index import RunIndex
from core.runs.jobs import Job
from core.runs.pipeline import share_within
from core.runs.presence import Presence, shows_life
from core.runs.record import RunState
from core.runs.run_jobs import RunJobs
from core.runs.store import Store
from core.runs.warm import warm_up_beside
from core.stages.table import STAGE_NAMES

VIEWER_GONE_AFTER_S = 300.0
"""Hosted: a job ends so long after nobody looked at it any more."""
BEAT_S = 5.0
POLL_S = 0.5


class Way(Protocol):
    """Who takes a run through its stages: :class:`core.runs.runner.Runner` on this machine."""

    def go(
        self,
        run_id: str,
        report: Report,
        *,
        fresh: str = "",
        on_step: Callable[[str], None],
        first_listen: Path | None = None,
        awake: bool = False,
        shelf: Share | None = None,
    ) -> RunState:
        """Return where the run stands at the end; see :meth:`core.runs.runner.Runner.go`."""
        ...


Elsewhere = Callable[[Store, RunIndex], Way]
"""Makes the way by which another machine's work gets into this store and this index."""


class RunWork:
    """What the studio has its runs' jobs do."""

    def __init__(
        self, home: Path, way: Way, index: RunIndex, jobs: RunJobs, presence: Presence, *, hosted: bool
    ) -> None:
        self._home, self._way, self._index, self._jobs = home, way, index, jobs
        self._presence, self._hosted = presence, hosted

    def submit(
        self, run_id: str, owner: str, fresh: str = "", *, awake: bool = False, shelf: Share | None = None
    ) -> None:
        """Queue a run's job; raises BusyError when the queue is full, and the run stands as it did.

        ``fresh``: a stage to be made anew; ``awake``: sounds that gave way are made again; ``shelf``: where
        finished steps are put, and looked for.
        """
        before = self._index.state(run_id)
        self._index.set_state(run_id, RunState.QUEUED, time.time(), server=self._presence.token)
        job = Job(run_id, owner, lambda report: self._work(run_id, fresh, report, awake=awake, shelf=shelf))
        try:
            self._jobs.submit(job)
        except GainstageError:
            self._index.set_state(run_id, before, time.time())
            raise

    def _work(self, run_id: str, fresh: str, report: Report, *, awake: bool, shelf: Share | None) -> None:
        """The job of a run: whatever happens, the index ends with a state that is true."""
        began = time.monotonic()
        state = RunState.STOPPED
        watched = self._watched(run_id, report)
        self._index.set_state(run_id, RunState.RUNNING, time.time())
        try:
            state = self._way.go(
                run_id,
                watched,
                fresh=fresh,
                on_step=lambda stage: self._jobs.arrive(run_id, stage),
                first_listen=self.first_listen_path(run_id),
                awake=awake,
                shelf=shelf,
            )
        finally:
            self.first_listen_path(run_id).unlink(missing_ok=True)
            self._index.set_state(run_id, state, time.time(), time.monotonic() - began)
            self._index.save(run_id)

    def first_listen_path(self, run_id: str) -> Path:
        """Return where an engine may put the run's first section while it makes the rest."""
        return self._home / "scratch" / f"{run_id}.wav"

    def _watched(self, run_id: str, report: Report) -> Report:
        """Add signs of life, and in hosted mode the end of a job that nobody watches."""
        beat = time.monotonic()

        def watched(fraction: float, message: str) -> None:
            nonlocal beat
            now = time.monotonic()
            stage = self._jobs.at(run_id) or STAGE_NAMES[0]
            warm_up_beside(stage, share_within(fraction, stage), self.first_listen_path(run_id))
            if now - beat > BEAT_S:
                beat = now
                self._index.set_state(run_id, RunState.RUNNING, time.time())
            if self._hosted and self._jobs.unwatched_s(run_id) > VIEWER_GONE_AFTER_S:
                self.cancel(run_id)
            report(fraction, message)

        return watched

    def not_elsewhere(self, run_id: str) -> None:
        """Raise BusyError while another server on this home makes the run."""
        if self._jobs.live(run_id) is None and self._elsewhere(run_id):
            raise BusyError(
                "The song is being made by another server that uses this studio's home.",
                causes=("two servers were started with the same GAINSTAGE_HOME",),
                remedy="Wait until it is done there, or cancel it there.",
            )

    def _elsewhere(self, run_id: str) -> bool:
        server, beat = self._index.live().get(run_id, ("", 0.0))
        return server != self._presence.token and shows_life(self._presence, server, beat)

    def cancel(self, run_id: str) -> None:
        """Ask a run's job to stop at its next report."""
        job = self._jobs.get(run_id)
        if job is not None:
            job.cancel()

    def shows_life(self, run_id: str, beat: float) -> bool:
        """Whether a run that claims to wait or to be at work, and has no job here, is another server's."""
        server, _ = self._index.live().get(run_id, ("", beat))
        return shows_life(self._presence, server, beat)

    def wake(self, run_id: str, owner: str) -> None:
        """Have the sounds of a run made again that gave way, and wait for it. Raises BusyError."""
        if threading.current_thread().name == self._jobs.lane.thread_name:
            return  # a stage asks: the runner goes back to the stage that made it
        if self._jobs.live(run_id) is None:
            self.not_elsewhere(run_id)
            self.submit(run_id, owner, awake=True)
        job = self._jobs.get(run_id)
        while job is not None and not job.wait(POLL_S):
            self._jobs.look(run_id)

"""The jobs of runs: at most one a run, the stage that it is at, and when somebody last looked."""

from __future__ import annotations

import threading
import time

from core.errors import BusyError
from core.runs.jobs import Job, Lane

STOPS_WITHIN_S = 10.0
ENDED_JOBS = 32
"""So many ended jobs are remembered, so that who waits for one is still shown what it raised."""


class RunJobs:
    """The lane of runs and what is known of each job, by the run's id."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self._jobs: dict[str, Job] = {}
        self._at: dict[str, str] = {}
        self._seen: dict[str, float] = {}
        self._lock = threading.RLock()

    def submit(self, job: Job) -> None:
        """Queue a job that has its run's id as its name; raises BusyError when the queue is full."""
        with self._lock:
            for ended in [name for name, other in self._jobs.items() if not other.live][:-ENDED_JOBS]:
                self.forget(ended)
            self.lane.submit(job)
            self._jobs.pop(job.name, None)
            self._jobs[job.name] = job
            self._seen[job.name] = time.monotonic()

    def get(self, run_id: str) -> Job | None:
        """Return the latest job of a run, live or among the last that ended."""
        with self._lock:
            return self._jobs.get(run_id)

    def live(self, run_id: str) -> Job | None:
        """Return the job of a run while it waits or runs."""
        job = self.get(run_id)
        return job if job is not None and job.live else None

    def wanted(self, run_id: str) -> bool:
        """Whether the run's job waits or runs, and nobody asked it to stop."""
        job = self.get(run_id)
        return job is not None and job.wanted

    def any_live(self) -> bool:
        """Whether any run's job waits or runs."""
        with self._lock:
            return any(job.live for job in self._jobs.values())

    def stop(self, run_id: str) -> None:
        """Cancel the run's job and wait for its end; raises BusyError when it goes on all the same."""
        job = self.live(run_id)
        if job is None:
            return
        job.cancel()
        if not job.wait(STOPS_WITHIN_S):
            raise BusyError(
                "The song is still at work, and has not stopped yet.",
                causes=("its engine is in the middle of something that cannot be interrupted",),
                remedy="It stops by itself: wait until it is shown as cancelled, then do this again.",
            )

    def arrive(self, run_id: str, stage: str) -> None:
        """Note the stage that a run's job is at."""
        with self._lock:
            self._at[run_id] = stage

    def at(self, run_id: str) -> str:
        """Return the stage that a run's job is at; empty before the first."""
        with self._lock:
            return self._at.get(run_id, "")

    def look(self, run_id: str) -> None:
        """Note that somebody looks at a run that is at work."""
        with self._lock:
            self._seen[run_id] = time.monotonic()

    def unwatched_s(self, run_id: str) -> float:
        """Return the seconds since somebody looked at the run."""
        now = time.monotonic()
        with self._lock:
            return now - self._seen.get(run_id, now)

    def forget(self, run_id: str) -> None:
        """Let go of all that is held of a run's job."""
        with self._lock:
            for held in (self._jobs, self._at, self._seen):
                held.pop(run_id, None)

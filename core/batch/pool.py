"""The local processes of a batch: each takes a job at a time; one that dies costs its job one more try."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from core.batch.jobs import BatchJob
from core.batch.outcomes import Outcome
from core.batch.worker import BatchWorker, clear_shelf, shelf_of

Place = Callable[[Sequence[BatchJob], Path], Iterator[Outcome]]
"""Where jobs are done: yields what became of each as it ends, and puts what it makes into the folder.

Closing the iterator before its end stops what is under way.
"""


def local_processes(processes: int) -> Place:
    """Return this machine as a place, with so many jobs at once."""

    def doing(jobs: Sequence[BatchJob], folder: Path) -> Iterator[Outcome]:
        waiting: queue.SimpleQueue[BatchJob] = queue.SimpleQueue()
        for job in jobs:
            waiting.put(job)
        done: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        lanes = [
            _Lane(BatchWorker(folder / ".work" / str(n)), folder, waiting, done)
            for n in range(min(processes, len(jobs)))
        ]
        left = len(jobs)
        try:
            while left:
                outcome = done.get()
                left -= 1
                yield outcome
                clear_shelf(outcome, str(folder))  # what became of it is written down by now
        finally:
            for lane in lanes:
                lane.end(at_once=left > 0)

    return doing


class _Lane(threading.Thread):
    """One process and the thread that hands it jobs."""

    def __init__(
        self,
        worker: BatchWorker,
        folder: Path,
        waiting: queue.SimpleQueue[BatchJob],
        done: queue.SimpleQueue[Outcome],
    ) -> None:
        super().__init__(daemon=True, name="batch")
        self._worker, self._folder, self._waiting, self._done = worker, folder, waiting, done
        self._stopping = threading.Event()
        self.start()

    def run(self) -> None:
        """Do jobs until there are no more."""
        while not self._stopping.is_set():
            try:
                job = self._waiting.get_nowait()
            except queue.Empty:
                break
            shelf = shelf_of(job, str(self._folder))
            self._done.put(self._worker.do(job, self._folder / job.name, shelf))
        self._worker.close()

    def end(self, *, at_once: bool) -> None:
        """Take no more jobs; ``at_once`` ends the one under way, too."""
        self._stopping.set()
        if at_once:
            self._worker.kill()
        self.join(30.0)

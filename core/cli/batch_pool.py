"""The local processes of a batch: each takes a job at a time; one that dies costs its job one more try."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.cli.base import ENGINE_FAILED
from core.cli.batch_jobs import BatchJob
from core.machine.home import VARIABLE
from core.values import Json

TRIES = 2


@dataclass(frozen=True)
class Outcome:
    """What became of a job; ``found`` is what its command prints with ``--json``."""

    job: BatchJob
    status: int
    found: Json


class _Worker:
    """A process that answers jobs, with a home of its own in the batch's folder."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        with (home / "worker.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "core.cli.batch_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                cwd=Path(__file__).parents[2],
                env=os.environ | {VARIABLE: str(home)},
            )

    def answer(self, job: BatchJob, out: Path) -> dict[str, Json] | None:
        """Return the answer to a job; None when the process ended instead."""
        assert self._process.stdin and self._process.stdout
        try:
            message = {"arguments": list(job.arguments), "out": str(out)}
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            return None
        return json.loads(line) if line.endswith("\n") else None

    def ended(self) -> str:
        """Return how the process ended, which it has."""
        self._process.kill()
        code = self._process.wait()
        return f"signal {-code}" if code < 0 else f"exit {code}"

    def close(self) -> None:
        """Let the process end; one that does not within 20 s is ended."""
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def run_jobs(jobs: Sequence[BatchJob], folder: Path, processes: int) -> Iterator[Outcome]:
    """Do the jobs and yield what became of each, as they end."""
    waiting: queue.SimpleQueue[BatchJob] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    done: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    stop = threading.Event()
    threads = [
        threading.Thread(
            target=_serve, args=(folder / ".work" / str(n), folder, waiting, done, stop), daemon=True
        )
        for n in range(min(processes, len(jobs)))
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in jobs:
            yield done.get()
    finally:
        stop.set()
        for thread in threads:
            thread.join(30.0)


def _serve(
    home: Path,
    folder: Path,
    waiting: queue.SimpleQueue[BatchJob],
    done: queue.SimpleQueue[Outcome],
    stop: threading.Event,
) -> None:
    worker: _Worker | None = None
    while not stop.is_set():
        try:
            job = waiting.get_nowait()
        except queue.Empty:
            break
        how = ""
        for _ in range(TRIES):
            worker = worker or _Worker(home)
            answer = worker.answer(job, folder / job.name)
            if answer is not None:
                done.put(Outcome(job, answer["status"], answer["found"]))
                break
            how, worker = worker.ended(), None
        else:
            error = {
                "kind": "engine_died",
                "message": f"The process that worked on it ended ({how}), {TRIES} times.",
                "remedy": f"Its log is {home / 'worker.log'}; run it alone with the song command.",
            }
            done.put(Outcome(job, ENGINE_FAILED, {"error": error}))
    if worker is not None:
        worker.close()

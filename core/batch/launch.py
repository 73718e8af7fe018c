"""A batch as a process of its own, in a folder of the studio's home: begun, followed, stopped, gone on with.

It does not end with the studio's server; what is done is in its folder, whoever asks.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from core.batch.jobs import BatchJob, song_jobs
from core.batch.outcomes import Outcome, ended, is_at_work, worker_of
from core.errors import InputError
from core.machine.home import storage_error

FOLDER = "batches"
LOG = "batch.log"
LOG_LINES = 20
PACKAGE = __name__.partition(".")[0]
SUFFIXES = (".jsonl", ".csv")
_NOT_IN_A_NAME = re.compile(r"[^\w-]+")
_processes: dict[Path, subprocess.Popen[bytes]] = {}
"""The processes that this server began: one holds its batch's lock only once it has started."""


@dataclass(frozen=True)
class Batch:
    """One batch of the studio."""

    folder: Path
    jobs: tuple[BatchJob, ...]
    outcomes: dict[str, Outcome]
    """What became of the jobs that ended, by their keys."""
    at_work: bool

    @property
    def ended(self) -> tuple[Outcome, ...]:
        """What became of the jobs that ended, in the jobs' order."""
        return tuple(self.outcomes[job.key] for job in self.jobs if job.key in self.outcomes)

    @property
    def left(self) -> int:
        """How many jobs going on would do."""
        return len(self.jobs) - sum(outcome.settled for outcome in self.ended)


def names(home: Path) -> list[str]:
    """Return the names of a home's batches, the newest first."""
    return sorted((path.parent.name for path in (home / FOLDER).glob("*/jobs.*")), reverse=True)


def read(home: Path, name: str) -> Batch:
    """Return a batch as it stands. Raises InputError."""
    folder = home / FOLDER / os.path.basename(name)
    jobs = tuple(song_jobs(_jobs_file(folder), (), {}))
    at_work = _begun_here(folder) is not None or is_at_work(folder)
    return Batch(folder, jobs, ended(folder, jobs), at_work)


def begin(home: Path, title: str, jobs: str, suffix: str, processes: int) -> str:
    """Write down the jobs, begin them, and return the batch's name.

    Raises InputError, which names the line, for jobs that are none, and StorageError.
    """
    if suffix not in SUFFIXES:
        raise InputError("A list of jobs is .jsonl or .csv.", remedy="Save it as one of these.")
    plain = _NOT_IN_A_NAME.sub("-", title).strip("-")[:40] or "batch"
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{plain}"
    folder = home / FOLDER / name
    try:
        folder.mkdir(parents=True)
        path = folder / f"jobs{suffix}"
        path.write_text(jobs, encoding="utf-8", newline="")
    except OSError as error:
        raise storage_error(error, f"The folder {folder} cannot be written.") from error
    try:
        _refuse_files(song_jobs(path, (), {}))
    except InputError:
        path.unlink()
        folder.rmdir()
        raise
    go_on(home, name, processes)
    return name


def go_on(home: Path, name: str, processes: int) -> None:
    """Do the jobs of a batch that are not done, unless they are being done. Raises StorageError."""
    folder = home / FOLDER / os.path.basename(name)
    if _begun_here(folder) is not None or is_at_work(folder):
        return
    command = [sys.executable, "-m", PACKAGE, "batch", str(_jobs_file(folder)), "--out", str(folder)]
    try:
        with (folder / LOG).open("ab") as log:
            process = subprocess.Popen(
                [*command, "--processes", str(processes)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=Path(__file__).parents[2],
                start_new_session=True,
            )
    except OSError as error:
        raise storage_error(error, "The batch cannot be started.") from error
    _processes[folder] = process
    threading.Thread(target=process.wait, daemon=True, name="batch-ends").start()  # so that it is reaped


def stop(home: Path, name: str) -> None:
    """Stop a batch; what is done stays, and songs under way are begun again by :func:`go_on`."""
    folder = home / FOLDER / os.path.basename(name)
    begun = _begun_here(folder)
    process = worker_of(folder) if begun is None else begun.pid
    if process is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)


def said(batch: Batch) -> str:
    """Return the last that a batch's process said."""
    try:
        return "\n".join((batch.folder / LOG).read_text(encoding="utf-8").splitlines()[-LOG_LINES:])
    except OSError:
        return ""


@contextlib.contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Within it SIGTERM ends the work as an interrupt from the keyboard does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _begun_here(folder: Path) -> subprocess.Popen[bytes] | None:
    """Return the process that was begun here and does a batch's jobs, or will once it has started."""
    process = _processes.get(folder)
    return process if process is not None and process.poll() is None else None


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _jobs_file(folder: Path) -> Path:
    found = sorted(folder.glob("jobs.*"))
    if not found:
        raise InputError(f"There is no batch {folder.name}.", remedy="Choose another, or begin one.")
    return found[0]


def _refuse_files(jobs: list[BatchJob]) -> None:
    """Raise InputError where a job names a file: the list came from a browser, and the files did not."""
    for job in jobs:
        named = [text for text in job.arguments if text.startswith(("--lyrics=", "--plan=", "--reference="))]
        if named or "--from" in job.arguments:
            raise InputError(
                f"The job {job.name} names a file, which did not come with the list.",
                remedy="Leave out from, lyrics, plan and reference here; the batch command takes them.",
            )

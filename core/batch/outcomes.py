"""What became of each job, a line each in the batch's folder as it ended: from there a batch goes on."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.batch.jobs import BatchJob
from core.errors import BusyError, InputError
from core.machine import locks
from core.machine.home import storage_error
from core.values import Json, bounded_json

DONE = "batch.jsonl"
LOCK = ".batch.lock"
SETTLED = (0, 3)
"""Exit statuses after which a job is not tried again: nothing failed, or a check did."""


@dataclass(frozen=True)
class Outcome:
    """What became of a job; ``found`` is what its command prints with ``--json``."""

    job: BatchJob
    status: int
    found: Json

    @property
    def settled(self) -> bool:
        """Whether its command made what was asked of it, be it good or not."""
        return self.status in SETTLED


@contextlib.contextmanager
def at_work(out: Path) -> Iterator[None]:
    """Hold a batch's folder. Raises BusyError while another process does its jobs, StorageError."""
    try:
        file = (out / LOCK).open("ab")
    except OSError as error:
        raise storage_error(error, f"The folder {out} cannot be written.") from error
    with file:
        if not locks.take(file):
            raise BusyError(
                f"Another process does the jobs of {out}.",
                remedy="Wait until it ends, or name another --out.",
            )
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        yield


def worker_of(out: Path) -> int | None:
    """Return the id of the process that does the jobs of this folder; None for none."""
    if not is_at_work(out):
        return None
    try:
        return int((out / LOCK).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None  # it has only just begun


def is_at_work(out: Path) -> bool:
    """Whether a process does the jobs of this folder."""
    try:
        with (out / LOCK).open("rb") as file:
            return not locks.take(file)
    except OSError:
        return False


def settled_before(out: Path, jobs: Sequence[BatchJob]) -> dict[str, Outcome]:
    """Return what became of jobs, by their keys; one that failed otherwise than by a check is left out."""
    return {key: outcome for key, outcome in ended(out, jobs).items() if outcome.settled}


def ended(out: Path, jobs: Sequence[BatchJob]) -> dict[str, Outcome]:
    """Return what became of jobs that ended, by their keys; the last word on each. Raises InputError."""
    by_key = {job.key: job for job in jobs}
    found: dict[str, Outcome] = {}
    try:
        lines = (out / DONE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{out / DONE} cannot be read.", remedy="Name another --out.", detail=str(error)
        ) from error
    for line in lines:
        try:
            said = bounded_json(line)
            job, status, result = by_key.get(str(said["key"])), said["status"], said["found"]
        except (ValueError, KeyError, TypeError):
            continue  # cut off by a kill: that job is done again
        if job is not None and _is_whole(status, result):
            found[job.key] = Outcome(job, status, result)
    return found


def _is_whole(status: Json, result: Json) -> bool:
    """Whether this is what a command prints; a damaged line is none, and its job is done again."""
    if not isinstance(status, int) or not isinstance(result, dict):
        return False
    stages = result.get("stages", [])
    errors = [result.get("error"), *(s.get("error") for s in stages if isinstance(s, dict))]
    return (
        isinstance(stages, list)
        and all(isinstance(stage, dict) for stage in stages)
        and all(isinstance(e, dict) and {"message", "remedy"} <= e.keys() for e in errors if e)
    )


def note(out: Path, outcome: Outcome) -> None:
    """Write down what became of a job, to the disk. Raises StorageError."""
    line = json.dumps({"key": outcome.job.key, "status": outcome.status, "found": outcome.found})
    try:
        with (out / DONE).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")  # after a line that a kill cut off, too
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise storage_error(error, f"The folder {out} cannot be written.") from error

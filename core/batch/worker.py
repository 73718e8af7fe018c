"""The process in which jobs are done, seen from the one that hands them out."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from core.batch.jobs import BatchJob
from core.batch.outcomes import Outcome
from core.errors import EngineDiedError, GainstageError
from core.machine.home import VARIABLE, storage_error
from core.values import Json

MODULE = "core.cli.batch_worker"
TRIES = 2
"""A job whose process ended is done by so many in all."""


class BatchWorker:
    """A process that answers jobs, with a home of its own; it is started with its first job, and again."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._process: subprocess.Popen[str] | None = None
        self._ended = False

    def do(self, job: BatchJob, out: Path) -> Outcome:
        """Do a job, with what it makes in ``out``; a process that ends over it is no error but an outcome."""
        how = ""
        for _ in range(TRIES):
            try:
                process = self._process = self._process or self._started()
                answer = _answer(process, job, out)
            except OSError as error:
                return failed(job, storage_error(error, f"The folder {self._home} cannot be written."))
            if answer is not None:
                return Outcome(job, answer["status"], answer["found"])
            how, self._process = _how_it_ended(process), None
            if self._ended:
                break
        return failed(
            job,
            EngineDiedError(
                f"The process that worked on it ended ({how}), {TRIES} times.",
                remedy=f"Its log is {self._home / 'worker.log'}; run it alone with the song command.",
            ),
        )

    def kill(self) -> None:
        """End it at once, whatever it does, and start none any more."""
        self._ended = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """Let the process end; one that does not within 20 s is ended."""
        if self._process is None:
            return
        with contextlib.suppress(BrokenPipeError), self._process as process:
            assert process.stdin
            process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

    def _started(self) -> subprocess.Popen[str]:
        self._home.mkdir(parents=True, exist_ok=True)
        with (self._home / "worker.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                cwd=Path(__file__).parents[2],
                env=os.environ | {VARIABLE: str(self._home)},
            )


def _answer(process: subprocess.Popen[str], job: BatchJob, out: Path) -> dict[str, Json] | None:
    """Return the answer to a job; None when the process ended instead."""
    assert process.stdin and process.stdout
    try:
        process.stdin.write(json.dumps({"arguments": list(job.arguments), "out": str(out)}) + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        return None
    line = process.stdout.readline()
    return json.loads(line) if line.endswith("\n") else None


def _how_it_ended(process: subprocess.Popen[str]) -> str:
    process.kill()
    with contextlib.suppress(BrokenPipeError), process:  # closes its pipes, and waits
        pass
    code = process.returncode
    return f"signal {-code}" if code < 0 else f"exit {code}"


def failed(job: BatchJob, error: GainstageError) -> Outcome:
    """Return the outcome of a job that ended with an error."""
    return Outcome(job, error.exit_status, {"error": error.report().model_dump(mode="json")})

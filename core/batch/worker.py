"""The process in which jobs are done, seen from the one that hands them out."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from core.batch.jobs import BatchJob
from core.batch.outcomes import Outcome
from core.errors import EngineDiedError, GainstageError
from core.machine.home import VARIABLE, storage_error
from core.machine.share import share_at, within
from core.values import Json

MODULE = "core.cli.batch_worker"
ERRAND = "errand"
"""The job of making another studio's run; see :mod:`core.runs.errand`."""
NEWS = "news"
"""What a line holds that is no answer yet."""
TRIES = 2
"""A job whose process ended is done by so many in all."""


def _to_nobody(_news: Json) -> None:
    """Take news that nobody waits for."""


def shelf_of(job: BatchJob, folder: str) -> str:
    """Return where the finished stages of a job lie, whichever process does it; ``folder``: the batch's."""
    return within(folder, f".work/shelf/{job.name}")


def clear_shelf(outcome: Outcome, folder: str) -> None:
    """Clear the shelf of a job that nobody has to go on with. Raises StorageError."""
    if outcome.settled:
        share_at(shelf_of(outcome.job, folder)).remove()


class BatchWorker:
    """A process that answers jobs, with a home of its own; it is started with its first job, and again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._process: subprocess.Popen[str] | None = None
        self._ended = False

    def do(self, job: BatchJob, out: Path, shelf: str) -> Outcome:
        """Do a job, with what it makes in ``out``; a process that ends over it is no error but an outcome.

        ``shelf``: a path or address where its finished stages lie until it is done (:mod:`core.runs.shelf`).
        """
        asked: dict[str, Json] = {"arguments": list(job.arguments), "out": str(out), "shelf": shelf}
        try:
            answer = self.ask(asked)
        except GainstageError as error:
            return failed(job, error)
        return Outcome(job, answer["status"], answer["found"])

    def ask(self, asked: dict[str, Json], on_news: Callable[[Json], None] = _to_nobody) -> dict[str, Json]:
        """Return the process's answer; ``on_news`` takes what it says of it before.

        Raises EngineDiedError for a process that ended over it each time, and StorageError.
        """
        how = ""
        for _ in range(TRIES):
            try:
                process = self._process = self._process or self._started()
            except OSError as error:
                raise storage_error(error, f"The folder {self.home} cannot be written.") from error
            answer = _answer(process, asked, on_news)
            if answer is not None:
                return answer
            how, self._process = _how_it_ended(process), None
            if self._ended:
                break
        raise EngineDiedError(
            f"The process that worked on it ended ({how}), {TRIES} times.",
            remedy=f"Its log is {self.home / 'worker.log'}; run it alone with the song command.",
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
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "worker.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                cwd=Path(__file__).parents[2],
                env=os.environ | {VARIABLE: str(self.home)},
            )


def _answer(
    process: subprocess.Popen[str], asked: dict[str, Json], on_news: Callable[[Json], None]
) -> dict[str, Json] | None:
    """Return the answer to what was asked; None when the process ended instead."""
    assert process.stdin and process.stdout
    try:
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        return None
    while (line := process.stdout.readline()).endswith("\n"):
        answer: dict[str, Json] = json.loads(line)
        if NEWS not in answer:
            return answer
        on_news(answer[NEWS])
    return None


def _how_it_ended(process: subprocess.Popen[str]) -> str:
    process.kill()
    with contextlib.suppress(BrokenPipeError), process:  # closes its pipes, and waits
        pass
    code = process.returncode
    return f"signal {-code}" if code < 0 else f"exit {code}"


def failed(job: BatchJob, error: GainstageError) -> Outcome:
    """Return the outcome of a job that ended with an error."""
    return Outcome(job, error.exit_status, {"error": error.report().model_dump(mode="json")})

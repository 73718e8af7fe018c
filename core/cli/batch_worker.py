"""One process of a batch: takes jobs as JSON lines on standard input, answers each with one line.

It opens the studio once, so that an engine's model is loaded once; a song's run is deleted when its files are
delivered, so that the disk holds one song at a time. What a job prints is in its answer.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import queue
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from core.audio import read
from core.batch.album import LEVELS
from core.batch.worker import ERRAND, NEWS
from core.cli.base import ENGINE_FAILED, OK
from core.cli.main import main
from core.cli.song import OWNER, SongCommand, assignments, exit_status, folder, made
from core.errors import Cancelled, GainstageError
from core.machine.share import share_at
from core.measure import analyse
from core.runs.errand import Errand, News
from core.runs.errand import made as made_here
from core.runs.pipeline import RunSettings
from core.studio import Studio
from core.values import Json


def serve() -> None:
    """Answer jobs until standard input ends; that ends a job that is under way, too."""
    out, studio = sys.stdout, None
    sys.stdout = sys.stderr
    jobs = _Jobs()
    try:
        for job in jobs:
            try:
                if job["arguments"][0] == ERRAND:
                    studio = studio or Studio.open(by_operator=True)
                    answer = OK, _errand(studio, job["arguments"][1], job["shelf"], out)
                elif job["arguments"][0] == "song":
                    studio = studio or Studio.open(by_operator=True)
                    answer = _song(studio, job["arguments"][1:], Path(job["out"]), job["shelf"])
                elif job["arguments"][0] == LEVELS:
                    answer = OK, _levels(job["arguments"][1])
                else:
                    answer = _command([*job["arguments"], "--json"])
            except GainstageError as error:
                answer = error.exit_status, {"error": error.report().model_dump(mode="json")}
            except Cancelled:
                answer = (
                    ENGINE_FAILED,
                    {"error": {"kind": "cancelled", "message": "Cancelled.", "remedy": ""}},
                )
            status, found = answer
            print(json.dumps({"status": status, "found": found}), file=out, flush=True)
    finally:
        if studio is not None:
            studio.close()


class _Jobs:
    """The jobs of standard input. Where it ends over a job, nobody wants that job: the process ends."""

    def __init__(self) -> None:
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._busy = threading.Event()
        threading.Thread(target=self._read, daemon=True, name="jobs").start()

    def __iter__(self) -> Iterator[dict[str, Json]]:
        while line := self._lines.get():
            self._busy.set()
            yield json.loads(line)
            self._busy.clear()

    def _read(self) -> None:
        for line in sys.stdin:
            self._lines.put(line)
        if self._busy.is_set():
            os._exit(ENGINE_FAILED)  # engines end with their pipes
        self._lines.put("")


def _levels(file: str) -> dict[str, Json]:
    """Return a file's loudness, its true peak, and its gating blocks; see :mod:`core.batch.album`."""
    analysis = analyse(read(file))
    blocks = analysis.picture.momentary_lufs
    return {
        "integrated_lufs": analysis.measurement.integrated_lufs,
        "true_peak_dbtp": analysis.measurement.true_peak_dbtp,
        "momentary_lufs": [round(float(block), 4) for block in blocks[np.isfinite(blocks)]],
    }


def _song(studio: Studio, arguments: list[str], out: Path, shelf: str) -> tuple[int, Json]:
    """Make a song; what is finished of it lies on the shelf, where whoever has to go on with it finds it."""
    parser = argparse.ArgumentParser(prog="batch", exit_on_error=False)
    parser.add_argument("--json", action="store_true")
    SongCommand().add_arguments(parser)
    parsed = parser.parse_args([*arguments, f"--out={out}", "--json", "--overwrite"])
    settings = RunSettings().with_values(assignments(parsed))
    record, _, summary = made(studio, parsed, settings, folder(out), share_at(shelf))
    for run in studio.runs(OWNER):  # a process that was killed here before has left its own
        studio.delete(run.id)
    return exit_status(record), summary


def _errand(studio: Studio, errand: str, shelf: str, out: IO[str]) -> Json:
    """Make another studio's run, with a line for each news of it."""

    def tell(news: News) -> None:
        print(json.dumps({NEWS: news.model_dump(mode="json")}), file=out, flush=True)

    home = studio.home / "errands" / uuid.uuid4().hex
    last = made_here(Errand.model_validate_json(errand), studio.engines, home, share_at(shelf), tell)
    return last.model_dump(mode="json")


def _command(arguments: list[str]) -> tuple[int, Json]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status = main(arguments)
    return status, json.loads(printed.getvalue())


if __name__ == "__main__":
    serve()

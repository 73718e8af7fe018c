"""One process of a batch: takes jobs as JSON lines on standard input, answers each with one line.

It opens the studio once, so that an engine's model is loaded once; a song's run is deleted when its files are
delivered, so that the disk holds one song at a time. What a job prints is in its answer.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
from pathlib import Path

from core.cli.base import ENGINE_FAILED
from core.cli.main import main
from core.cli.song import SongCommand, assignments, exit_status, folder, made
from core.errors import Cancelled, GainstageError
from core.runs.pipeline import RunSettings
from core.studio import Studio
from core.values import Json


def serve() -> None:
    """Answer jobs until standard input ends."""
    out, studio = sys.stdout, None
    sys.stdout = sys.stderr
    try:
        for line in sys.stdin:
            job = json.loads(line)
            try:
                if job["arguments"][0] == "song":
                    studio = studio or Studio.open(by_operator=True)
                    answer = _song(studio, job["arguments"][1:], Path(job["out"]))
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


def _song(studio: Studio, arguments: list[str], out: Path) -> tuple[int, Json]:
    parser = argparse.ArgumentParser(prog="batch", exit_on_error=False)
    parser.add_argument("--json", action="store_true")
    SongCommand().add_arguments(parser)
    parsed = parser.parse_args([*arguments, f"--out={out}", "--json", "--overwrite"])
    record, _, summary = made(studio, parsed, RunSettings().with_values(assignments(parsed)), folder(out))
    studio.delete(record.id)
    return exit_status(record), summary


def _command(arguments: list[str]) -> tuple[int, Json]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status = main(arguments)
    return status, json.loads(printed.getvalue())


if __name__ == "__main__":
    serve()

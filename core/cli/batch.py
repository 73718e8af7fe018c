"""``batch``: many songs from a file of jobs, or one command over the files of a folder, in processes."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from core.cli.base import CHECK_FAILED, ENGINE_FAILED, OK, figure, print_json
from core.cli.batch_jobs import BatchJob, folder_jobs, song_jobs
from core.cli.batch_pool import Outcome, run_jobs
from core.cli.batch_report import row_of, write_report
from core.cli.song import folder
from core.errors import InputError, SettingsError
from core.machine.home import storage_error
from core.machine.resources import cores
from core.values import Json

DONE = "batch.jsonl"
"""What became of each job, a line each, as it ended: from here a batch goes on."""
COMMANDS = ("inspect", "master", "separate")


class BatchCommand:
    """Do many jobs."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument(
            "jobs", metavar="JOBS", help="a .jsonl or .csv of songs, or a folder of sound files"
        )
        parser.add_argument("--out", required=True, metavar="DIR", help="a folder in it for each job")
        parser.add_argument("--do", choices=COMMANDS, default="inspect", help="with a folder: what to do")
        parser.add_argument("--seeds", default="", metavar="1-10", help="make each song with each seed")
        parser.add_argument(
            "--grid",
            action="append",
            default=[],
            metavar="STAGE.SETTING=A,B",
            help="make each song with each value; several multiply",
        )
        parser.add_argument("--lufs", type=float, help="with --do master: target loudness (default -14)")
        parser.add_argument(
            "--album",
            action="store_true",
            help="with --do master: one gain for all, so that their levels stay",
        )
        parser.add_argument(
            "--processes", type=int, default=0, metavar="N", help="at once (default: the cores)"
        )

    def run(self, arguments: argparse.Namespace) -> int:
        """Do the jobs that are not done yet, print each as it ends, and write the table and the report."""
        out, source = folder(Path(arguments.out)), Path(arguments.jobs)
        processes = arguments.processes or cores()
        if source.is_dir():
            jobs = _over_folder(source, out, arguments, processes)
        else:
            jobs = song_jobs(source, _seeds(arguments.seeds), _grid(arguments.grid))
        outcomes = _done(out, jobs)
        left = [job for job in jobs if job.key not in outcomes]
        if not arguments.json:
            print(f"{len(jobs)} jobs, {len(jobs) - len(left)} of them done before; {processes} processes")
        began = time.monotonic()
        try:
            for number, outcome in enumerate(run_jobs(left, out, processes), 1):
                outcomes[outcome.job.key] = outcome
                _note(out, outcome)
                if not arguments.json:
                    pace_s = (time.monotonic() - began) / number
                    _print(outcome, len(jobs) - len(left) + number, len(jobs), pace_s * (len(left) - number))
        finally:
            rows = [_row(outcomes[job.key]) for job in jobs if job.key in outcomes]
            _report(out, rows)
        statuses = [outcomes[job.key].status for job in jobs]
        if arguments.json:
            print_json({"out": str(out), "seconds": round(time.monotonic() - began, 1), "jobs": rows})
        else:
            failed = sum(status not in (OK, CHECK_FAILED) for status in statuses)
            checks = statuses.count(CHECK_FAILED)
            print(f"{len(jobs)} done: {checks} failed a check, {failed} failed. See {out / 'batch.html'}")
        if any(status not in (OK, CHECK_FAILED) for status in statuses):
            return ENGINE_FAILED
        return CHECK_FAILED if CHECK_FAILED in statuses else OK


def album_loudness(tracks: Sequence[tuple[float, float]]) -> float:
    """Return the loudness of several tracks one after the other, LUFS, from (LUFS, seconds) of each.

    The mean of their energies by their lengths; their silences are gated in each track's own figure.
    """
    energy = sum(seconds * 10 ** (lufs / 10) for lufs, seconds in tracks)
    return 10 * math.log10(energy / sum(seconds for _, seconds in tracks))


def _over_folder(source: Path, out: Path, arguments: argparse.Namespace, processes: int) -> list[BatchJob]:
    command = arguments.do
    if arguments.seeds or arguments.grid:
        raise SettingsError("--seeds and --grid are for songs.", remedy="Give a .jsonl or .csv of songs.")
    if (arguments.album or arguments.lufs is not None) and command != "master":
        raise SettingsError("--album and --lufs are for --do master.", remedy="Add --do master.")
    jobs = folder_jobs(source, command, ())
    if command == "inspect":
        return jobs
    target = -14.0 if arguments.lufs is None else arguments.lufs
    targets = dict.fromkeys((job.name for job in jobs), target)
    if arguments.album:
        targets = _album_targets(source, out, target, processes)
    finished = []
    for job in jobs:
        place = out / job.name
        if command == "separate":
            more: tuple[str, ...] = ("--out", str(place), "--overwrite")
        else:
            more = (f"--out={out / job.name}.wav", "--overwrite", f"--lufs={targets[job.name]:.2f}")
        finished.append(BatchJob(job.name, (*job.arguments, *more), job.about))
    return finished


def _album_targets(source: Path, out: Path, target: float, processes: int) -> dict[str, float]:
    """Return each track's target loudness, so that one gain brings the album to ``target``."""
    readings = {}
    for outcome in run_jobs(folder_jobs(source, "inspect", ()), out, processes):
        row = _row(outcome)
        if row["integrated_lufs"] is None:
            raise InputError(
                f"{outcome.job.about['file']} has no loudness, so the album has none.",
                remedy="Take it out of the folder, or leave out --album.",
                detail=str(row["error"]),
            )
        readings[outcome.job.name] = (row["integrated_lufs"], row["duration_s"])
    gain_db = target - album_loudness(list(readings.values()))
    return {name: lufs + gain_db for name, (lufs, _) in readings.items()}


def _seeds(text: str) -> list[int]:
    """Return the seeds that ``1-10`` or ``1,4,9`` name."""
    seeds: list[int] = []
    try:
        for piece in filter(None, text.split(",")):
            first, _, last = piece.strip().partition("-")
            seeds += range(int(first), int(last or first) + 1)
    except ValueError as error:
        raise SettingsError(f"--seeds {text} names no seeds.", remedy="Write 1-10 or 1,4,9.") from error
    return seeds


def _grid(texts: Sequence[str]) -> dict[str, list[str]]:
    grid = {}
    for text in texts:
        name, sign, values = text.partition("=")
        if not sign or not values:
            raise SettingsError(
                f"--grid {text} has no values.", remedy="Write --grid master.target_lufs=-14,-16."
            )
        grid[name.strip()] = [value.strip() for value in values.split(",")]
    return grid


def _done(out: Path, jobs: Sequence[BatchJob]) -> dict[str, Outcome]:
    """Return what became of jobs before; one that failed otherwise than by a check is tried again."""
    by_key = {job.key: job for job in jobs}
    done: dict[str, Outcome] = {}
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
            said = json.loads(line)
            key, status, found = said["key"], said["status"], said["found"]
        except (ValueError, KeyError, TypeError):
            continue  # cut off by a kill: that job is done again
        if key in by_key and status in (OK, CHECK_FAILED):
            done[key] = Outcome(by_key[key], status, found)
    return done


def _note(out: Path, outcome: Outcome) -> None:
    line = json.dumps({"key": outcome.job.key, "status": outcome.status, "found": outcome.found})
    try:
        with (out / DONE).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")  # after a line that a kill cut off, too
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise storage_error(error, f"The folder {out} cannot be written.") from error


def _report(out: Path, rows: list[dict[str, Json]]) -> None:
    try:
        write_report(out, rows)
    except OSError as error:
        raise storage_error(error, f"The folder {out} cannot be written.") from error


def _row(outcome: Outcome) -> dict[str, Json]:
    found = outcome.found if isinstance(outcome.found, dict) else {}
    return row_of(outcome.job.name, outcome.status, found, outcome.job.about)


def _print(outcome: Outcome, number: int, count: int, left_s: float) -> None:
    row = _row(outcome)
    level = f"{figure(row['integrated_lufs']):>6} LUFS {figure(row['true_peak_dbtp']):>6} dBTP"
    print(f"{number:>5}/{count}  {row['verdict']:<5} {level}  {row['name']}", flush=True)
    if row["error"]:
        print(f"       {row['error']}", flush=True)
    if sys.stdout.isatty() and number < count:
        print(f"       about {left_s / 60:.0f} min left", end="\r", flush=True)

"""``batch``: many songs from a file of jobs, or one command over a folder's files, here or on a cluster."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from core.batch.album import album_of, levels_jobs
from core.batch.cluster import cluster
from core.batch.jobs import BatchJob, folder_jobs, song_jobs
from core.batch.launch import ended_by_sigterm
from core.batch.outcomes import Outcome, at_work, note, settled_before
from core.batch.pool import Place, local_processes
from core.batch.report import row_of, write_report
from core.cli.base import CHECK_FAILED, ENGINE_FAILED, OK, figure, print_json
from core.cli.song import folder
from core.errors import SettingsError
from core.machine.home import storage_error
from core.machine.resources import cores
from core.values import Json

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
        parser.add_argument("--scheduler", metavar="ADDRESS", help="do the jobs on a Dask cluster")
        parser.add_argument(
            "--resources",
            action="append",
            default=[],
            metavar="GPU=1",
            help="with --scheduler: what a worker has to have for each job",
        )
        parser.add_argument(
            "--tls",
            nargs=3,
            metavar=("CA", "CERTIFICATE", "KEY"),
            help="with --scheduler: the files of an encrypted cluster",
        )
        parser.add_argument(
            "--share",
            default="",
            metavar="URL",
            help="with --scheduler: where songs are put (any fsspec address, such as s3://songs); without it "
            "--out is a folder that all machines share",
        )

    def run(self, arguments: argparse.Namespace) -> int:
        """Do the jobs that are not done yet, print each as it ends, and write the table and the report."""
        out, source, place = folder(Path(arguments.out)), Path(arguments.jobs), _place(arguments)
        with at_work(out), ended_by_sigterm():
            jobs = _jobs(source, out, arguments, place)
            return self._do(jobs, out, place, as_json=arguments.json)

    def _do(self, jobs: Sequence[BatchJob], out: Path, place: Place, *, as_json: bool) -> int:
        outcomes = settled_before(out, jobs)
        left = [job for job in jobs if job.key not in outcomes]
        if not as_json:
            print(f"{len(jobs)} jobs, {len(jobs) - len(left)} of them done before", flush=True)
        began = time.monotonic()
        try:
            for number, outcome in enumerate(place(left, out), 1):
                outcomes[outcome.job.key] = outcome
                note(out, outcome)
                if not as_json:
                    pace_s = (time.monotonic() - began) / number
                    _print(outcome, len(jobs) - len(left) + number, len(jobs), pace_s * (len(left) - number))
        finally:
            rows = [row_of(outcomes[job.key]) for job in jobs if job.key in outcomes]
            _report(out, rows)
        statuses = [outcomes[job.key].status for job in jobs]
        if as_json:
            print_json({"out": str(out), "seconds": round(time.monotonic() - began, 1), "jobs": rows})
        else:
            failed = sum(status not in (OK, CHECK_FAILED) for status in statuses)
            checks = statuses.count(CHECK_FAILED)
            print(f"{len(jobs)} done: {checks} failed a check, {failed} failed. See {out / 'batch.html'}")
        if any(status not in (OK, CHECK_FAILED) for status in statuses):
            return ENGINE_FAILED
        return CHECK_FAILED if CHECK_FAILED in statuses else OK


def _place(arguments: argparse.Namespace) -> Place:
    if not arguments.scheduler:
        if arguments.resources or arguments.tls or arguments.share:
            raise SettingsError(
                "--resources, --tls and --share are for a cluster.", remedy="Add --scheduler ADDRESS."
            )
        return local_processes(arguments.processes or cores())
    return cluster(
        arguments.scheduler,
        resources=_resources(arguments.resources),
        tls=tuple(arguments.tls or ()),
        share=arguments.share,
    )


def _jobs(source: Path, out: Path, arguments: argparse.Namespace, place: Place) -> list[BatchJob]:
    if not source.is_dir():
        return song_jobs(source, _seeds(arguments.seeds), _grid(arguments.grid))
    command = arguments.do
    if arguments.share:
        raise SettingsError("--share is for songs.", remedy="Give an --out that all machines share.")
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
        targets = _album_targets(jobs, out, target, place)
    finished = []
    for job in jobs:
        if command == "separate":
            more: tuple[str, ...] = ("--out", str(out / job.name), "--overwrite")
        else:
            more = (f"--out={out / job.name}.wav", "--overwrite", f"--lufs={targets[job.name]:.4f}")
        finished.append(BatchJob(job.name, (*job.arguments, *more), job.about))
    return finished


def _album_targets(jobs: Sequence[BatchJob], out: Path, target: float, place: Place) -> dict[str, float]:
    """Return each track's target loudness, so that one gain brings the album to ``target``."""
    album = album_of(list(place(levels_jobs(jobs), out)))
    gain_db = album.gain_db(target)
    print(
        f"album {album.integrated_lufs:.1f} LUFS, {gain_db:+.2f} dB for each of {len(jobs)} tracks; "
        f"the loudest peak comes to {album.loudest_dbtp + gain_db:.1f} dBTP before the limiter",
        file=sys.stderr,
    )
    return {name: lufs + gain_db for name, lufs in album.tracks_lufs.items()}


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


def _resources(texts: Sequence[str]) -> dict[str, float]:
    """Return the resources that ``GPU=1`` names."""
    resources = {}
    for text in texts:
        name, _, amount = text.partition("=")
        try:
            resources[name.strip()] = float(amount)
        except ValueError as error:
            raise SettingsError(f"--resources {text} names no amount.", remedy="Write GPU=1.") from error
    return resources


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


def _report(out: Path, rows: list[dict[str, Json]]) -> None:
    try:
        write_report(out, rows)
    except OSError as error:
        raise storage_error(error, f"The folder {out} cannot be written.") from error


def _print(outcome: Outcome, number: int, count: int, left_s: float) -> None:
    row = row_of(outcome)
    level = f"{figure(row['integrated_lufs']):>6} LUFS {figure(row['true_peak_dbtp']):>6} dBTP"
    print(f"{number:>5}/{count}  {row['verdict']:<5} {level}  {row['name']}", flush=True)
    if row["error"]:
        print(f"       {row['error']}", flush=True)
    if sys.stdout.isatty() and number < count:
        print(f"       about {left_s / 60:.0f} min left", end="\r", flush=True)

"""``bundle`` and ``replay``: a run as one zip, and a zip made again."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.cli.base import CHECK_FAILED, OK, add_overwrite, as_json, print_json
from core.errors import InputError
from core.runs.record import RunRecord, StepState
from core.studio import Studio

LAST = "last"


class BundleCommand:
    """Pack a run."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("run", metavar="RUN", help=f"a run that `runs` lists, or {LAST}")
        parser.add_argument("-o", "--out", required=True, metavar="ZIP", help="the zip to write")
        parser.add_argument("--with-input", action="store_true", help="include long uploads, too")
        add_overwrite(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """Write the bundle; a file that is there already stays, without --overwrite."""
        from core.bundle.write import write_bundle

        studio = Studio.open(by_operator=True)
        try:
            record = _named(studio, arguments.run)
            out = write_bundle(
                studio,
                record,
                Path(arguments.out),
                with_input=arguments.with_input,
                overwrite=arguments.overwrite,
            )
        finally:
            studio.close()
        if arguments.json:
            print_json({"run": record.id, "file": str(out), "bytes": out.stat().st_size})
        else:
            print(f"{out}: {out.stat().st_size / 1e6:.1f} MB")
        return OK


class ReplayCommand:
    """Make a bundle's song again."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("bundle", metavar="ZIP")
        parser.add_argument(
            "--trust",
            action="store_true",
            help="follow the sender where the bundle runs a model's own code or names files of this machine",
        )

    def run(self, arguments: argparse.Namespace) -> int:
        """Make it and compare; the status is 3 when a stage came out differently."""
        from core.bundle.read import open_bundle
        from core.bundle.replay import replay
        from core.engines.opened import open_engines

        bundle = open_bundle(Path(arguments.bundle))
        hosts = open_engines()
        try:
            done = replay(bundle, hosts, None if arguments.json else _Telling(), trust=arguments.trust)
        finally:
            hosts.close()
        first = done.first_different
        if arguments.json:
            print_json({"run": bundle.manifest.run, "first_different": first, **as_json(done)})
        else:
            for step in done.steps:
                print(f"{step.stage:<9} {step.likeness.value:<17} {step.why}")
            print(f"The first stage that differs is {first}." if first else "Every stage came out as it was.")
        return CHECK_FAILED if first else OK


class _Telling:
    """Says which stage is at work, once each, on standard error."""

    def __init__(self) -> None:
        self._reported = ""

    def __call__(self, record: RunRecord) -> None:
        at = next((step for step in record.steps if step.state is StepState.RUNNING), None)
        if at is not None and at.stage != self._reported:
            self._reported = at.stage
            print(f"{at.title} ...", file=sys.stderr)


def _named(studio: Studio, name: str) -> RunRecord:
    if name != LAST:
        return studio.run(name)
    runs = studio.runs("command-line", most=1)
    if not runs:
        raise InputError("There is no run yet.", remedy="Make a song first.")
    return studio.run(runs[0].id)

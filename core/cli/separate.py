"""``separate``: a song file to four stem files."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from core.audio import read, write
from core.checks.figures import stored
from core.cli.base import (
    CHECK_FAILED,
    OK,
    add_overwrite,
    as_json,
    finding_lines,
    level_line,
    print_json,
    refuse_overwriting,
)
from core.cli.song import assigned, folder
from core.contract import Material, Severity
from core.engines.opened import open_engines
from core.runs.pipeline import RunSettings
from core.stages.run_stage import run_alone
from core.stages.separate import SeparateStage

USUAL_STEMS = ("vocals", "drums", "bass", "other", "guitar", "piano")
"""Looked for before the work; whatever an engine delivers is looked for again before it is written."""


class SeparateCommand:
    """Take a file apart."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("-o", "--out", required=True, metavar="DIR", help="folder for the stems")
        add_overwrite(parser)
        parser.add_argument("--separator", metavar="NAME")
        parser.add_argument("--set", action="append", default=[], metavar="separate.SETTING=VALUE")

    def run(self, arguments: argparse.Namespace) -> int:
        """Write ``<stem>.wav`` (float) for each stem and judge them."""
        began = time.monotonic()
        given = assigned(arguments.set)
        if arguments.separator:
            given["separate.engine"] = arguments.separator
        settings = RunSettings().with_values(given).separate
        out = Path(arguments.out)
        refuse_overwriting([out / f"{name}.wav" for name in USUAL_STEMS], overwrite=arguments.overwrite)
        song, out = read(arguments.file), folder(out)
        hosts = open_engines()
        try:
            done = run_alone(SeparateStage(), settings, Material.SONG, {"song": song}, hosts)
        finally:
            hosts.close()
        output, sounds = done.output, done.after
        refuse_overwriting([out / f"{name}.wav" for name in output.sounds], overwrite=arguments.overwrite)
        for name, audio in output.sounds.items():
            write(out / f"{name}.wav", audio)
        worst = done.verdict
        if arguments.json:
            print_json(
                {
                    "engine": output.made_by.engine,
                    "approximate": output.made_by.approximate,
                    "seconds": round(time.monotonic() - began, 3),
                    "verdict": worst.value,
                    "figures": stored(output.figures),
                    "artifacts": {name: str(out / f"{name}.wav") for name in sounds},
                    "measurements": {name: as_json(s.measurement) for name, s in sounds.items()},
                    "findings": [as_json(finding) for finding in done.findings],
                }
            )
        else:
            print(f"{output.made_by.title}: {worst.value}")
            for name, sound in sounds.items():
                print(f"  {name:<8} {level_line(sound.measurement)}")
            print("\n".join(finding_lines(done.findings)))
        return CHECK_FAILED if worst is Severity.FAIL else OK

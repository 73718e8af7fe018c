"""``master``: a mix file to a mastered file at a loudness and under a ceiling."""

from __future__ import annotations

import argparse
from pathlib import Path

from pydantic import ValidationError

from core.audio import SUFFIXES, read, write
from core.cli.alone import run_alone
from core.cli.base import CHECK_FAILED, OK, as_json, finding_lines, level_line, print_json
from core.contract import Severity
from core.engines.host import EngineHosts
from core.errors import InputError, SettingsError
from core.measure import measure
from core.stages.master import MasterSettings, MasterStage


class MasterCommand:
    """Master a file."""

    name = "master"
    help = "bring a mix to a loudness under a true-peak ceiling"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("-o", "--out", required=True, metavar="FILE", help="float WAV to write")
        parser.add_argument("--lufs", type=float, default=-14.0, help="target loudness (default -14)")
        parser.add_argument("--ceiling", type=float, default=-1.0, help="ceiling in dBTP (default -1)")
        parser.add_argument(
            "--reference", metavar="FILE", help="a track whose loudness is taken as the target"
        )

    def run(self, arguments: argparse.Namespace) -> int:
        """Master, judge and write; the status tells whether the contract held."""
        out = Path(arguments.out)
        if out.suffix.lower() != ".wav":
            raise InputError(
                f"A master is written as WAV, not {out.suffix or 'a file without a suffix'}.",
                remedy="Name it .wav; the song command's export writes the other formats.",
            )
        mix = read(arguments.file)
        settings = _settings(arguments)
        hosts = EngineHosts()
        try:
            done = run_alone(MasterStage(), settings, "mix", {"mix": mix}, hosts)
        finally:
            hosts.close()
        output, before, after = done.output, done.before["mix"], done.after["master"]
        write(out, after.audio)
        worst = done.verdict
        if arguments.json:
            print_json(
                {
                    "file": str(out),
                    "verdict": worst.value,
                    "before": as_json(before.measurement),
                    "measurement": as_json(after.measurement),
                    "figures": dict(output.figures),
                    "notes": list(output.notes),
                    "findings": [as_json(finding) for finding in done.findings],
                }
            )
        else:
            print(f"before  {level_line(before.measurement)}\nafter   {level_line(after.measurement)}")
            print("\n".join([*(f"note: {note}" for note in output.notes), *finding_lines(done.findings)]))
        return CHECK_FAILED if worst is Severity.FAIL else OK


def _settings(arguments: argparse.Namespace) -> MasterSettings:
    target = arguments.lufs
    if arguments.reference:
        loudness = measure(read(arguments.reference)).integrated_lufs
        if loudness is None:
            raise InputError(
                "The reference is silent or shorter than 0.4 s: it has no loudness to take.",
                remedy=f"Choose a song ({', '.join(SUFFIXES)}).",
            )
        target = round(loudness, 2)
    try:
        return MasterSettings(target_lufs=target, ceiling_dbtp=arguments.ceiling)
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(
            f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}.", remedy="Choose a value in bounds."
        ) from error

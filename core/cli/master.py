"""``master``: a mix file to a mastered file at a loudness and under a ceiling."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.audio import Audio, read, write
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
from core.cli.song import assigned
from core.contract import Material, Severity
from core.engines.opened import open_engines
from core.errors import InputError, SettingsError
from core.runs.pipeline import RunSettings
from core.stages.master import MasterSettings, MasterStage
from core.stages.reference import ReferenceTrack, Take
from core.stages.run_stage import run_alone


class MasterCommand:
    """Master a file."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("-o", "--out", required=True, metavar="FILE", help="float WAV to write")
        add_overwrite(parser)
        parser.add_argument("--lufs", type=float, help="target loudness (default -14)")
        parser.add_argument("--ceiling", type=float, default=-1.0, help="ceiling in dBTP (default -1)")
        parser.add_argument(
            "--reference", metavar="FILE", help="a track whose loudness is the target (--lufs overrides it)"
        )
        parser.add_argument(
            "--match", action="store_true", help="take the reference's tone and width, too (needs matchering)"
        )
        parser.add_argument(
            "--intensity",
            type=float,
            default=1.0,
            help="part of the shaping that is used, 0 to 1 (default 1); 0 is gain and ceiling alone",
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="SETTING=VALUE",
            help="any other setting of the master stage, such as glue=0.5",
        )

    def run(self, arguments: argparse.Namespace) -> int:
        """Master, judge and write; the status tells whether the contract held."""
        out = Path(arguments.out)
        if out.suffix.lower() != ".wav":
            raise InputError(
                f"A master is written as WAV, not {out.suffix or 'a file without a suffix'}.",
                remedy="Name it .wav; the song command's export writes the other formats.",
            )
        refuse_overwriting([out], overwrite=arguments.overwrite)
        settings = _settings(arguments)
        mix = read(arguments.file)
        named_sounds: dict[str, Audio] = {}
        if arguments.reference:
            named_sounds["reference"] = read(arguments.reference)
            settings = _with_reference(settings, arguments, named_sounds["reference"])
        hosts = open_engines()
        try:
            done = run_alone(MasterStage(), settings, Material.MIX, {"mix": mix}, hosts, named_sounds)
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
                    "figures": stored(output.figures),
                    "notes": list(output.notes),
                    "findings": [as_json(finding) for finding in done.findings],
                }
            )
        else:
            print(f"before  {level_line(before.measurement)}\nafter   {level_line(after.measurement)}")
            print("\n".join([*(f"note: {note}" for note in output.notes), *finding_lines(done.findings)]))
        return CHECK_FAILED if worst is Severity.FAIL else OK


def _settings(arguments: argparse.Namespace) -> MasterSettings:
    """Return the settings without the reference; raises SettingsError."""
    given = {"master.ceiling_dbtp": str(arguments.ceiling), "master.intensity": str(arguments.intensity)}
    if arguments.lufs is not None:
        given["master.target_lufs"] = str(arguments.lufs)
    given |= {f"master.{name}": value for name, value in assigned(arguments.set).items()}
    if arguments.match and not arguments.reference:
        raise SettingsError("There is nothing to match.", remedy="Name a track with --reference FILE.")
    settings: MasterSettings = RunSettings().with_values(given).master
    return settings


def _with_reference(
    settings: MasterSettings, arguments: argparse.Namespace, reference: Audio
) -> MasterSettings:
    """Return the settings with what was asked of the reference; raises SettingsError when that is nothing."""
    own_target = arguments.lufs is not None
    if own_target and not arguments.match:
        raise SettingsError(
            "--lufs and --reference both name the loudness.",
            remedy="Leave one of them out, or add --match to take the reference's tone alone.",
        )
    take = (Take.TONE if own_target else Take.BOTH) if arguments.match else Take.LOUDNESS
    track = ReferenceTrack(key=reference.key, name=Path(arguments.reference).name[:200])
    return settings.model_copy(update={"reference": track, "take": take})

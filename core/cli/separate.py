"""``separate``: a song file to four stem files."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from core.audio import Audio, read, write
from core.cli.base import CHECK_FAILED, OK, as_json, finding_lines, level_line, print_json
from core.cli.song import _folder
from core.contract import Case, Severity, Sound, judge, verdict
from core.engines.host import EngineHosts
from core.measure import measure
from core.progress import silent
from core.song import SongRequest, Upload
from core.stages.base import Work
from core.stages.separate import SeparateSettings, SeparateStage


class SeparateCommand:
    """Take a file apart."""

    name = "separate"
    help = "take a song apart into vocals, drums, bass and other"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("-o", "--out", required=True, metavar="DIR", help="folder for the stems")
        parser.add_argument("--separator", default="auto", metavar="NAME")

    def run(self, arguments: argparse.Namespace) -> int:
        """Write ``<stem>.wav`` (float) for each stem and judge them."""
        began = time.monotonic()
        song, out, stage = read(arguments.file), _folder(Path(arguments.out)), SeparateStage()
        settings = SeparateSettings(engine=arguments.separator)
        inputs = {"assemble": {"song": song}}
        hosts = EngineHosts()
        try:
            choice = stage.choose(settings, inputs, hosts)
            with tempfile.TemporaryDirectory() as scratch:
                output = stage.run(
                    Work(
                        request=SongRequest(upload=Upload(sounds={"song": song.key}, names={})),
                        settings=settings,
                        inputs=inputs,
                        plan=None,
                        lyrics=None,
                        engines=hosts,
                        report=silent,
                        scratch=Path(scratch),
                        engine=choice.engine,
                    )
                )
        finally:
            hosts.close()
        sounds = {name: _sound(name, audio) for name, audio in output.sounds.items()}
        findings = judge(
            stage.contract,
            Case(
                stage="separate",
                inputs={"song": _sound("song", song)},
                outputs=sounds,
                settings=settings,
                promise=output.promise,
                figures=output.figures,
                chosen_silent=output.chosen_silent,
            ),
        )
        for name, audio in output.sounds.items():
            write(out / f"{name}.wav", audio)
        worst = verdict(findings)
        if arguments.json:
            print_json(
                {
                    "engine": output.made_by.engine,
                    "approximate": output.made_by.approximate,
                    "seconds": round(time.monotonic() - began, 3),
                    "verdict": worst.value,
                    "figures": dict(output.figures),
                    "artifacts": {name: str(out / f"{name}.wav") for name in sounds},
                    "measurements": {name: as_json(s.measurement) for name, s in sounds.items()},
                    "findings": [as_json(finding) for finding in findings],
                }
            )
        else:
            print(f"{output.made_by.title}: {worst.value}")
            for name, sound in sounds.items():
                print(f"  {name:<8} {level_line(sound.measurement)}")
            print("\n".join(finding_lines(findings)))
        return CHECK_FAILED if worst is Severity.FAIL else OK


def _sound(name: str, audio: Audio) -> Sound:
    return Sound(name, audio, measure(audio))

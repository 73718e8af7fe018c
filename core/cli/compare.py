"""``compare``: what differs between two runs or two files, stage by stage, and where it began."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from core.blame.chain import Blame, chain_of_run
from core.blame.difference import (
    Difference,
    Part,
    Same,
    difference_of_runs,
    difference_of_takes,
    last_take,
)
from core.blame.take import Take, read_take
from core.blame.words import change_in_words
from core.cli.base import CHECK_FAILED, OK, as_json, finding_lines, level_line, print_json
from core.cli.blamed import run_id_of, run_named, studio
from core.contract import Finding, Severity, verdict
from core.errors import InputError
from core.inspect import inspect_audio
from core.measure import Measurement
from core.runs.record import RunRecord
from core.studio import Studio
from core.values import Json


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two that are compared."""

    named: str
    run: RunRecord | None
    take: Take | None
    """The file, or the run's last sound when the other side is a file."""
    findings: tuple[Finding, ...]
    blame: Blame | None = None

    @property
    def sound(self) -> Take:
        """The sound that is compared with a file."""
        assert self.take is not None
        return self.take

    @property
    def measurement(self) -> Measurement | None:
        """Readings of the sound that is compared."""
        return self.take.sound.measurement if self.take else None

    @property
    def verdict(self) -> Severity:
        """The run's verdict, or that of the file looked at by itself."""
        return self.run.verdict if self.run else verdict(self.findings)


class CompareCommand:
    """Compare two."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("a", metavar="RUN_OR_FILE", help="a run's id, its --out folder, or a sound file")
        parser.add_argument("b", metavar="RUN_OR_FILE", help="the other one")

    def run(self, arguments: argparse.Namespace) -> int:
        """Print what differs; 3 when one of the two is broken by itself, whatever the difference."""
        names = (arguments.a, arguments.b)
        ids = [run_id_of(name) for name in names]
        if ids == [None, None]:
            a, b = (_file(name) for name in names)
            difference = difference_of_takes(a.sound, b.sound)
        else:
            with studio() as opened:
                a, b = (
                    _run(name, run_id, opened, with_sound=None in ids) if run_id else _file(name)
                    for name, run_id in zip(names, ids, strict=True)
                )
                difference = _difference(a, b, opened)
        if arguments.json:
            print_json(_object(a, b, difference))
        else:
            _print(a, b, difference)
        return CHECK_FAILED if Severity.FAIL in (a.verdict, b.verdict) else OK


def _file(name: str) -> Side:
    take = read_take(Path(name))
    return Side(name, None, take, (*take.on_reading, *inspect_audio(take.sound.audio, take.name).findings))


def _run(name: str, run_id: str, opened: Studio, *, with_sound: bool) -> Side:
    run = run_named(name, run_id, opened)
    take = last_take(run, opened.audio) if with_sound else None
    if with_sound and take is None:
        raise InputError(
            f"The run {run.id} holds no sound to compare with a file.",
            remedy="Run it further, or compare it with another run.",
        )
    blame = chain_of_run(run, opened.audio).blame if run.blame else None
    return Side(name, run, take, tuple(f for step in run.steps for f in step.findings), blame)


def _difference(a: Side, b: Side, opened: Studio) -> Difference:
    if a.run is not None and b.run is not None:
        return difference_of_runs(a.run, b.run, opened.audio)
    return difference_of_takes(a.sound, b.sound)


def _object(a: Side, b: Side, difference: Difference) -> dict[str, Json]:
    return {
        "a": _side_object(a),
        "b": _side_object(b),
        "same": difference.same.value,
        "began": difference.began.stage if difference.began else None,
        "because": list(difference.because),
        "what": difference.what,
        "settings": [{"stage": s.stage, "setting": s.name, "a": s.a, "b": s.b} for s in difference.settings],
        "stages": [_part_object(part) for part in difference.stages],
    }


def _side_object(side: Side) -> dict[str, Json]:
    return {
        "file" if side.run is None else "run": side.named if side.run is None else side.run.id,
        "verdict": side.verdict.value,
        "blame": side.blame.step if side.blame else None,
        "measurement": as_json(side.measurement) if side.measurement else None,
        "findings": [as_json(f) for f in side.findings if f.severity is not Severity.OK],
    }


def _part_object(part: Part) -> dict[str, Json]:
    return {
        "stage": part.stage,
        "same": part.same.value,
        "change": as_json(part.change) if part.change else None,
        "parts": {name: same.value for name, same in part.parts.items()},
        "notes": list(part.notes),
    }


def _print(a: Side, b: Side, difference: Difference) -> None:
    for letter, side in (("a", a), ("b", b)):
        title = side.run.id if side.run else side.named
        level = f"\n    {level_line(side.measurement)}" if side.measurement else ""
        print(f"{letter}: {side.verdict.value:<5} {title}{level}")
        if side.blame is not None:
            print(f"    first broken at {side.blame.title}: {side.blame.what}")
        elif side.run is None:
            lines = finding_lines(side.findings)
            print("\n".join(lines), end="\n" if lines else "")
    for setting in difference.settings:
        print(f"setting  {setting.in_words}")
    if a.run is not None and b.run is not None:
        for part in difference.stages:
            _print_part(part)
    print(difference.what)


def _print_part(part: Part) -> None:
    if part.same is Same.NEITHER:
        return
    print(f"{part.title:<9} {part.same.value}")
    if part.change is not None:
        print(f"    {change_in_words(part.change, 'b', 'a')}")
    differing = [f"{name} ({same.value})" for name, same in part.parts.items() if same is not Same.IDENTICAL]
    if len(part.parts) > 1 and differing:
        print(f"    {', '.join(differing)}")
    for note in part.notes:
        print(f"    {note}")

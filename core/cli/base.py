"""What every command shares: the protocol of a command, exit statuses, and how results are printed.

Exit status: 0 nothing failed, 3 a check failed, 4 an engine or its environment failed (it wins over 3),
2 wrong usage or input that cannot be used. With ``--json`` one object is printed on standard output, errors
included.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from core.contract import Finding, Severity
from core.errors import ErrorReport, InputError
from core.measure import Measurement
from core.values import Json

OK, USAGE, CHECK_FAILED, ENGINE_FAILED = 0, 2, 3, 4
MARKS = {Severity.OK: "ok  ", Severity.NOTE: "note", Severity.WARN: "warn", Severity.FAIL: "FAIL"}


class Command(Protocol):
    """One command: its arguments, and what it does; its name and its help stand in :mod:`core.cli.main`."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments; ``--json`` is there already."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it, print the result, return the exit status; raises GainstageError."""
        ...


def refuse_overwriting(paths: Iterable[Path], *, overwrite: bool) -> None:
    """Raise InputError when a file that is to be written is there already, unless that was asked for."""
    there = [path for path in paths if path.exists()]
    if there and not overwrite:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise InputError(
            f"{there[0]}{more} is there already.",
            remedy="Name another place, or add --overwrite to write over it.",
        )


def add_overwrite(parser: argparse.ArgumentParser) -> None:
    """Declare the flag that lets a command write over what is there."""
    parser.add_argument("--overwrite", action="store_true", help="write over files that are there already")


def print_json(value: Json) -> None:
    """Print one object on standard output; numbers that do not exist become null."""
    print(json.dumps(_finite(value), ensure_ascii=False, indent=2))


def print_error(error: ErrorReport, as_json: bool) -> None:
    """Print an error: as an object on standard output, or as sentences on standard error."""
    if as_json:
        shown = error.model_dump(include={"kind", "message", "causes", "remedy"}, mode="json")
        print_json({"error": shown})
        return
    print(f"Error: {error.message}", file=sys.stderr)
    for cause in error.causes:
        print(f"  likely: {cause}", file=sys.stderr)
    print(f"  remedy: {error.remedy}", file=sys.stderr)
    for line in error.evidence:
        print(f"  seen: {line}", file=sys.stderr)


def as_json(model: BaseModel) -> Json:
    """Return a model as plain values."""
    return model.model_dump(mode="json")


def finding_lines(findings: tuple[Finding, ...], every: bool = False) -> list[str]:
    """Return findings as lines of text: those that are not ok, or every one."""
    lines = []
    for finding in findings:
        if finding.severity is Severity.OK and not every:
            continue
        where = f" [{finding.artifact}]" if finding.artifact else ""
        lines.append(f"    {MARKS[finding.severity]} {finding.check}{where}: {finding.evidence}")
        if finding.severity is not Severity.OK:
            if finding.causes:
                lines.append(f"         likely: {'; '.join(finding.causes)}")
            lines.append(f"         remedy: {finding.remedy}")
    return lines


def level_line(m: Measurement) -> str:
    """Return the main readings of a sound as one line."""
    return (
        f"{figure(m.integrated_lufs)} LUFS  {figure(m.true_peak_dbtp)} dBTP  crest {figure(m.crest_db)} dB  "
        f"LRA {figure(m.loudness_range_lu)} LU  {m.duration_s:.1f} s  {m.sample_rate} Hz  "
        f"{m.channels} ch  silent {m.silent_fraction:.0%}"
    )


def figure(value: float | None) -> str:
    """Return a reading with one decimal, or a dash when it does not exist."""
    return "-" if value is None else f"{value:.1f}"


def _finite(value: Json) -> Json:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value

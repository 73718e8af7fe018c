"""A look at many files: several at a time, reported in order as they come, none of their samples kept."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from core.cli.base import CHECK_FAILED, OK, as_json, finding_lines, level_line, print_error
from core.contract import Finding, Severity, Unasked
from core.errors import ErrorReport, GainstageError
from core.measure import Measurement
from core.values import Json

MOST_AT_ONCE = 4
"""Files whose samples are in memory together, on a machine with many cores."""


@dataclass(frozen=True)
class Look:
    """What one file is like and what is wrong with it."""

    path: str
    verdict: Severity
    measurement: Measurement
    findings: tuple[Finding, ...]
    unasked: tuple[Unasked, ...]

    @property
    def exit_status(self) -> int:
        """What the command is to end with for this file."""
        return CHECK_FAILED if self.verdict is Severity.FAIL else OK

    def as_json(self) -> dict[str, Json]:
        """Return it as ``inspect --json`` prints it."""
        return {
            "file": self.path,
            "verdict": self.verdict.value,
            "measurement": as_json(self.measurement),
            "findings": [as_json(finding) for finding in self.findings],
            "not_asked": [one._asdict() for one in self.unasked],
        }


@dataclass(frozen=True)
class Unreadable:
    """Why one of several files could not be looked at."""

    path: str
    report: ErrorReport
    exit_status: int

    def as_json(self) -> dict[str, Json]:
        """Return it as ``inspect --json`` prints it: an error in place of a verdict."""
        shown = self.report.model_dump(include={"kind", "message", "causes", "remedy"}, mode="json")
        return {"file": self.path, "error": shown}


def looks(paths: Sequence[str], *, as_errors: bool = False) -> Iterator[Look | Unreadable]:
    """Look at each file and yield in the order given, as soon as it and those before it are done.

    At most :data:`MOST_AT_ONCE` files are in memory, and no more than there are cores: a file's samples go
    once it is judged. A file that is alone raises its error; one of several, or any with ``as_errors``,
    becomes an :class:`Unreadable`.
    """
    alone = len(paths) == 1 and not as_errors
    pool = ThreadPoolExecutor(min(MOST_AT_ONCE, os.cpu_count() or 1, len(paths)))
    try:
        yield from pool.map(_raising if alone else _one, paths)
    finally:
        pool.shutdown(cancel_futures=True)


def print_look(look: Look | Unreadable) -> None:
    """Print it as lines of text: what was read on standard output, what could not be on standard error."""
    if isinstance(look, Unreadable):
        print_error(look.report.model_copy(update={"message": f"{look.path}: {look.report.message}"}), False)
        return
    lines = [f"{look.verdict.value:<5} {look.path}", f"    {level_line(look.measurement)}"]
    print("\n".join([*lines, *finding_lines(look.findings), *_unasked_lines(look.unasked)]), flush=True)


def _unasked_lines(silent: Sequence[Unasked]) -> list[str]:
    """Return the checks that were not asked as one line, if there are any; why stands in the JSON."""
    return [f"    not asked: {', '.join(one.check for one in silent)} (why: --json)"] if silent else []


def _one(path: str) -> Look | Unreadable:
    try:
        return _raising(path)
    except GainstageError as error:
        return Unreadable(path, error.report(), error.exit_status)


def _raising(path: str) -> Look:
    from core.inspect import inspect_file

    found = inspect_file(path)
    return Look(path, found.verdict, found.measurement, found.findings, found.unasked)

"""Running the drill: every declared cell, every negative control, and every good sound, in this order."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.audio import Audio
from core.checks import COMMON
from core.contract import Case, Contract, Finding, Severity, Sound, judge
from core.drill.base import SEED, SONG, BaseSong
from core.drill.controls import CHOICES, PAIRS, control_for
from core.drill.engine import hosts
from core.drill.good import GOOD
from core.errors import ErrorReport, GainstageError
from core.faults import FAULTS, Fault
from core.measure import measure
from core.progress import Report, part, silent
from core.runs.record import RunRecord, StepRecord
from core.song import SongRequest


@dataclass(frozen=True)
class Cell:
    """One fault at one stage, as it is declared."""

    fault: Fault
    stage: str

    @property
    def unknowable(self) -> str:
        """Why nothing can show it here; empty where something must."""
        return self.fault.unknowable.get(self.stage, "")


@dataclass(frozen=True)
class Caught:
    """What became of a cell."""

    cell: Cell
    at: str
    """The stage that gave the alarm; empty when none did."""
    by: str
    """The check, or the kind of the error, that came first."""
    severity: Severity
    evidence: str
    cause: str
    remedy: str
    seconds: float
    failed: bool = False
    """Whether an error said it, whose message is a part of its cause."""

    @property
    def right(self) -> bool:
        """Whether it was caught where it happened, by a check that names it and its cause, and as bad."""
        return (
            self.at == self.cell.stage
            and self.by in self.cell.fault.named_by(self.cell.stage)
            and self.severity.rank >= self.cell.fault.severity.rank
            and self.explained
            and bool(self.remedy)
        )

    @property
    def explained(self) -> bool:
        """Whether the right cause was given, and given first."""
        said = f"{self.evidence} {self.cause}" if self.failed else self.cause
        return self.cell.fault.is_explained_by(said, self.cell.stage)


@dataclass(frozen=True)
class Passed:
    """What became of a negative control, or of a good sound."""

    name: str
    fault: str
    """The fault that it could be taken for; empty for a good sound that is no control."""
    stopped_by: str
    """The check that failed it; empty when none did."""
    mistaken: str
    """The check that took it for that fault; empty when none did."""
    warned_by: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether it went through."""
        return not self.stopped_by and not self.mistaken


@dataclass(frozen=True, eq=False)
class CellResult:
    """A cell to listen to: the good sound, the one that the fault left (if any), and what was said of it."""

    good: Audio
    bad: Audio | None
    finding: Finding | None
    error: ErrorReport | None


def cells(fault: str = "", stage: str = "") -> tuple[Cell, ...]:
    """Return the declared cells, of one fault or stage if asked; what is unknowable is among them."""
    return tuple(
        Cell(one, where)
        for one in FAULTS
        for where in one.stages
        if fault in ("", one.name) and stage in ("", where)
    )


class Drill:
    """A song made for the drill, in a temporary home, and what happens to it; to be closed.

    The song is made at the first need, by the real stages and engines: about ten seconds. ``seed`` decides
    where in it a fault happens.
    """

    def __init__(self, request: SongRequest = SONG, seed: int = SEED) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="gainstage-drill-"))
        self._hosts = hosts()
        self._songs: dict[int, BaseSong] = {}
        self._request, self._seed = request, seed

    def song(self, takes: int = 1, report: Report = silent) -> BaseSong:
        """Return the song, of one take or of two; raises GainstageError when anything is said against it.

        A check that gives alarm without a fault proves nothing by giving it with one.
        """
        if takes not in self._songs:
            made = BaseSong(self._home, self._hosts, takes, self._request, self._seed)
            record = made.make(report)
            if record.verdict is not Severity.OK:
                raise _not_whole(record)
            self._songs[takes] = made
        return self._songs[takes]

    def catch(self, cell: Cell) -> Caught:
        """Let the fault happen and see who notices."""
        song = self.song(cell.fault.takes)
        began = time.monotonic()
        record = song.with_fault(cell.fault, cell.stage)
        return _caught(cell, record, time.monotonic() - began)

    def listen(self, cell: Cell) -> CellResult:
        """Let the fault happen and return its sound beside the good one."""
        song = self.song(cell.fault.takes)
        made = song.delivered(cell.stage).sounds
        step = song.with_fault(cell.fault, cell.stage).step(cell.stage)
        first = step.findings[0] if step.findings else None
        wanted = first.artifact if first and first.artifact in made else ""
        name = wanted or next(
            (n for n in ("clip_1", "song", "mix", "master") if n in made), next(iter(made), "")
        )
        after = {a.name: a.key for a in step.artifacts}
        return CellResult(
            good=made[name],
            bad=song.audio(after[name]) if name in after else None,
            finding=first,
            error=step.error,
        )

    def controls(self) -> Iterator[Passed]:
        """Yield what becomes of every negative control: first of sounds, then of choices."""
        for fault, sound in PAIRS:
            step = self.song().with_fault(control_for(fault, sound), "generate").step("generate")
            yield _passed(sound, fault, step.findings, step.error)
        for choice in CHOICES:
            record = self.song().otherwise(choice.settings, choice.request)
            found = tuple(f for step in record.steps for f in step.findings)
            error = next((step.error for step in record.steps if step.error), None)
            for fault in choice.faults:
                yield _passed(choice.name, fault, found, error)

    def good_sounds(self) -> Iterator[Passed]:
        """Yield what the common checks say of every good sound."""
        for name, make in GOOD.items():
            audio = make()
            sound = Sound("song", audio, measure(audio))
            yield _passed(name, "", judge(Contract(COMMON), Case("generate", {"song": sound})), None)

    def prepare(self, report: Report) -> None:
        """Make the songs that the cells happen to."""
        self.song(1, part(report, 0.0, 0.08))
        self.song(2, part(report, 0.08, 0.15))

    def close(self) -> None:
        """End the engines and remove the home."""
        for song in self._songs.values():
            song.close()
        self._hosts.close()
        shutil.rmtree(self._home, ignore_errors=True)


def _caught(cell: Cell, record: RunRecord, seconds: float) -> Caught:
    step = next((s for s in record.steps if _alarmed(s)), None)
    if step is None:
        return Caught(cell, "", "", Severity.OK, "", "", "", seconds)
    if step.error:
        error = step.error
        cause = error.causes[0] if error.causes else ""
        return Caught(
            cell,
            step.stage,
            error.kind,
            Severity.FAIL,
            error.message,
            cause,
            error.remedy,
            seconds,
            failed=True,
        )
    first = step.findings[0]
    cause = first.causes[0] if first.causes else ""
    return Caught(cell, step.stage, first.check, first.severity, first.evidence, cause, first.remedy, seconds)


def _alarmed(step: StepRecord) -> bool:
    return step.verdict is not Severity.OK


def _passed(name: str, fault: str, found: tuple[Finding, ...], error: ErrorReport | None) -> Passed:
    named = {
        check
        for one in FAULTS
        if one.name == fault
        for checks in (one.caught_by, *one.at.values())
        for check in checks
    }
    wrong = [f.check for f in found if f.severity is Severity.FAIL]
    warned = tuple(dict.fromkeys(f.check for f in found if f.severity is Severity.WARN))
    mistaken = next((check for check in warned if check in named), "")
    return Passed(name, fault, error.kind if error else wrong[0] if wrong else "", mistaken, warned)


def _not_whole(record: RunRecord) -> GainstageError:
    step = next(s for s in record.steps if s.verdict is not Severity.OK)
    said = step.error.message if step.error else step.findings[0].evidence
    return GainstageError(
        f"The drill's own song broke at {step.title}: {said}",
        remedy=step.error.remedy if step.error else "Run python -m core doctor.",
    )

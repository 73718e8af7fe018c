"""The blind drill: faults of random kinds and severities in random carriers, and what was seen of them.

Everything follows from the seed. A trial counts as caught when a check that names the kind warns or fails
and did not do so for the same carrier without the fault: what a carrier draws by itself proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.audio import Audio
from core.checks import COMMON, FOREIGN
from core.contract import Case, Contract, Finding, Severity, Sound, judge
from core.drill.carriers import Carrier
from core.drill.fit import threshold
from core.drill.kinds import KINDS, Kind
from core.measure import measure

STAGE = "generate"
HALF, NEARLY_ALL = 0.5, 0.95
BINS = 4
"""Columns of the table: quarters of the range, from mild to bad."""

Seen = Callable[[int, int], None]
"""Called with the trials done and all trials."""


@dataclass(frozen=True)
class Trial:
    """One fault that happened, and what was said of it."""

    kind: Kind
    badness: float
    """0 is the mild end of the kind's range, 1 the bad one."""
    carrier: str
    caught: bool
    first: str
    """The check that came first among those that the carrier alone does not draw; empty when none did."""

    @property
    def rightly(self) -> bool:
        """Whether the check that came first names the kind."""
        return self.first in self.kind.checks


@dataclass(frozen=True)
class Row:
    """What became of one kind."""

    kind: Kind
    trials: tuple[Trial, ...]

    @cached_property
    def bins(self) -> tuple[tuple[int, int], ...]:
        """Caught, and tried, in each part of the range from mild to bad."""
        found = []
        for number in range(BINS):
            within = [t for t in self.trials if min(BINS - 1, int(t.badness * BINS)) == number]
            found.append((sum(t.caught for t in within), len(within)))
        return tuple(found)

    def severity_at(self, share: float) -> float | None:
        """Return the severity from which on so many are caught; None where they never are."""
        badness = threshold([t.badness for t in self.trials], [t.caught for t in self.trials], share)
        return None if badness is None else self.kind.severity(badness)


@dataclass(frozen=True)
class FalseAlarm:
    """What a carrier drew without any fault."""

    carrier: str
    judged_as: str
    """``made``, as by an engine of ours, or ``uploaded``."""
    check: str
    severity: Severity


@dataclass(frozen=True)
class BlindResult:
    """A whole blind drill."""

    seed: int
    carriers: tuple[str, ...]
    rows: tuple[Row, ...]
    alarms: tuple[FalseAlarm, ...]

    @property
    def trials(self) -> int:
        """How many faults happened."""
        return sum(len(row.trials) for row in self.rows)


def blind_drill(carriers: Sequence[Carrier], trials: int, seed: int, seen: Seen | None = None) -> BlindResult:
    """Let ``trials`` faults happen, one at a time, in carriers drawn at random."""
    clean = {one.name: as_made(one.audio) for one in carriers}
    done: dict[str, list[Trial]] = {kind.name: [] for kind in KINDS}
    for number, kind in enumerate(_drawn(trials, seed)):
        done[kind.name].append(_trial(kind, carriers, clean, (seed, number)))
        if seen is not None:
            seen(number + 1, trials)
    alarms = [
        FalseAlarm(one.name, judged_as, finding.check, finding.severity)
        for one in carriers
        for judged_as, findings in (("made", clean[one.name]), ("uploaded", _uploaded(one.audio)))
        for finding in findings
    ]
    rows = tuple(Row(kind, tuple(done[kind.name])) for kind in KINDS if done[kind.name])
    return BlindResult(seed, tuple(one.name for one in carriers), rows, tuple(alarms))


def _drawn(trials: int, seed: int) -> Iterator[Kind]:
    """Draw kinds from a shuffled deck, so that each comes about as often as any other."""
    rng = np.random.default_rng((seed, len(KINDS)))
    for start in range(0, trials, len(KINDS)):
        for place in rng.permutation(len(KINDS))[: trials - start]:
            yield KINDS[place]


def _trial(
    kind: Kind, carriers: Sequence[Carrier], clean: dict[str, list[Finding]], seed: tuple[int, int]
) -> Trial:
    rng = np.random.default_rng(seed)
    carrier = carriers[int(rng.integers(len(carriers)))]
    badness = float(rng.uniform())
    bad = kind.make(kind.severity(badness), rng)(carrier.audio, rng)
    before = {finding.check: finding.severity.rank for finding in clean[carrier.name]}
    new = [one for one in as_made(bad) if one.severity.rank > before.get(one.check, Severity.NOTE.rank)]
    caught = any(one.check in kind.checks for one in new)
    return Trial(kind, badness, carrier.name, caught, new[0].check if new else "")


def as_made(audio: Audio) -> list[Finding]:
    """Return what warns or fails when an engine of ours delivers the sound."""
    return _found(Case(STAGE, {"clip_1": _sound(audio)}), Contract(COMMON))


def _uploaded(audio: Audio) -> list[Finding]:
    """Return what warns or fails when somebody brings the sound."""
    return _found(Case("inspect", {"file": _sound(audio, "file")}, uploaded=True), Contract(FOREIGN))


def _sound(audio: Audio, name: str = "clip_1") -> Sound:
    return Sound(name, audio, measure(audio))


def _found(case: Case, contract: Contract) -> list[Finding]:
    return [one for one in judge(contract, case) if one.severity.rank > Severity.NOTE.rank]

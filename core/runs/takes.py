"""Several performances of one plan: how many, which seed, and which of them the song goes on with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.contract import Finding, Severity
from core.progress import Report
from core.runs.record import RunRecord, StepRecord, StepState
from core.stages.base import StageSettings
from core.stages.generate import GenerateSettings

SHOWN = 3
SOUND = (StepState.DONE, StepState.FAILED)
"""States of a take that made a sound."""


@dataclass(frozen=True)
class Standing:
    """How good a take is, by its checks alone: the least in every field, the first field first."""

    without_sound: bool
    severity: int
    """Of the worst finding; a note is no fault."""
    worst: int
    """How many findings are as bad."""
    number: int


def count_of(settings: StageSettings) -> int:
    """Return how many takes a stage is to make."""
    return settings.takes if isinstance(settings, GenerateSettings) else 1


def of_take(run: RunRecord, stage: str, number: int) -> RunRecord:
    """Return the run as it is for one take."""
    one = run.settings.of(stage).model_copy(update={"takes": 1, "take": number})
    return run.model_copy(update={"settings": run.settings.model_copy(update={stage: one})})


def named(report: Report, number: int, count: int) -> Report:
    """Return a report that says which take it is."""
    return lambda fraction, message: report(fraction, f"Take {number} of {count}: {message}")


def chosen(settings: StageSettings, made: Mapping[int, StepRecord]) -> tuple[int, str]:
    """Return the take to go on with, and the sentence that says why: the one asked for, or the best."""
    asked = settings.take if isinstance(settings, GenerateSettings) else 0
    if asked in made:
        return asked, f"Take {asked} of {len(made)}, chosen by you."
    best = min(made, key=lambda number: _ranked(standing(number, made[number])))
    return best, f"Take {best} of {len(made)}, the best by its checks: {reasons(made[best])}."


def standing(number: int, record: StepRecord) -> Standing:
    """Return how a take stands."""
    worst = record.verdict
    count = sum(f.severity is worst for f in record.findings) if worst is not Severity.OK else 0
    return Standing(record.state not in SOUND, worst.rank, count, number)


def reasons(record: StepRecord) -> str:
    """Return in words what was found about a take, the worst first."""
    if record.error is not None:
        return record.error.message.rstrip(".")
    wrong = sorted(
        (f for f in record.findings if f.severity is not Severity.OK), key=lambda f: -f.severity.rank
    )
    if not wrong:
        return "nothing was found wrong"
    more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    return ", ".join(_in_words(finding) for finding in wrong[:SHOWN]) + more


def _in_words(finding: Finding) -> str:
    return f"{finding.check} ({finding.severity.value})"


def _ranked(at: Standing) -> tuple[bool, int, int, int]:
    return at.without_sound, at.severity, at.worst, at.number

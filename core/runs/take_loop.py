"""A stage done several times over, each time as another take, for the runner."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from core.progress import Report, part
from core.runs import takes
from core.runs.index import RunIndex
from core.runs.record import RunRecord, StepRecord, StepState

R = TypeVar("R")
Made = tuple[StepRecord, R | None]
KEPT = (StepState.DONE, StepState.FAILED)
"""States of a take that is not made again."""


def made_in_takes(
    run: RunRecord,
    stage: str,
    index: RunIndex,
    make: Callable[[RunRecord, Report, bool], Made[R]],
    key_of: Callable[[RunRecord], str],
    report: Report,
    *,
    fresh: bool,
) -> Made[R]:
    """Make every take that the stage's settings ask for, record each, and return the chosen one.

    ``make`` does the stage once for a run, anew or from the store; ``key_of`` is what it would be stored
    under: a take that is recorded under it already is not made again. A cancelled take ends the rest.
    """
    settings = run.settings.of(stage)
    count = takes.count_of(settings)
    if count == 1:
        return make(run, report, fresh)
    kept = index.takes(run.id)
    records: dict[int, StepRecord] = {}
    results: dict[int, R | None] = {}
    for number in range(1, count + 1):
        one = takes.of_take(run, stage, number)
        earlier = kept.get(number)
        if not fresh and earlier is not None and earlier.state in KEPT and earlier.key == key_of(one):
            records[number] = earlier
            continue
        share = takes.named(part(report, (number - 1) / count, number / count), number, count)
        records[number], results[number] = make(one, share, fresh)
        if records[number].state is StepState.CANCELLED:
            return records[number], None
        index.put_take(run.id, number, records[number])
    index.drop_takes(run.id, tuple(kept.keys() - records.keys()))
    number, reason = takes.chosen(settings, records)
    record, result = records[number], results.get(number)
    if number not in results:
        record, result = make(takes.of_take(run, stage, number), report, False)
    return record.model_copy(update={"notes": (*record.notes, reason)}), result

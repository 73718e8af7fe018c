"""A stage done several times over, each time as another take, for the runner.

While one take is measured, judged and stored, the next is rendered: at most two are held at a time. Each is
rendered by a call of its own: several seeds in one call of a diffusion model are each seed's song to within
rounding alone, and a sound that gave way has to be made again to the last bit.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from core.errors import Cancelled
from core.progress import Report, part, silent
from core.runs import takes
from core.runs.ahead import Begun
from core.runs.index import RunIndex
from core.runs.record import RunRecord, StepRecord, StepState
from core.runs.result import Result

Made = tuple[StepRecord, Result | None]
Begin = Callable[[RunRecord, Report, bool], Begun]
"""Renders a stage once for a run, anew or from the store."""
End = Callable[[Begun, Report], Made]
"""Keeps and judges what was rendered."""
KEPT = (StepState.DONE, StepState.FAILED)
"""States of a take that is not made again."""
RENDERED = 0.9
"""Part of a stage's progress that its rendering is."""
POLL_S = 0.25


def made_in_takes(
    run: RunRecord,
    stage: str,
    index: RunIndex,
    begin: Begin,
    end: End,
    key_of: Callable[[RunRecord], str],
    report: Report,
    *,
    fresh: bool,
) -> Made:
    """Make every take that the stage's settings ask for, record each, and return the chosen one.

    ``key_of`` is what a take would be stored under: one that is recorded under it already is not made again.
    A cancelled take ends the rest; those that were rendered are kept and recorded first.
    """
    settings = run.settings.of(stage)
    count = takes.count_of(settings)

    def made(one: RunRecord, anew: bool) -> Made:
        return end(begin(one, part(report, 0.0, RENDERED), anew), part(report, RENDERED, 1.0))

    if count == 1:
        return made(run, fresh)
    began = time.monotonic()
    earlier = index.takes(run.id)
    records: dict[int, StepRecord] = {}
    keeping: dict[int, Future[Made]] = {}

    def keep(number: int, begun: Begun) -> Made:
        record, result = end(begun, silent)
        if record.state is not StepState.CANCELLED:
            index.put_take(run.id, number, record)
        return record, result

    with ThreadPoolExecutor(1, "keep-takes") as keeper:
        before: Future[Made] | None = None
        for number in range(1, count + 1):
            one, known = takes.of_take(run, stage, number), earlier.get(number)
            if not fresh and known is not None and known.state in KEPT and known.key == key_of(one):
                records[number] = known
                continue
            share = takes.named(part(report, (number - 1) / count, number / count), number, count)
            begun = begin(one, share, fresh)
            if begun.record.state is StepState.CANCELLED:
                return begun.record, None
            keeping[number] = keeper.submit(keep, number, begun)
            try:
                # The next is rendered while this one is kept, and not before the one before is.
                _wait_for(before if number < count else keeping[number], share)
            except Cancelled:
                return begun.record.model_copy(update={"state": StepState.CANCELLED}), None
            before = keeping[number]
    made_now = {number: future.result() for number, future in keeping.items()}
    cancelled = next((record for record, _ in made_now.values() if record.state is StepState.CANCELLED), None)
    if cancelled is not None:
        return cancelled, None
    records |= {number: record for number, (record, _) in made_now.items()}
    index.drop_takes(run.id, tuple(earlier.keys() - records.keys()))
    number, reason = takes.chosen(settings, dict(sorted(records.items())))
    record, result = made_now.get(number) or made(takes.of_take(run, stage, number), False)
    seconds = time.monotonic() - began
    return record.model_copy(update={"notes": (*record.notes, reason), "seconds": seconds}), result


def _wait_for(keeping: Future[Made] | None, report: Report) -> None:
    """Wait until a take is kept; raises what that raised, and Cancelled."""
    if keeping is None:
        return
    while not keeping.done():
        report(1.0, "Measuring")
        wait([keeping], POLL_S)
    keeping.result()

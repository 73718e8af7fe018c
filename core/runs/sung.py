"""Where a run's voice lies, and the lines that are to be sung in it."""

from __future__ import annotations

from core.checks.context import VOCALS
from core.checks.sung_lines import SUNG_NOTES, PlannedLine, lines_by_plan, lines_reported
from core.contract import Case, Figures
from core.runs.record import RunRecord


def voices_of(run: RunRecord) -> tuple[tuple[str, tuple[PlannedLine, ...]], ...]:
    """Return the key of each vocals stem with the lines to look for in it; none where nothing is known.

    Those of the clips, where the engine reports what it sings; else the separated one's, by the plan.
    """
    made = run.step("generate")
    reported = Figures(engine=made.figures)
    if isinstance(made.figures.get(SUNG_NOTES), dict):
        stems = [(one.key, lines_reported(one.name, reported)) for one in made.artifacts]
        return tuple((key, lines) for key, lines in stems if lines)
    words = run.step("lyrics")
    lines = lines_by_plan(Case("", {}, plan=words.plan, lyrics=words.lyrics))
    stems = [(one.key, lines) for one in run.step("separate").artifacts if one.name == VOCALS]
    return tuple(stems) if lines else ()

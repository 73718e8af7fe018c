"""The planner's own figures, at the limits."""

from core.checks.planner import PlannerMoves
from core.contract import Case, Figures
from tests.checks.limits.table import Limit, said


def planned(**more):
    figures = {"count": 300, "unique_share": 0.5, "longest_repeat_s": 1.0, **more}
    return said(PlannerMoves, Case("generate", {}, figures=Figures(engine={"planner": figures})))


def repeating(seconds):
    return planned(longest_repeat_s=seconds)


def differing(share):
    return planned(unique_share=share)


LIMITS = (
    Limit(PlannerMoves, "planner.PlannerMoves.repeat_s", 8.0, (-0.1, 0.0), repeating, "ok", "warn"),
    Limit(PlannerMoves, "planner.PlannerMoves.least_unique", 0.1, (-0.01, 0.0), differing, "warn", "ok"),
)

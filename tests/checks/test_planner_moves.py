"""The planner's codes differ and do not go round in circles."""

import pytest

from core.checks.planner import PlannerMoves
from core.contract import Case, Figures, Promise, Severity


def case(unique=0.9, repeat_s=0.0, held=None, **more):
    planner = {"model": "p", "count": 300, "unique_share": unique, "longest_repeat_s": repeat_s}
    return Case(
        "generate", {}, figures=Figures(engine={"planner": planner if held is None else held}), **more
    )


@pytest.mark.parametrize(
    ("unique", "repeat_s", "severity"),
    [
        (0.9, 7.9, Severity.OK),
        (0.9, 8.0, Severity.WARN),
        (0.1, 0.0, Severity.OK),
        (0.09, 0.0, Severity.WARN),
    ],
)
def test_it_warns_from_eight_repeated_seconds_and_under_a_tenth_that_differs(unique, repeat_s, severity):
    assert PlannerMoves().examine_all(case(unique, repeat_s)).severity is severity


@pytest.mark.parametrize("held", [3, [], {}, {"count": "many", "unique_share": 1, "longest_repeat_s": 1}])
def test_what_a_planner_does_not_report_is_not_asked(held):
    assert PlannerMoves().examine_all(case(held=held)) is None


def test_random_weights_are_not_asked():
    assert PlannerMoves().examine_all(case(0.01, promise=Promise(engine_untrained=True))) is None

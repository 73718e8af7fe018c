"""Figures as they stand on a page."""

from __future__ import annotations

import pytest

from core.ui.words import NONE, change, clock, number, stem_of


@pytest.mark.parametrize(
    ("value", "shown"), [(-14.04, "−14.0"), (0.04, "0.0"), (-0.04, "0.0"), (3.26, "3.3"), (None, NONE)]
)
def test_a_figure_has_one_digit_and_never_a_minus_zero(value: float | None, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("value", "before", "shown"),
    [
        (-14.0, -17.5, "(+3.5)"),
        (-14.0, -12.0, "(−2.0)"),
        (-14.0, -14.04, "(=)"),
        (None, -1, ""),
        (1, None, ""),
    ],
)
def test_a_change_stands_in_brackets(value: float | None, before: float | None, shown: str) -> None:
    assert change(value, before) == shown


def test_lengths_and_parts() -> None:
    assert clock(61.4) == "1:01"
    assert stem_of("clip_2/bass") == stem_of("bass") == "bass"

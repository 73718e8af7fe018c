"""The lab's README names every limit, with the value that it has on a hosted studio."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.machine.limits import LIMITS, NONE

README = (Path(__file__).parents[2] / "hosting" / "lab" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_is_documented_with_its_value(name):
    limit = LIMITS[name]
    row = next(line for line in README.splitlines() if f"`{limit.variable}`" in line and line.startswith("|"))
    assert ("none" if limit.hosted == NONE else f"{limit.hosted:g}") in row

"""Each limit of each check at the limit: what is said just under it and just over it."""

import pytest

from tests.checks.limits import features, joins, levels, masters, pauses, repeats, stems

LIMITS = tuple(
    limit for family in (levels, pauses, features, repeats, joins, stems, masters) for limit in family.LIMITS
)


@pytest.mark.parametrize("limit", LIMITS, ids=str)
def test_a_check_decides_at_its_limit(limit):
    for value, expected in limit.sides:
        assert limit.answer(value).startswith(expected), f"at {value:g}"


@pytest.mark.parametrize("limit", LIMITS, ids=str)
def test_a_limit_is_the_published_one(limit):
    assert limit.value == pytest.approx(limit.published, rel=1e-12)

"""Each limit of each check at the limit: what is said just under it and just over it."""

import pytest

from tests.checks.limits import (
    chains,
    changes,
    features,
    hum,
    joins,
    levels,
    masters,
    pauses,
    planner,
    repeats,
    stems,
    sung,
    values,
    waveforms,
)
from tests.checks.test_conformance import CLASSES

LIMITS = tuple(
    limit
    for family in (
        levels,
        waveforms,
        values,
        pauses,
        features,
        repeats,
        hum,
        joins,
        stems,
        chains,
        changes,
        masters,
        sung,
        planner,
    )
    for limit in family.LIMITS
)

WITHOUT_A_LIMIT = {
    "channel_count": "as many as promised, or not",
    "encoder_delay": "known delays of encoders, or none",
    "file_length": "the padding that the codec reports, or not",
    "file_tags": "as written, or not",
    "finite": "one sample is too many",
    "rate": "the promised one, or not",
    "sections_hold_lines": "lines, or none",
    "singable": "by script and language",
    "stem_files": "the very samples, or not",
    "stems_kept": "by name",
    "trained": "as the engine says",
}
"""Checks that compare with nothing that could be a little more or less."""


@pytest.mark.parametrize("limit", LIMITS, ids=str)
def test_a_check_decides_at_its_limit(limit):
    for value, expected in limit.sides:
        assert limit.answer(value).startswith(expected), f"at {value:g}"


@pytest.mark.parametrize("limit", LIMITS, ids=str)
def test_a_limit_is_the_published_one(limit):
    assert limit.value == pytest.approx(limit.published, rel=1e-6)


def test_every_check_has_a_row_or_a_reason_for_none():
    limited = {limit.check.name for limit in LIMITS}
    assert limited & WITHOUT_A_LIMIT.keys() == set(), "a check with a row is no exception"
    assert {check.name for check in CLASSES} - limited == set(WITHOUT_A_LIMIT)


def test_a_row_distinguishes_its_sides():
    assert [str(limit) for limit in LIMITS if limit.under == limit.over] == []

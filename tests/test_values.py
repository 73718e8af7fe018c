"""JSON from elsewhere is read within bounds."""

from __future__ import annotations

import json

import pytest

from core.values import bounded_json


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "[" * 65 + "]" * 65,
        '{"a":' * 65 + "1" + "}" * 65,
        "NaN",
        "[Infinity]",
        "[1e400, -Infinity]",
        "",
        "{",
    ],
)
def test_what_is_too_deep_or_no_json_is_refused(text):
    with pytest.raises(ValueError):
        bounded_json(text)


def test_what_is_too_long_is_refused():
    with pytest.raises(ValueError, match="characters"):
        bounded_json("[1, 2, 3]", most_characters=8)


def test_brackets_inside_words_count_for_nothing():
    value = {"a": "[" * 500 + '"' + "{" * 500, "b\\": ["]", {"c": [1.5, None, True]}]}
    assert bounded_json(json.dumps(value)) == value


def test_sixty_four_levels_are_read():
    assert bounded_json("[" * 64 + "]" * 64)

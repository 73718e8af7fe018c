"""Lengths as people write them."""

from __future__ import annotations

import pytest

from core.errors import InputError
from core.ui.length import length_text, read_length


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1:30", 90),
        ("0:08", 8),
        ("90", 90),
        (" 90 s ", 90),
        ("2:05.5", 125.5),
        ("8.25", 8.25),
        ("20:00", 1200),
    ],
)
def test_minutes_and_seconds_or_seconds_alone_are_read(text: str, seconds: float) -> None:
    assert read_length(text) == seconds


@pytest.mark.parametrize("text", ["", "  ", "1:75", "1:2:3", "long", "-5", "1,5", "nan", "1:", ":30", "1e9"])
def test_anything_else_is_one_sentence_with_an_example(text: str) -> None:
    with pytest.raises(InputError) as refused:
        read_length(text)
    assert "1:30" in refused.value.remedy


@pytest.mark.parametrize("seconds", [3.0, 8.25, 59.9996, 60.0, 61.5, 1200.0])
def test_a_length_reads_as_it_is_written(seconds: float) -> None:
    assert read_length(length_text(seconds)) == pytest.approx(seconds, abs=0.0005)


def test_a_length_is_written_as_a_clock() -> None:
    assert [length_text(s) for s in (8, 60, 125.5)] == ["0:08", "1:00", "2:05.5"]

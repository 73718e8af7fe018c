"""Codes read without a model: how many differ, what repeats, and when a planner is stuck."""

import numpy as np
import pytest

from core.engines.planner.codes import checked, in_text, read
from core.errors import EngineOutputError

ANY = list(np.random.default_rng(1).integers(0, 64_000, 300))


def test_codes_of_a_song_differ_and_nothing_repeats():
    codes = read(ANY)
    assert codes.seconds == 60 and codes.unique_share > 0.99 and codes.longest_repeat_s == 0
    assert checked(codes, "planner", 300) is codes


@pytest.mark.parametrize(
    ("numbers", "repeat_s"),
    [
        ([7] * 10, 2.0),
        ([1, 2, 3] * 4, 2.4),
        ([1, 2, 3] * 4 + [1], 2.6),
        ([9, 8, 1, 2, 3, 1, 2, 3, 5], 1.2),
        (list(range(10)) * 2, 4.0),
        (list(range(11)) * 2, 0.0),
        ([1, 2, 3, 1, 2, 4], 0.0),
        ([4], 0.0),
    ],
    ids=["one", "three", "and a part", "inside", "two seconds", "longer", "half", "single"],
)
def test_the_longest_repetition_of_a_short_pattern_is_found(numbers, repeat_s):
    assert read(numbers).longest_repeat_s == pytest.approx(repeat_s)


@pytest.mark.parametrize(
    "numbers",
    [
        [5] * 300,
        ANY[:200] + [5] * 100,
        ANY[:150] + [1, 2, 3, 4] * 25,
        [3] * 20,
        [number % 12 for number in ANY],
    ],
    ids=["one code", "its end", "four codes", "a short song", "few codes"],
)
def test_a_planner_that_goes_round_in_circles_is_an_error_with_a_remedy(numbers):
    with pytest.raises(EngineOutputError, match="stuck") as caught:
        checked(read(numbers), "acestep-5Hz-lm-0.6B", 1)
    assert caught.value.causes and "seed" in caught.value.remedy


def test_codes_too_few_for_their_song_are_an_error_with_a_remedy():
    with pytest.raises(EngineOutputError, match=r"60\.0 s of codes for a song of 60\.2 s") as caught:
        checked(read(ANY), "planner", 301)
    assert "shorter song" in caught.value.remedy


@pytest.mark.parametrize(
    "numbers",
    [ANY[:200] + [5] * 99, ANY[:30] + [1, 2] * 30 + ANY[100:310], [3] * 19],
    ids=["just under 20 s", "a drone of 12 s", "under four seconds"],
)
def test_a_held_sound_is_no_planner_that_is_stuck(numbers):
    assert not read(numbers).stuck


def test_codes_are_written_as_the_pipeline_reads_them():
    assert in_text([0, 63_999]) == "<|audio_code_0|><|audio_code_63999|>"
    assert in_text([]) == ""
    with pytest.raises(ValueError, match="no codes"):
        read([])

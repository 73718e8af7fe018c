"""Words cut into syllables, and how they sound."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.writing.numerals import spoken_number
from core.writing.pronunciation import phones_of, rhymes, syllable_count
from core.writing.syllables import line_of, syllables_of, words_of

KNOWN = """
morn-ing light call-ing run-ning riv-er lit-tle mid-dle ap-ple bot-tle some-times some-one lone-ly
to-geth-er a-noth-er to-mor-row shad-ow win-dow mem-o-ry heav-en o-cean po-em qui-et sci-ence cre-ate li-on
ra-di-o rhyth-m peo-ple can-dle ta-ble yes-ter-day re-mem-ber gold-en hold-ing need-ed loved ros-es
good-bye moun-tain ea-gle i-de-a be-ing fly-ing high-er thought straight is-land moon-light sun-rise
heart-beat don't sum-mer nev-er weath-er sil-ver o-ver on-ly fire hour world
eve-ry-thing beau-ti-ful
"""


@pytest.mark.parametrize("cut", KNOWN.split())
def test_known_words_are_cut_as_they_are_sung(cut):
    assert "-".join(syllables_of(cut.replace("-", ""))) == cut


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("piano", 3),
        ("water", 2),
        ("couldn't", 2),
        ("didn't", 2),
        ("blorptastic", 3),
        ("zyxqw", 1),
        ("hmm", 1),
        ("wandering", 3),
        ("watercolour", 4),
        ("streetlights", 2),
        ("hummed", 1),
        ("drummer's", 2),
    ],
)
def test_syllables_are_counted(word, count):
    assert syllable_count(word) == count == len(syllables_of(word))


def test_a_line_is_cut_into_the_syllables_of_its_words():
    line = line_of("  The morning   light — is calling, (me)! 😀 ")
    assert line.text == "The morning light — is calling, (me)! 😀"
    assert line.syllables == ("The", "morn", "ing", "light", "is", "call", "ing", "me")


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ("7", "seven"),
        ("24", "twenty four"),
        ("100", "one hundred"),
        ("1984", "nineteen eighty four"),
        ("1906", "nineteen oh six"),
        ("2001", "two thousand one"),
        ("1,000", "one thousand"),
        ("3.5", "three point five"),
        ("007", "zero zero seven"),
        ("٣", "three"),
    ],
)
def test_figures_are_spelled_out(figures, words):
    assert " ".join(spoken_number(figures)) == words


def test_signs_and_apostrophes_are_sung():
    assert words_of("rock & roll’s singin' 100% o’er") == (
        "rock", "and", "roll's", "singin'", "one", "hundred", "percent", "o'er",
    )  # fmt: skip


def test_signs_of_scripts_without_spaces_are_words_of_their_own():
    assert line_of("你好 мир").syllables == ("你", "好", "мир")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_syllables_spell_their_words_whatever_was_typed(text):
    for word in words_of(text):
        parts = syllables_of(word)
        assert "".join(parts) == word
        assert all(parts)


@pytest.mark.parametrize(
    ("one", "other", "rhyming"),
    [
        ("night", "light", True),
        ("near", "here", True),
        ("on", "gone", True),
        ("again", "rain", True),
        ("love", "move", False),
        ("home", "stone", False),
        ("sea", "sea", False),
        ("zyxqw", "blorp", False),
    ],
)
def test_rhymes_are_heard_not_seen(one, other, rhyming):
    assert rhymes(one, other) is rhyming


def test_the_shortest_pronunciation_is_sung():
    assert phones_of("fire") == ("F", "AY1", "R")

"""The store of lines: every line can be sung and rhymed in all its wordings, and none is there twice."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from core.writing.corpus import ANYTHING, Verse, themes
from core.writing.pronunciation import phones_of, rhymes
from core.writing.syllables import words_of


@pytest.fixture(scope="module")
def couplets():
    return [couplet for theme in themes().values() for couplet in theme.couplets]


def test_there_are_lines_for_many_themes(couplets):
    assert len(themes()) >= 20 and ANYTHING in themes()
    assert len(couplets) >= 400
    for theme in themes().values():
        assert len(theme.hooks) >= 5 and len(theme.couplets) >= 15, theme.name
        assert set(theme.near) <= set(themes())


def test_couplets_rhyme_truly_in_every_wording(couplets):
    for couplet in couplets:
        ends = [{w.last_word for w in v.wordings("the sea")} for v in (couplet.first, couplet.second)]
        assert all(rhymes(one, other) for one in ends[0] for other in ends[1]), couplet


def test_every_word_is_in_the_dictionary_and_every_line_has_a_length_to_sing(couplets):
    verses = [v for c in couplets for v in (c.first, c.second)]
    verses += [hook for theme in themes().values() for hook in theme.hooks]
    for verse in verses:
        for wording in verse.wordings("the sea"):
            assert all(phones_of(word) for word in words_of(wording.text)), wording.text
            assert 5 <= wording.syllables <= 13, wording.text
        assert min(wording.syllables for wording in verse.wordings("the sea")) <= 10, verse


def test_every_length_that_a_plan_asks_for_has_lines_enough(couplets):
    for target in range(7, 11):
        fitting = sum(
            all(
                any(abs(w.syllables - target) <= 1 for w in v.wordings("the sea"))
                for v in (couplet.first, couplet.second)
            )
            for couplet in couplets
        )
        assert fitting >= 150, (target, fitting)


def test_no_line_is_stored_twice(couplets):
    lines = [v.source.lower() for c in couplets for v in (c.first, c.second)]
    assert max(Counter(lines).values()) == 1


@pytest.mark.parametrize("subject", ["the sea", "of all", "again", "me", "so"])
def test_no_wording_says_a_word_twice_running_whatever_fills_its_frame(couplets, subject):
    verses = [v for c in couplets for v in (c.first, c.second)]
    verses += [hook for theme in themes().values() for hook in theme.hooks]
    for verse in verses:
        for wording in verse.wordings(subject):
            words = [word.lower() for word in words_of(wording.text)]
            assert all(one != other for one, other in pairwise(words)), wording.text
        assert verse.wordings(subject) or "{subject}" in verse.source, verse


def test_a_frame_and_a_filler_that_hold_the_same_word_do_not_meet():
    frame = Verse("any", 0, "there's always (always) room for {subject}")
    assert [w.text for w in frame.wordings("one")] == ["There's always room for one"]
    assert frame.wordings("for one") == ()
    assert [w.text for w in frame.wordings("bye bye")] == ["There's always room for bye bye"]

"""Typed lyrics as they were understood: seen, corrected, and their chords played."""

from __future__ import annotations

import pytest

from tests.ui.conftest import markup

LYRICS = "[Verse]\nG  D  Em  C\nPaper boats are sailing\n[softly]\nDown the gutter stream"


@pytest.fixture
def planned(site):
    test = site()
    test.text_input(key="prompt").set_value("folk")
    test.text_area(key="typed_lyrics").set_value(LYRICS)
    test.button(key="plan_first").click().run()
    assert not test.exception
    return test


def press(test, label, number=0):
    found = [one for one in test.button if one.label == label]
    return found[number].click().run()


def test_every_line_is_shown_with_its_kind_and_reason(planned):
    shown = markup(planned)
    assert "chords: chords and nothing else" in shown
    assert "direction: it says how it is sung or played" in shown and "sung: it is sung" in shown


def test_one_press_sings_a_line_or_leaves_it_out_and_another_takes_it_back(planned, fake):
    press(planned, "Leave out")
    assert "you left it out" in markup(planned)
    press(planned, "Sing this", number=-1)
    assert "you said that it is sung" in markup(planned)
    press(planned, "Undo")
    planned.button(key="make_planned").click().run()
    _, request, _ = fake.calls[-1]
    assert request.typed_lyrics == LYRICS.replace("[softly]", "\\ [softly]")


def test_the_chords_in_the_lyrics_are_played(planned, fake):
    planned.button(key="play_chords").click().run()
    assert not planned.exception
    planned.button(key="make_planned").click().run()
    plan = fake.calls[-1][2].lyrics.plan
    verse = next(section for section in plan.sections if section.sung)
    assert plan.key == "G major" and set(verse.chords) <= {"I", "V", "vi", "IV"}

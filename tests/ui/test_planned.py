"""Planning first, on Home: the plan and the words are seen and edited before a note is played."""

from __future__ import annotations

import pytest

from core.song import SongRequest
from core.writing.plan import make_plan
from tests.ui.conftest import markup


@pytest.fixture
def planned(site):
    """Home with a plan on it."""
    test = site()
    test.text_input(key="prompt").set_value("sad piano ballad about the sea")
    test.button(key="plan_first").click().run()
    assert not test.exception
    return test


def control(test, kind, name):
    return next(one for one in test.get(kind) if one.key and one.key.endswith(f".{name}"))


PLAN = make_plan(SongRequest(prompt="sad piano ballad about the sea"))


def test_a_plan_is_shown_and_nothing_is_made_yet(planned, fake):
    assert not fake.calls
    assert control(planned, "text_input", "title").value == PLAN.title
    assert "Understood: sad, piano, ballad" in markup(planned) and "[chorus]" not in markup(planned)
    assert "gs-lyrics" in markup(planned), "and the words"


def test_what_was_edited_is_what_is_made(planned, fake):
    control(planned, "number_input", "tempo").set_value(93.0).run()
    planned.button(key="make_planned").click().run()
    verb, request, settings = fake.calls[-1]
    assert verb == "start" and request.prompt == "sad piano ballad about the sea"
    assert settings.lyrics.plan.tempo_bpm == 93.0 and settings.lyrics.plan.sections == PLAN.sections


def test_an_unedited_plan_is_the_prompts_own(planned, fake):
    planned.button(key="make_planned").click().run()
    assert fake.calls[-1][2].lyrics.plan is None


def test_words_follow_the_edited_plan(planned):
    before = markup(planned)
    control(planned, "number_input", "tempo").set_value(180.0).run()
    assert markup(planned) != before


def test_planning_again_forgets_the_edits_and_it_can_be_put_away(planned):
    control(planned, "number_input", "tempo").set_value(93.0).run()
    planned.button(key="plan_first").click().run()
    assert control(planned, "number_input", "tempo").value == PLAN.tempo_bpm
    planned.button(key="put_away").click().run()
    assert not [one for one in planned.button if one.key == "make_planned"]


def test_nothing_cannot_be_planned(site, fake):
    test = site()
    test.button(key="plan_first").click().run()
    assert "nothing to make a song from" in markup(test) and not fake.calls


def test_typed_words_are_shown_as_they_will_be_sung_and_an_instrumental_has_none(site):
    test = site()
    test.text_area(key="typed_lyrics").set_value("[chorus]\nstay with me tonight")
    test.button(key="plan_first").click().run()
    assert "stay with me tonight" in markup(test)
    test.toggle(key="instrumental").set_value(True)
    test.button(key="plan_first").click().run()
    assert "An instrumental: no words" in markup(test)


def test_times_in_the_lyrics_are_offered_and_set_the_form(site, fake):
    test = site()
    test.text_input(key="prompt").set_value("folk, 120 bpm")
    lyrics = "[Verse]\n[00:08.00]Rain is falling on the river\n[00:12.00]All the boats have gone away\n"
    test.text_area(key="typed_lyrics").set_value(lyrics)
    test.button(key="plan_first").click().run()
    test.button(key="use_times").click().run()
    assert not test.exception
    assert not [button for button in test.button if button.key == "use_times"], "they are used"
    test.button(key="make_planned").click().run()
    plan = fake.calls[-1][2].lyrics.plan
    before = 0
    for section in plan.sections:
        if section.sung:
            break
        before += section.bars
    assert abs(before * plan.bar_s - 8.0) <= plan.bar_s / 2

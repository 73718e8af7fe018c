"""The plan on the lyrics page: seen, edited, refused, and given back to the prompt."""

from __future__ import annotations

import pytest

from core.runs.pipeline import RunSettings
from core.song import PlanSection, SongRequest
from core.ui.plan_editor import _row, _section
from core.writing.plan import make_plan
from tests.ui.conftest import markup

PLAN = make_plan(SongRequest(prompt="sad piano ballad", duration_s=30, seed=1))


@pytest.fixture
def song(fake):
    """A song whose settings name a plan."""
    settings = RunSettings()
    lyrics = settings.lyrics.model_copy(update={"plan": PLAN})
    settings = settings.model_copy(update={"lyrics": lyrics})
    return fake.start(SongRequest(prompt="sad piano ballad", duration_s=30), settings, "me")


def control(test, kind, name):
    return next(one for one in test.get(kind) if one.key and one.key.endswith(f".{name}"))


def changed_plan(fake):
    verb, settings = fake.calls[-1]
    assert verb == "change"
    return settings.lyrics.plan


def test_an_edit_waits_for_apply_and_changes_the_plan_alone(site, fake, song):
    test = site("lyrics", song)
    assert not test.exception
    assert test.button(key="apply").disabled
    control(test, "number_input", "tempo").set_value(93.0).run()
    control(test, "selectbox", "mode").select("dorian").run()
    assert not test.button(key="apply").disabled
    test.button(key="apply").click().run()
    plan = changed_plan(fake)
    assert (plan.tempo_bpm, plan.key.split()[1]) == (93.0, "dorian")
    assert plan.sections == PLAN.sections


def test_fades_solos_and_percussion_are_edited(site, fake, song):
    test = site("lyrics", song)
    control(test, "checkbox", "fades_out").check().run()
    control(test, "selectbox", "solo").select("saxophone").run()
    control(test, "multiselect", "percussion").select("congas").run()
    test.button(key="apply").click().run()
    plan = changed_plan(fake)
    assert (plan.fades_in, plan.fades_out, plan.solo) == (False, True, "saxophone")
    assert plan.percussion == ("congas",) and plan.sections == PLAN.sections


def test_a_key_change_and_a_lone_player_are_columns_of_their_own():
    asked = SongRequest(prompt="pop with piano intro, key change", duration_s=60, seed=4)
    sections = make_plan(asked).sections
    assert any(one.key_shift for one in sections) and any(one.only for one in sections)
    rows = [_row(section) for section in sections]
    assert {tuple(row) for row in rows} == {tuple(rows[0])}
    assert tuple(PlanSection.model_validate(_section(row)) for row in rows) == sections


def test_the_prompts_plan_comes_back(site, fake, song):
    test = site("lyrics", song)
    next(one for one in test.button if one.label == "Reset to what the prompt says").click().run()
    test.button(key="apply").click().run()
    assert changed_plan(fake) is None


def test_a_song_without_a_given_plan_shows_the_one_that_was_understood(site, fake):
    run = fake.start(SongRequest(prompt="x"), RunSettings(), "me")
    test = site("lyrics", run)
    assert control(test, "text_input", "title").value == fake.run(run).step("lyrics").plan.title
    assert test.button(key="apply").disabled
    assert not any(one.label == "Reset to what the prompt says" for one in test.button)


def test_before_the_first_song_a_plan_can_only_be_brought(site):
    test = site("lyrics")
    assert not test.exception
    assert "as soon as the prompt was understood" in markup(test)

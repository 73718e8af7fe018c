"""What pages do, without a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import BusyError, StorageError
from core.runs.pipeline import STAGES, RunSettings
from core.runs.record import RunState, StepRecord
from core.song import SongRequest
from core.stages.mix import MixSettings
from core.studio import Studio
from core.ui.waterfall import HEIGHT_PX, YET_TO_COME
from tests.ui.conftest import markup
from tests.ui.fake_studio import FakeStudio

Site = Callable[..., AppTest]
STAGE_NAMES = [stage.name for stage in STAGES]


def made(fake: FakeStudio, prompt: str = "slow blues") -> str:
    return fake.start(SongRequest(prompt=prompt, duration_s=4), RunSettings(), "somebody")


@pytest.mark.parametrize(
    "page", ["", *STAGE_NAMES, "look", "fault_lab", "compare", "library", "batch", "doctor"]
)
def test_every_page_draws_without_a_song(site: Site, page: str) -> None:
    test = site(page)
    assert not test.exception
    assert "gs-problem" not in markup(test)


@pytest.mark.parametrize("page", ["", *STAGE_NAMES, "compare", "library"])
def test_every_page_draws_with_a_song(site: Site, fake: FakeStudio, page: str) -> None:
    test = site(page, made(fake))
    assert not test.exception
    assert "gs-problem" not in markup(test)


def test_a_prompt_and_one_press_make_a_song_and_put_it_in_the_address(site: Site, fake: FakeStudio) -> None:
    test = site()
    test.text_input(key="prompt").set_value("warm lo-fi piano about the sea")
    test.button(key="make").click().run()
    (_, request, _) = fake.calls[0]
    assert request.prompt == "warm lo-fi piano about the sea"
    assert request.duration_s == 60
    assert test.query_params["run"] == fake.runs("x")[0].id
    assert "LUFS" in markup(test)


def test_home_has_the_engine_get_ready_for_the_next_songs_settings_and_a_song_that_is_there_does_not(
    site: Site, fake: FakeStudio
) -> None:
    test = site()
    assert fake.prepared == [RunSettings()]
    run_id = fake.start(SongRequest(prompt="a"), RunSettings(), "me")
    site(run=run_id)
    site("mix")
    assert len(fake.prepared) == 1 and not test.exception


@pytest.mark.parametrize("page", ["", "generate"])
def test_a_song_that_is_made_can_be_heard_from_its_first_section(
    site: Site, fake: FakeStudio, page: str
) -> None:
    run_id = made(fake)
    fake.opening = fake.wav(fake.run(run_id).step("master").artifacts[0].key)
    assert not site(page, run_id).get("audio")
    fake._update(run_id, state=RunState.RUNNING)
    assert len(site(page, run_id).get("audio")) == 1


def test_the_chart_comes_with_the_first_level_and_its_place_is_kept(site: Site, fake: FakeStudio) -> None:
    run_id = made(fake)
    steps = fake.run(run_id).steps
    fake._update(run_id, state=RunState.RUNNING, steps=tuple(fresh(step) for step in steps))
    waiting = site(run=run_id)
    assert not waiting.get("plotly_chart") and f"height: {HEIGHT_PX}px" in markup(waiting)
    assert YET_TO_COME in markup(waiting)
    fake._update(run_id, steps=(*steps[:2], *(fresh(step) for step in steps[2:])))
    drawn = site(run=run_id)
    assert len(drawn.get("plotly_chart")) == 1 and f"height: {HEIGHT_PX}px" not in markup(drawn)
    assert YET_TO_COME not in markup(drawn)


def test_the_chart_of_a_song_that_passed_is_one_press_away_and_that_of_a_failed_one_is_open(
    site: Site, fake: FakeStudio
) -> None:
    passed = site(run=made(fake))
    assert not passed.get("plotly_chart")
    passed.session_state["levels_passed"] = True
    assert len(passed.run().get("plotly_chart")) == 1
    fake.breaks = "separate"
    assert len(site(run=made(fake)).get("plotly_chart")) == 1


def fresh(step: StepRecord) -> StepRecord:
    return StepRecord(stage=step.stage, title=step.title)


def test_the_probe_asks_for_a_short_clip_of_the_same_words(site: Site, fake: FakeStudio) -> None:
    test = site()
    test.text_input(key="prompt").set_value("waltz")
    test.button(key="probe").click().run()
    assert fake.calls[0][1].duration_s == 8


def test_nothing_to_make_a_song_from_is_one_sentence(site: Site, fake: FakeStudio) -> None:
    test = site()
    test.button(key="make").click().run()
    assert "nothing to make a song from" in markup(test)
    assert fake.calls == []


def test_a_prompt_that_is_too_long_is_one_sentence_with_the_figures(site: Site, fake: FakeStudio) -> None:
    test = site()
    test.text_input(key="prompt").set_value("x" * 10_000)
    test.button(key="make").click().run()
    assert "The prompt has 10,000 characters; at most 2,000 are taken." in markup(test)
    assert fake.calls == []


def test_typed_lyrics_alone_are_enough(site: Site, fake: FakeStudio) -> None:
    test = site()
    test.text_area(key="typed_lyrics").set_value("[verse]\nune ligne")
    test.button(key="make").click().run()
    assert fake.calls[0][1].typed_lyrics == "[verse]\nune ligne"


def test_the_address_of_a_song_that_is_gone_says_so_and_offers_a_new_one(site: Site) -> None:
    test = site(run="nosuchsong")
    assert "There is no such song." in markup(test)
    assert test.button(key="make")
    assert "run" not in test.query_params


def test_the_song_stays_when_another_page_is_opened(site: Site, fake: FakeStudio) -> None:
    run = made(fake)
    test = site("", run)
    test.switch_page("pages/mix.py").run()
    assert test.query_params["run"] == run


def test_a_finished_songs_stages_are_one_line_each_until_they_are_opened(
    site: Site, fake: FakeStudio
) -> None:
    test = site("", made(fake))
    assert "gs-meters" not in markup(test)
    test.button(key="unfold_mix").click().run()
    assert markup(test).count("gs-meters") == 1
    test.button(key="unfold_mix").click().run()
    assert "gs-meters" not in markup(test)


def test_every_sound_stage_shows_its_level_and_its_change(site: Site, fake: FakeStudio) -> None:
    test = site("", made(fake))
    for stage in STAGE_NAMES:
        test.button(key=f"unfold_{stage}").click().run()
    html = markup(test)
    assert html.count("gs-meters") >= 4
    assert "(=)" in html
    assert "Built-in band (no AI model)" in html


def test_a_broken_stage_stops_the_rest_with_evidence_cause_and_remedy(site: Site, fake: FakeStudio) -> None:
    fake.breaks = "generate"
    test = site("", made(fake))
    html = markup(test)
    assert "samples are NaN or infinite" in html
    assert "half precision on this graphics card" in html
    assert "Choose float32 precision" in html
    assert html.count(">not run<") == len(STAGE_NAMES) - 2
    assert html.count('gs-ok">ok<') == 1  # lyrics alone
    assert "first failure at Generate" in html


def test_a_failure_can_be_passed_by_and_the_run_says_so(site: Site, fake: FakeStudio) -> None:
    fake.breaks = "generate"
    test = site("", made(fake))
    test.button(key="continue_generate").click().run()
    assert ("continue_anyway", "generate") in fake.calls
    assert "Contains a failed stage" in markup(test)
    assert not [b for b in test.button if b.key == "continue_generate"]


def test_an_engine_that_died_is_explained_and_its_words_are_folded(site: Site, fake: FakeStudio) -> None:
    fake.raises = "separate"
    test = site("", made(fake))
    html = markup(test)
    assert "The engine&#x27;s process ended." in html
    assert "Make a shorter song." in html
    assert "exit status -9" not in html
    assert test.code[0].value == "exit status -9"


def test_a_stage_is_made_again_from_its_panel(site: Site, fake: FakeStudio) -> None:
    test = site("", made(fake))
    test.button(key="unfold_mix").click().run()
    test.button(key="rerun_mix").click().run()
    assert ("rerun", "mix") in fake.calls


def test_a_changed_setting_waits_for_apply_and_then_changes_only_that(site: Site, fake: FakeStudio) -> None:
    run = made(fake)
    test = site("mix", run)
    assert test.button(key="apply").disabled
    next(t for t in test.toggle if t.key.endswith("mono_check")).set_value(True).run()
    assert not any(call[0] == "change" for call in fake.calls)
    test.button(key="apply").click().run()
    assert fake.run(run).settings.mix == MixSettings(mono_check=True)


def test_the_faders_of_a_song_with_stems_are_on_the_mixer_alone(site: Site, fake: FakeStudio) -> None:
    test = site("mix", made(fake))
    assert not any("faders." in widget.key for widget in (*test.toggle, *test.slider))
    assert "The mixer opens as soon as" not in markup(test)


def test_undo_takes_the_controls_back(site: Site, fake: FakeStudio) -> None:
    run = made(fake)
    test = site("mix", run)
    next(t for t in test.toggle if t.key.endswith("mono_check")).set_value(True).run()
    test.button(key="apply").click().run()
    fake.undo(run)
    test.run()
    assert not next(t for t in test.toggle if t.key.endswith("mono_check")).value


def test_settings_without_a_song_are_for_the_next_one(site: Site, fake: FakeStudio) -> None:
    test = site("mix")
    next(t for t in test.toggle if t.key.endswith("mono_check")).set_value(True).run()
    test.switch_page("pages/home.py").run()
    test.text_input(key="prompt").set_value("waltz")
    test.button(key="make").click().run()
    assert fake.calls[0][2].mix.mono_check


def test_an_engine_that_is_not_ready_says_why_and_how_to_add_it(site: Site) -> None:
    html = markup(site("generate"))
    assert "There is no CUDA device." in html
    assert "make models" in html


def test_a_persons_words_are_never_markup(site: Site, fake: FakeStudio) -> None:
    words = '<img src="x"> ![a](http://a.example/x.png)'
    test = site("", made(fake, words))
    assert [t.value for t in test.text if t.value == words]
    assert '<img src="x">' not in markup(test)
    assert not [m for m in test.markdown if "a.example" in m.value]
    library = site("library")
    assert '<img src="x">' not in markup(library)


def test_hosted_mode_lists_only_the_visits_own_songs(site: Site, fake: FakeStudio) -> None:
    made(fake, "somebody else's")
    fake.hosted = True
    assert "somebody else" not in markup(site("library"))


def test_what_a_verb_refuses_is_shown_until_dismissed(site: Site, fake: FakeStudio, monkeypatch) -> None:
    def busy(run_id: str, stage: str) -> None:
        raise BusyError("Two songs wait already.", remedy="Wait for one of them.")

    monkeypatch.setattr(fake, "rerun", busy)
    test = site("mix", made(fake))
    test.button(key="rerun_mix").click().run()
    assert "Two songs wait already." in markup(test)
    test.button(key="dismiss").click().run()
    assert "Two songs wait already." not in markup(test)


def test_a_home_that_cannot_be_written_is_one_sentence_on_every_page(site: Site, monkeypatch) -> None:
    def refused(cls: type[Studio], **_: object) -> Studio:
        raise StorageError("The studio's home /x cannot be written.", remedy="Set GAINSTAGE_HOME.")

    monkeypatch.setattr(Studio, "open", classmethod(refused), raising=False)
    for page in ("", "mix", "library"):
        test = site(page)
        assert not test.exception
        assert markup(test).count('class="gs-problem"') == 1
        assert "Set GAINSTAGE_HOME." in markup(test)


def test_a_bug_of_ours_is_no_traceback(site: Site, fake: FakeStudio, monkeypatch) -> None:
    run = made(fake)
    monkeypatch.setattr(fake, "picture", lambda key: 1 / 0)
    test = site("", run)
    assert not test.exception
    assert "The studio made a mistake while drawing this page." in markup(test)


def test_a_hosted_doctor_shows_no_path_of_the_server(tmp_path):
    def script(home: str) -> None:
        from pathlib import Path

        from core.ui.doctor_view import show_doctor
        from tests.ui.fake_studio import FakeStudio

        show_doctor(FakeStudio(Path(home), hosted=True))

    from streamlit.testing.v1 import AppTest

    at = AppTest.from_function(script, kwargs={"home": str(tmp_path)}, default_timeout=300).run()
    assert not at.exception
    shown = " ".join(element.proto.body for element in at.get("html"))
    assert "the studio&#x27;s home" in shown or "the studio's home" in shown
    assert str(tmp_path) not in shown


def test_the_end_of_a_song_is_heard_compared_and_downloaded_before_the_stages(
    site: Site, fake: FakeStudio
) -> None:
    html = markup(site("", made(fake)))
    assert "gs-levels" in html
    assert html.index("gs-levels") < html.index('class="gs-no"')


@pytest.mark.parametrize(("how", "key"), [("breaks", "end_continue"), ("raises", "end_rerun")])
def test_a_failure_stands_first_with_what_to_do(site: Site, fake: FakeStudio, how: str, key: str) -> None:
    setattr(fake, how, "separate")
    test = site("", made(fake))
    html = markup(test)
    assert html.index("Separate failed") < html.index('class="gs-no"')
    assert "stage 4 of 8" in html
    test.button(key=key).click().run()
    assert fake.calls[-1][0] in ("continue_anyway", "rerun") and fake.calls[-1][1] == "separate"


def test_a_cancelled_song_goes_on_from_where_it_stopped(site: Site, fake: FakeStudio) -> None:
    run = made(fake)
    steps = fake.run(run).steps
    fake._update(run, state=RunState.CANCELLED, steps=(*steps[:3], *(fresh(step) for step in steps[3:])))
    site("", run).button(key="end_go_on").click().run()
    assert fake.calls[-1] == ("rerun", "separate")


def test_while_a_song_is_made_only_what_does_something_can_be_pressed(site: Site, fake: FakeStudio) -> None:
    run = made(fake)
    fake._update(run, state=RunState.RUNNING)
    test = site("", run)
    assert not [b for b in test.button if b.disabled]
    test.button(key="cancel").click().run()
    assert test.button(key="cancel").disabled and test.button(key="cancel").label == "Cancelling"

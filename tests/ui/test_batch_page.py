"""The page of batches: a grid and a list begin one, its table says what became of each song."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.batch import launch
from core.batch.outcomes import Outcome, note
from core.ui import operator_view


def page_of():
    """Draw the page."""
    from core.ui import batch_view

    batch_view.batch_page()


@pytest.fixture
def drawn(open_studio, monkeypatch):
    """Return a function that draws the page of a studio; no process is started."""
    monkeypatch.setattr(launch, "go_on", lambda *_: None)

    def draw(*, hosted=False):
        studio = open_studio(hosted=hosted)
        monkeypatch.setattr("core.ui.session.studio", lambda: studio)
        return AppTest.from_function(page_of, default_timeout=60).run(), studio

    return draw


def test_a_grid_is_every_prompt_with_every_seed_and_setting(drawn):
    test, studio = drawn()
    test.text_area(key="batch_prompts").set_value("piano\n\nrock, fast")
    test.number_input(key="batch_seconds").set_value(8.0)
    test.number_input(key="batch_seeds").set_value(2)
    test.text_area(key="batch_settings").set_value("master.target_lufs = -14, -16")
    test.button(key="batch_start").click().run()
    assert not test.exception and not test.error
    (name,) = launch.names(studio.home)
    jobs = launch.read(studio.home, name).jobs
    assert len(jobs) == 8
    assert {"--prompt=rock, fast", "--seed=2", "--seconds=8.0", "--set=master.target_lufs=-16"} <= set(
        jobs[-1].arguments
    )


def test_the_table_says_verdict_and_levels_of_what_has_ended_and_the_rest_can_be_gone_on_with(drawn):
    test, studio = drawn()
    name = launch.begin(studio.home, "x", '{"prompt":"a","seed":[1,2,3]}', ".jsonl", 1)
    batch = launch.read(studio.home, name)
    reading = {"integrated_lufs": -14.04, "true_peak_dbtp": -1.0}
    found = {"verdict": "warn", "stages": [{"measurements": {"master": reading}}]}
    note(batch.folder, Outcome(batch.jobs[0], 0, found))
    note(batch.folder, Outcome(batch.jobs[1], 4, {"error": {"message": "It broke.", "remedy": "Mend it."}}))
    test.run()
    assert not test.exception
    table = test.dataframe[0].value
    assert list(table["verdict"]) == ["warn", "error"]
    assert table["integrated_lufs"][0] == -14.04
    assert list(table["error"]) == ["", "It broke. Mend it."]
    assert "batch_go_on" in [button.key for button in test.button]


def test_what_is_no_grid_is_a_sentence(drawn):
    test, studio = drawn()
    test.button(key="batch_start").click().run()
    assert not test.exception and not launch.names(studio.home)
    test.text_area(key="batch_prompts").set_value("piano")
    test.text_area(key="batch_settings").set_value("loud")
    test.button(key="batch_start").click().run()
    assert not test.exception and not launch.names(studio.home)


def test_a_hosted_studio_shows_batches_to_its_operator_alone(drawn, monkeypatch):
    monkeypatch.setenv(operator_view.VARIABLE, "open sesame")
    test, _ = drawn(hosted=True)
    assert not test.button and "operator" in test.info[0].value
    test.session_state[operator_view._OPEN] = True
    test.run()
    assert test.button(key="batch_start")

"""The Fault Lab and the incident on Home, against real drills of a short song."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from core.drill.round import DrillSession
from core.faults import FAULTS
from core.ui import fault_lab
from tests.ui.conftest import markup
from tests.ui.fake_studio import FakeStudio

Site = Callable[..., AppTest]


@pytest.fixture(scope="module")
def opened_session() -> Iterator[DrillSession]:
    """One drill for all tests here: its song is made once."""
    session = DrillSession()
    yield session
    session.close()


@pytest.fixture(autouse=True)
def same_session(opened_session: DrillSession, fake: FakeStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fault_lab, "drill_session", lambda: opened_session)


def test_the_incident_is_one_press_away_on_home(site: Site) -> None:
    test = site()
    test.button(key="hear_incident").click().run(timeout=600)
    assert not test.exception
    shown = markup(test)
    for title in ("The good song", "Silent version", "Over-compressed version", "NaN version"):
        assert title in shown
    assert "every sample is zero" in shown
    assert "1,058,410 samples are not numbers" in shown
    assert "a saturator or a clipper stands in the limiter" in shown


def test_every_fault_can_be_chosen_and_says_what_happened(site: Site) -> None:
    test = site("fault_lab")
    assert test.selectbox(key="lab_fault").options == [one.title for one in FAULTS]
    test.selectbox(key="lab_fault").set_value("gap").run()
    assert "A chunk failed and zeros took its place." in markup(test)


def test_a_fault_is_shown_beside_the_good_sound_with_its_finding(site: Site) -> None:
    test = site("fault_lab")
    test.selectbox(key="lab_fault").set_value("gap").run()
    test.selectbox(key="lab_stage_gap").set_value("mix").run()
    test.button(key="lab_go").click().run(timeout=600)
    assert not test.exception
    assert "As Mix made it" in markup(test)
    assert "The sound stops dead for" in markup(test)


def test_an_engine_that_is_killed_is_shown_as_its_error(site: Site) -> None:
    test = site("fault_lab")
    test.selectbox(key="lab_fault").set_value("killed").run()
    test.button(key="lab_go").click().run(timeout=600)
    assert "ended in the middle of its work" in markup(test)


def test_what_nothing_shows_is_said_before_it_is_tried(site: Site) -> None:
    test = site("fault_lab")
    test.selectbox(key="lab_fault").set_value("mono_collapse").run()
    assert "Not detectable here" in markup(test)

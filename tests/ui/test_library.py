"""The library a page at a time, and runs that cannot be opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from core.contract import Severity
from core.runs.record import RunState, RunSummary
from core.ui import compare_songs
from core.ui.library import PAGE
from tests.ui.conftest import markup
from tests.ui.fake_studio import FakeStudio
from tests.ui.test_pages import made

Site = Callable[..., AppTest]


def summary(number: int, *, readable: bool = True) -> RunSummary:
    return RunSummary(
        id=f"run{number}",
        owner="me",
        created=datetime(2026, 1, 1, tzinfo=UTC),
        title=f"Song {number}" if readable else "",
        state=RunState.DONE,
        verdict=Severity.OK,
        blame=None,
        readable=readable,
    )


@pytest.fixture
def asked(fake: FakeStudio, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The pages that were asked for, of three pages of songs; the newest of them cannot be read."""
    everything = tuple(summary(number, readable=number > 0) for number in range(2 * PAGE + 5))
    pages = []

    def runs(owner: str, *, most: int = -1, after: int = 0) -> tuple[RunSummary, ...]:
        pages.append((most, after))
        return everything[after:] if most < 0 else everything[after : after + most]

    monkeypatch.setattr(fake, "runs", runs)
    monkeypatch.setattr(fake, "count_runs", lambda owner: len(everything))
    return pages


def test_a_page_of_songs_is_asked_for_at_a_time(site: Site, asked: list[tuple[int, int]]) -> None:
    test = site("library")
    assert asked == [(PAGE, 0)]
    assert f"Song {PAGE - 1}" in markup(test) and f"Song {PAGE}<" not in markup(test)
    assert test.button(key="library_newer").disabled
    test.button(key="library_older").click().run()
    test.button(key="library_older").click().run()
    assert asked[-1] == (PAGE, 2 * PAGE)
    assert f"Songs {2 * PAGE + 1} to {2 * PAGE + 5} of {2 * PAGE + 5}" in markup(test)
    assert test.button(key="library_older").disabled
    test.button(key="library_newer").click().run()
    assert asked[-1] == (PAGE, PAGE)


def test_a_page_that_has_gone_is_the_last_one(site: Site, fake: FakeStudio, monkeypatch) -> None:
    test = site("library")
    test.session_state["library_first"] = 10 * PAGE
    made(fake)
    test.run()
    assert "slow blues" in markup(test)
    assert not [button for button in test.button if button.key == "library_older"]


def test_a_song_of_another_version_is_told_and_can_only_be_deleted(
    site: Site, asked: list[tuple[int, int]]
) -> None:
    test = site("library")
    assert "A song of another version" in markup(test)
    keys = {button.key for button in test.button}
    assert "delete_run0" in keys and "open_run0" not in keys
    assert "open_run1" in keys


def test_compare_lists_a_bounded_number_of_readable_songs(
    site: Site, fake: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [made(fake, f"song {number}") for number in range(3)]
    everything = [*fake.runs("x"), summary(0, readable=False)]
    pages = []

    def listed(owner: str, *, most: int = -1, after: int = 0) -> tuple[RunSummary, ...]:
        pages.append(most)
        return tuple(everything[:most])

    monkeypatch.setattr(fake, "runs", listed)
    monkeypatch.setattr(fake, "count_runs", lambda owner: len(everything))
    monkeypatch.setattr(compare_songs, "MOST_SONGS", 2)
    test = site("compare")
    assert pages == [2] and len(test.selectbox(key="compare_a").options) == 2
    test.button(key="compare_older").click().run()
    assert pages == [2, 4] and len(test.selectbox(key="compare_a").options) == len(runs)
    assert not [button for button in test.button if button.key == "compare_older"]

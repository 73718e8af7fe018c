"""The library a page at a time, and runs that cannot be opened."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from core.bundle.song_zip import file_name
from core.contract import Severity
from core.runs.record import RunState, RunSummary
from core.ui import compare_songs
from core.ui.labels import put_label
from core.ui.library import PAGE
from core.ui.library_several import masters_zip
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


def test_songs_are_found_by_words_of_their_title_and_tags_in_any_order(site: Site, fake: FakeStudio) -> None:
    runs = {name: made(fake, name) for name in ("slow blues", "fast polka", "slow waltz")}
    put_label(fake.home, runs["fast polka"], "Ännchen", "Slow start")
    test = site("library")
    test.text_input(key="library_search").set_value("SLOW").run()
    assert all(text in markup(test) for text in ("slow blues", "slow waltz", "Ännchen", "slow start"))
    test.text_input(key="library_search").set_value("slow wal").run()
    assert "slow waltz" in markup(test) and "slow blues" not in markup(test)
    test.text_input(key="library_search").set_value("").run()
    test.selectbox(key="library_order").set_value("by title").run()
    html = markup(test)
    assert html.index("slow blues") < html.index("slow waltz") < html.index("Ännchen")
    test.text_input(key="library_search").set_value("tuba").run()
    assert "No song is called so" in markup(test)


def test_a_song_is_named_and_duplicated(site: Site, fake: FakeStudio) -> None:
    run = made(fake)
    test = site("library")
    test.text_input(key=f"title_{run}").set_value("<b>Mine</b>").run()
    test.text_input(key=f"tags_{run}").set_value("demo").run()
    test.button(key=f"label_{run}").click().run()
    assert "&lt;b&gt;Mine&lt;/b&gt;" in markup(test) and ">demo<" in markup(test)
    test.button(key=f"copy_{run}").click().run()
    assert len(fake.runs("x")) == 2
    copy = fake.run(fake.runs("x")[0].id)
    assert (copy.request, copy.settings) == (fake.run(run).request, fake.run(run).settings)
    assert "Mine&lt;/b&gt; (copy)" in markup(test)


def test_several_songs_are_exported_into_folders_of_their_own_and_deleted_together(
    site: Site, fake: FakeStudio
) -> None:
    runs = [made(fake, "waltz"), made(fake, "waltz"), made(fake, "polka")]
    test = site("library")
    assert not [b for b in test.button if b.key == "picked_delete"]
    for run in runs[:2]:
        test.checkbox(key=f"pick_{run}").check().run()
    assert "2 songs selected" in markup(test)
    packed = masters_zip(fake, [one for one in fake.runs("x") if one.id in runs[:2]], {})  # type: ignore[arg-type]
    assert sorted(zipfile.ZipFile(packed).namelist()) == ["waltz 2/master.wav", "waltz/master.wav"]
    test.button(key="picked_delete").click().run()
    assert [t.value for t in test.text if t.value.startswith("Deleted 2 songs.")]
    test.button(key="trash_empty").click().run()
    assert {call[1] for call in fake.calls if call[0] == "delete"} == set(runs[:2])
    assert [one.id for one in fake.runs("x")] == [runs[2]]


def test_a_deleted_song_is_gone_from_the_lists_and_comes_back_with_undo(site: Site, fake: FakeStudio) -> None:
    run, other = made(fake, "waltz"), made(fake, "polka")
    test = site("library", run)
    test.button(key=f"delete_{run}").click().run()
    assert "run" not in test.query_params
    assert "waltz" not in markup(test) and "polka" in markup(test)
    assert [t.value for t in test.text if "“waltz”" in t.value]
    assert "waltz" not in str(site("compare").selectbox(key="compare_a").options)
    test.button(key="trash_undo").click().run()
    assert "waltz" in markup(test)
    assert not any(call[0] == "delete" for call in fake.calls)
    assert {one.id for one in fake.runs("x")} == {run, other}


def test_a_song_renamed_here_is_drawn_anew_in_the_tabs_that_show_it(
    site: Site, fake: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str | None] = []
    monkeypatch.setattr("core.ui.library.draw_other_tabs", drawn.append)
    run = made(fake)
    test = site("library")  # No song is open in this tab.
    test.text_input(key=f"title_{run}").set_value("Mine").run()
    test.button(key=f"label_{run}").click().run()
    assert drawn == [run] and "Mine" in markup(test)


def test_play_gives_the_song_to_the_bar(site: Site, fake: FakeStudio) -> None:
    run = made(fake)
    test = site("library")
    test.button(key=f"play_{run}").click().run()
    bars = [one.proto for one in test.get("bidi_component") if one.proto.component_name.endswith("song_bar")]
    (sent,) = [json.loads(json.loads(bar.json)["json"]) for bar in bars]
    assert sent["id"] == run and sent["autoplay"]
    assert sent["files"]["master"] == f"{file_name(sent['title'])}.wav"
    assert [stage["kind"] for stage in sent["stages"]] == [s.verdict.value for s in fake.run(run).steps]


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


def test_what_the_first_song_takes_is_told_at_once(site: Site, fake: FakeStudio) -> None:
    assert "on the disk" not in markup(site("library"))
    (fake.home / "artifacts").mkdir(exist_ok=True)
    (fake.home / "artifacts" / "sound").write_bytes(bytes(2_000_000))
    assert "take 2 MB on the disk" in markup(site("library"))

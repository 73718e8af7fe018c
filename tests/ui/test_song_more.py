"""What the song bar does besides playing: verbs as the run stands, and files named after the song."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.runs.pipeline import RunSettings
from core.runs.record import RunRecord, RunState
from core.studio import Studio
from core.ui import session, song_more
from core.ui.labels import rename, title_of
from tests.ui.conftest import begin_anew
from tests.ui.fake_studio import FakeStudio
from tests.ui.test_pages import made


@pytest.fixture
def studio(fake: FakeStudio, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setattr(session, "owner", lambda: "me")
    return cast(Studio, fake)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs that were opened; "" for none."""
    runs: list[str] = []
    monkeypatch.setattr(session, "hold", runs.append)
    monkeypatch.setattr(session, "let_go", lambda: runs.append(""))
    return runs


def possible(run: RunRecord) -> set[str]:
    return {verb for verb, can in song_more.verbs_of(run).items() if can}


def test_what_cannot_be_done_is_not_offered(studio: Studio) -> None:
    run_id = made(cast(FakeStudio, studio))
    assert possible(studio.run(run_id)) == {"copy", "new"}
    louder = RunSettings().with_values({"master.target_lufs": "-12"})
    studio.change(run_id, louder)
    assert possible(studio.run(run_id)) == {"undo", "copy", "new"}
    song_more.do(studio, run_id, "undo")
    assert studio.run(run_id).settings == RunSettings()
    assert possible(studio.run(run_id)) == {"redo", "copy", "new"}
    song_more.do(studio, run_id, "redo")
    assert studio.run(run_id).settings == louder
    at_work = studio.run(run_id).model_copy(update={"state": RunState.RUNNING})
    assert possible(at_work) == {"new"} and song_more.files_of(studio, at_work) == {}


def test_a_duplicate_is_opened_and_a_new_song_lets_go(studio: Studio, held: list[str]) -> None:
    run_id = made(cast(FakeStudio, studio))
    rename(studio.home, run_id, "Mine")
    song_more.do(studio, run_id, "copy")
    song_more.do(studio, run_id, "new")
    song_more.do(studio, run_id, "no verb of ours")
    copy, nothing = held
    assert nothing == "" and copy != run_id
    assert title_of(studio.home, studio.run(copy)) == "Mine (copy)"
    assert studio.run(copy).request == studio.run(run_id).request


@pytest.fixture
def take(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], object]:
    """Ask for a file of a song called Mine; returns what its address would bring."""
    served: list[object] = []

    def file_url(content: object, name: str, identity: str) -> str:
        served.append(content)
        return "address"

    monkeypatch.setattr(song_more, "file_url", file_url)
    run_id = made(cast(FakeStudio, studio))
    rename(studio.home, run_id, "Mine")

    def taken(what: str) -> object:
        st.session_state[song_more.TAKE] = run_id, what
        run = studio.run(run_id)
        one = song_more.taken(studio, run)
        assert one == {"name": song_more.files_of(studio, run)[what], "url": "address"}
        assert song_more.taken(studio, run) is None  # for one drawing
        return served.pop()

    return taken


def test_downloads_are_the_master_itself_a_zip_of_all_and_the_report(
    take: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.bundle.write.bundle_bytes", lambda studio, run: run.id.encode())
    assert take(song_more.REPORT) not in (None, b"")
    master = take(song_more.MASTER)
    assert isinstance(master, Path)
    packed = take(song_more.ALL)
    assert isinstance(packed, bytes)
    zipped = zipfile.ZipFile(io.BytesIO(packed))
    assert master.read_bytes() in [zipped.read(name) for name in zipped.namelist() if "master" in name]


def test_a_new_song_begins_on_home_from_any_page(site: Callable[..., AppTest], fake: FakeStudio) -> None:
    test = site("mix", made(fake))
    begin_anew(test)
    assert not test.exception
    assert "make" in {button.key for button in test.button}

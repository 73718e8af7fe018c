"""Pages are drawn against a fake studio, opened as the real one would be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from core.studio import Studio
from core.ui import media, session, song_bar, trash
from tests.ui.fake_studio import FakeStudio

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session", autouse=True)
def one_scan() -> Iterator[None]:
    """Streamlit reads the metadata of every installed package for each AppTest; once is enough."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests)
        )
        yield


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStudio]:
    """The studio that pages find; made at once, without pace."""
    st.cache_resource.clear()
    st.cache_data.clear()
    studio = FakeStudio(tmp_path)
    # No thread goes on after the test.
    monkeypatch.setattr(trash, "later", lambda *_: None)
    monkeypatch.setattr(media, "_encode", lambda *_: None)
    monkeypatch.setattr(Studio, "open", classmethod(lambda cls, **_: studio), raising=False)
    yield studio
    st.cache_resource.clear()


@pytest.fixture
def site(fake: FakeStudio) -> Callable[..., AppTest]:
    """Open the site at a page, with a run in the address when one is given."""

    def opened(page: str = "", run: str = "") -> AppTest:
        test = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=300)
        if run:
            test.query_params["run"] = run
        if page:
            test.switch_page(f"pages/{page}.py")
        return test.run()

    return opened


def markup(test: AppTest) -> str:
    """Return all the HTML of a page, without its style sheet."""
    bodies = [str(block.proto.body) for block in test.get("html")]
    return "\n".join(body for body in bodies if not body.startswith("<style>"))


def begin_anew(test: AppTest) -> None:
    """Do what a press of New song in the song bar does; AppTest presses no component."""
    test.session_state[song_bar.GO] = song_bar.HOME
    test.session_state[session.RUN] = None
    del test.query_params[session.RUN]
    test.run()

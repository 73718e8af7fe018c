"""The page of the models: what is missing by name, a download with progress, and what a visitor sees."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.engines.registry import CARDS
from core.models.background import Downloads
from tests.models.conftest import TINY, noise
from tests.models.fake_hub import FakeHub, Server
from tests.ui.conftest import markup
from tests.ui.fake_studio import FakeStudio

Site = Callable[..., AppTest]
CARD = replace(CARDS[0], name="tiny", title="Tiny models", weights=(TINY,), helpers=())


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    hub = FakeHub({"config.json": b"{}", "tokenizer.json": b"{}", "model.safetensors": noise(2_000_000)})
    server = Server(hub)
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("GAINSTAGE_MODELS", str(tmp_path / "models"))
    for name in ("HF_HUB_OFFLINE", "GAINSTAGE_OFFLINE", "HF_TOKEN", "GAINSTAGE_HOSTED_DOWNLOADS"):
        monkeypatch.delenv(name, raising=False)
    yield hub
    if hub.wait:
        hub.wait.set()
    server.close()


@pytest.fixture
def tiny(fake: FakeStudio, hub: FakeHub) -> Iterator[Downloads]:
    """The studio's downloads, with one small model."""
    fake.downloads = Downloads(cards=(CARD,))
    yield fake.downloads
    fake.downloads.close()


def button(test: AppTest, key: str) -> bool:
    return any(each.key == key for each in test.button)


def test_every_model_of_every_engine_stands_there_with_size_and_licence(site: Site, hub: FakeHub) -> None:
    test = site("models")
    assert not test.exception
    html = markup(test)
    assert "gs-problem" not in html
    for card in CARDS:
        for weights in card.weights:
            assert weights.name in html and weights.repository in html
            assert button(test, f"get_{weights.name}")
    assert "13.00 GB" in html and "not for commercial use" in html


def test_an_engine_without_a_model_here_is_one_line_to_open(
    site: Site, tiny: Downloads, tmp_path: Path
) -> None:
    def lines() -> list[str]:
        return [one.label for one in site("models").expander if "not here" in one.label]

    assert len(lines()) == 1 and lines()[0].startswith("1 model, not here (")
    (tmp_path / "models" / TINY.name).mkdir(parents=True)
    (tmp_path / "models" / TINY.name / "config.json").write_text("{}")
    assert lines() == []


def test_missing_files_are_named_one_by_one(site: Site, tiny: Downloads, tmp_path: Path) -> None:
    folder = tmp_path / "models" / TINY.name
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    html = markup(site("models"))
    assert "<li>tokenizer.json or spiece.model</li>" in html
    assert "<li>model.safetensors or model.safetensors.index.json</li>" in html
    assert "<li>config.json</li>" not in html
    assert ">incomplete<" in html and str(folder) in html


def test_a_press_downloads_and_the_page_shows_where_it_lies(
    site: Site, tiny: Downloads, tmp_path: Path
) -> None:
    test = site("models")
    test.button(key=f"get_{TINY.name}").click().run()
    job = tiny.job(TINY.name)
    assert job is not None and job.wait(120) and job.error is None
    html = markup(test.run())
    assert ">here<" in html and str(tmp_path / "models" / TINY.name) in html
    assert not button(test, f"get_{TINY.name}")


def test_progress_is_still_there_after_a_reload_and_can_be_cancelled_and_gone_on_with(
    site: Site, tiny: Downloads, hub: FakeHub
) -> None:
    hub.wait, hub.wait_after = threading.Event(), 1_200_000
    tiny.start(TINY.name, "a session that is gone")
    job = tiny.job(TINY.name)
    assert job is not None
    while job.live and "1.2 MB" not in job.message:
        job.wait(0.01)
    test = site("models")
    assert "model.safetensors (3 of 3): 1.2 MB of 2.0 MB" in markup(test)
    assert 'aria-valuenow="60"' in markup(test)
    test.button(key=f"cancel_{TINY.name}").click().run()
    hub.wait.set()
    assert job.wait(120)
    test.run()
    assert "Cancelled. The next download resumes from here" in markup(test)
    assert test.button(key=f"get_{TINY.name}").label.startswith("Go on from ")


def test_what_the_hub_refuses_is_shown_with_its_remedy(site: Site, tiny: Downloads, hub: FakeHub) -> None:
    hub.refuse = {"listing": (401, "GatedRepo")}
    test = site("models")
    test.button(key=f"get_{TINY.name}").click().run()
    job = tiny.job(TINY.name)
    assert job is not None and job.wait(120)
    html = markup(test.run())
    assert "gs-problem" in html and "HF_TOKEN" in html
    assert button(test, f"get_{TINY.name}")


def test_a_visitor_sees_what_is_missing_but_no_path_and_no_button(
    site: Site, fake: FakeStudio, hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.hosted, fake.downloads = True, Downloads(hosted=True, cards=(CARD,))
    folder = tmp_path / "models" / TINY.name
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    test = site("models")
    html = markup(test)
    assert "Only the administrator can download models" in html and "tokenizer.json or spiece.model" in html
    assert str(tmp_path) not in html
    assert not button(test, f"get_{TINY.name}")
    monkeypatch.setenv("GAINSTAGE_HOSTED_DOWNLOADS", "1")
    test.run()
    assert button(test, f"get_{TINY.name}") and str(tmp_path) not in markup(test)


def test_offline_the_page_says_how_to_bring_the_files(
    site: Site, tiny: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    test = site("models")
    assert "HF_HUB_OFFLINE is set: nothing is downloaded" in markup(test)
    assert test.button(key=f"get_{TINY.name}").disabled

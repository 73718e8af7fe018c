"""What the master's page tells of its own work."""

from __future__ import annotations

import re
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.pipeline import RunSettings
from core.song import SongRequest
from tests.ui.conftest import markup
from tests.ui.fake_studio import FakeStudio

Site = Callable[..., AppTest]


def song(fake: FakeStudio) -> str:
    return fake.start(SongRequest(prompt="slow blues", duration_s=4), RunSettings(), "somebody")


def test_the_histogram_shows_the_share_of_the_song_for_each_decibel(site: Site, fake: FakeStudio) -> None:
    page = markup(site("master", song(fake)))
    assert "Share of the song by gain reduction (dB)" in page
    histogram = re.search(r'<div class="gs-histogram".*?</div></div>', page, re.DOTALL).group()
    shown = re.findall(r"<b>(.*?)</b>.*?<span>(.*?)</span>", histogram)
    assert shown == [
        ("70 %", "none"),
        ("", "0.1–1"),
        ("10 %", "1–2"),
        ("10 %", "2–3"),
        ("10 %", "3–4"),
        ("", "4–5"),
        ("", "5–6"),
    ]
    assert 'title="8.4 s"' in histogram
    assert 'aria-label="Gain reduction: none 70 %, 0.1–1 dB 0 %' in histogram


def test_a_master_of_an_earlier_run_has_no_histogram_and_is_shown(site: Site, fake: FakeStudio, monkeypatch):
    earlier = {
        k: v for k, v in fake.run(song(fake)).step("master").figures.items() if k != "reduction_histogram"
    }
    monkeypatch.setattr("tests.ui.fake_studio.MASTERING", earlier)
    page = markup(site("master", song(fake)))
    assert "gs-histogram" not in page
    assert "gs-problem" not in page
    assert "dB of gain" in page

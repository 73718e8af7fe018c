"""What the master's page tells of its own work."""

from __future__ import annotations

import re
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.audio import write
from core.pipeline import RunSettings
from core.song import SongRequest
from tests.sounds import band
from tests.ui.conftest import markup
from tests.ui.fake_studio import FakeStudio

Site = Callable[..., AppTest]


def song(fake: FakeStudio) -> str:
    return fake.start(SongRequest(prompt="slow blues", duration_s=4), RunSettings(), "somebody")


def upload(test: AppTest):
    """The control that takes a reference."""
    (one,) = [each for each in test.file_uploader if each.label == "A reference track"]
    return one


def button(test: AppTest, label: str):
    """The button with this label."""
    (one,) = [each for each in test.button if each.label == label]
    return one


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


def test_a_reference_is_brought_named_applied_and_taken_away(site: Site, fake: FakeStudio, tmp_path):
    run = song(fake)
    write(tmp_path / "Hit *1*.wav", band())
    test = site("master", run)
    upload(test).set_value(("Hit *1*.wav", (tmp_path / "Hit *1*.wav").read_bytes(), "audio/wav")).run()
    button(test, "Use as reference").click().run()
    assert not test.exception
    assert "Reference: Hit *1*.wav" in [text.value for text in test.text]
    button(test, "Apply and re-run from here").click().run()
    master = fake.run(run).settings.master
    assert master.reference.name == "Hit *1*.wav"
    assert fake.audio(master.reference.key).frames == band().frames
    button(test, "Take it away").click().run()
    button(test, "Apply and re-run from here").click().run()
    assert fake.run(run).settings.master.reference is None


def test_a_file_that_is_no_sound_is_one_sentence_and_no_reference(site: Site, fake: FakeStudio) -> None:
    test = site("master", song(fake))
    upload(test).set_value(("words.wav", b"these are no samples", "audio/wav")).run()
    button(test, "Use as reference").click().run()
    assert not test.exception
    assert markup(test).count('class="gs-problem"') == 1
    assert button(test, "Apply and re-run from here").disabled


def test_a_reference_for_the_next_song_is_kept_in_the_draft(site: Site, fake: FakeStudio, tmp_path) -> None:
    write(tmp_path / "hit.wav", band())
    test = site("master")
    upload(test).set_value(("hit.wav", (tmp_path / "hit.wav").read_bytes(), "audio/wav")).run()
    button(test, "Use as reference").click().run()
    assert test.session_state["draft_settings"].master.reference.name == "hit.wav"


def test_what_matchering_found_is_told_by_octaves(site: Site, fake: FakeStudio, monkeypatch) -> None:
    hz = [62.5, 125.0, 1000.0, 16000.0]
    match = {"hz": hz, "mid_db": [3.0, 2.0, 0.0, -1.5], "side_db": [12.0, 2.0, 0.0, 0.5]}
    told = fake.run(song(fake)).step("master").figures | {"match": match, "reference_name": "<b>Hit</b>"}
    monkeypatch.setattr("tests.ui.fake_studio.MASTERING", told)
    page = markup(site("master", song(fake)))
    assert "&lt;b&gt;Hit&lt;/b&gt;" in page
    table = re.search(r"<table.*?Middle.*?</table>", page, re.DOTALL).group()
    assert re.findall(r"<th>(\d[^<]*)</th>", table) == ["62 Hz", "125 Hz", "1 kHz", "16 kHz"]
    assert re.findall(r"<td>(.*?)</td>", table)[:5] == ["+3.0", "+2.0", "0.0", "−1.5", "+12.0"]

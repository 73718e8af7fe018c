"""What the master's page tells of its own work."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
import soundfile
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.audio import write
from core.measure import measure
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.stages.master import reference_target_lufs
from core.stages.reference import Take
from core.ui.master_view import MOST_BARS, _few
from core.ui.words import number
from tests.sounds import band
from tests.ui.conftest import markup
from tests.ui.fake_studio import FakeStudio

Site = Callable[..., AppTest]


def song(fake: FakeStudio) -> str:
    return fake.start(SongRequest(prompt="slow blues", duration_s=4), RunSettings(), "somebody")


def upload(test: AppTest):
    """The control that takes a reference."""
    (one,) = [each for each in test.file_uploader if each.label == "Reference track"]
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
    assert not test.exception
    assert "Reference: Hit *1*.wav" in [text.value for text in test.text]
    button(test, "Apply and re-run from here").click().run()
    master = fake.run(run).settings.master
    assert master.reference.name == "Hit *1*.wav"
    assert fake.audio(master.reference.key).frames == band().frames
    button(test, "Remove").click().run()
    button(test, "Apply and re-run from here").click().run()
    assert fake.run(run).settings.master.reference is None


def test_a_file_that_is_no_sound_is_one_sentence_and_no_reference(site: Site, fake: FakeStudio) -> None:
    test = site("master", song(fake))
    upload(test).set_value(("words.wav", b"these are no samples", "audio/wav")).run()
    assert not test.exception
    assert markup(test).count('class="gs-problem"') == 1
    assert button(test, "Apply and re-run from here").disabled


def test_a_reference_for_the_next_song_is_kept_in_the_draft(site: Site, fake: FakeStudio, tmp_path) -> None:
    write(tmp_path / "hit.wav", band())
    test = site("master")
    upload(test).set_value(("hit.wav", (tmp_path / "hit.wav").read_bytes(), "audio/wav")).run()
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


def uploaded(site: Site, fake: FakeStudio, name: str, samples: np.ndarray, run: str = "") -> AppTest:
    """The master's page after a reference was uploaded."""
    test = site("master", run or song(fake))
    out = BytesIO()
    soundfile.write(out, samples, 44_100, subtype="FLOAT", format="WAV")
    upload(test).set_value((name, out.getvalue(), "audio/wav")).run()
    assert not test.exception
    return test


def test_an_upload_is_the_reference_at_once_and_says_which_target_it_sets(
    site: Site, fake: FakeStudio
) -> None:
    run = song(fake)
    samples = band().samples
    lufs = reference_target_lufs(measure(band()).integrated_lufs)
    test = uploaded(site, fake, "ref.wav", samples, run)
    assert f"Target {number(lufs)} LUFS, set by ref.wav" in markup(test)
    assert "Your own target, −14.0 LUFS, applies again" in markup(test)
    button(test, "Apply and re-run from here").click().run()
    chosen = fake.run(run).settings.master
    assert chosen.reference.name == "ref.wav"
    assert chosen.target_lufs == -14.0
    button(test, "Remove").click().run()
    button(test, "Apply and re-run from here").click().run()
    assert fake.run(run).settings.master == RunSettings().master
    assert "set by ref.wav" not in markup(test)


def test_a_reference_for_its_tone_alone_sets_no_target(site: Site, fake: FakeStudio) -> None:
    test = uploaded(site, fake, "ref.wav", band().samples)
    next(one for one in test.get("button_group") if one.key.endswith(".take")).set_value(Take.TONE).run()
    assert "set by ref.wav" not in markup(test)


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (np.zeros((88_200, 2)), "is silent, or nearly"),
        (np.full((88_200, 2), np.nan), "samples that are NaN or infinite"),
        (band().samples[:4000], "lasts 0.09 s"),
    ],
    ids=["silent", "NaN", "too short"],
)
def test_a_reference_that_cannot_be_used_is_refused_by_name_with_a_remedy(
    site: Site, fake: FakeStudio, samples: np.ndarray, said: str
) -> None:
    test = uploaded(site, fake, "__my *ref*.wav", samples)
    html = markup(test)
    assert "The reference __my *ref*.wav" in html and said in html and "What to do" in html
    assert button(test, "Apply and re-run from here").disabled
    assert "set by" not in html


def test_what_is_wrong_with_a_usable_reference_is_shown(site: Site, fake: FakeStudio) -> None:
    test = uploaded(site, fake, "loud.wav", np.clip(8 * band().samples, -1, 1))
    html = markup(test)
    assert "set by loud.wav" in html
    assert re.search(r"gs-finding gs-(warn|fail)", html)


def test_a_reference_that_is_gone_is_said_and_can_be_removed(site: Site, fake: FakeStudio) -> None:
    run = song(fake)
    test = uploaded(site, fake, "ref.wav", band().samples, run)
    button(test, "Apply and re-run from here").click().run()
    key = fake.run(run).settings.master.reference.key
    del fake._sounds[key]
    st.cache_data.clear()
    again = site("master", run)
    assert not again.exception
    button(again, "Remove").click().run()
    button(again, "Apply and re-run from here").click().run()
    assert fake.run(run).settings.master.reference is None


def test_a_masters_target_says_who_set_it(site: Site, fake: FakeStudio, monkeypatch) -> None:
    told = fake.run(song(fake)).step("master").figures | {"target_set_by": "<b>Hit</b>.wav"}
    monkeypatch.setattr("tests.ui.fake_studio.MASTERING", told)
    assert "Target −14.0 LUFS, set by &lt;b&gt;Hit&lt;/b&gt;.wav; reached" in markup(
        site("master", song(fake))
    )


def test_a_histogram_of_many_decibels_has_few_bars_and_the_tallest_is_one_of_them() -> None:
    edges = [0.0, 0.1, *(float(n) for n in range(1, 26))]
    seconds = [1.0, *([0.1] * 24), 60.0]
    bars, shares = _few(edges, seconds)
    assert len(shares) <= MOST_BARS + 1 and len(bars) == len(shares) + 1
    assert bars[:2] == [0.0, 0.1] and bars[-1] == 25.0
    assert sum(shares) == pytest.approx(sum(seconds)) and shares[-1] == max(shares)

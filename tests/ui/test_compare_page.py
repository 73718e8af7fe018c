"""The Compare page, without a browser."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
import soundfile
from streamlit.testing.v1 import AppTest

from core.blame.chain import Blame, Chain, Link
from core.runs.pipeline import STAGE_NAMES, RunSettings
from core.song import SongRequest
from core.ui.ab import matched_gains_db
from core.ui.chain_view import _where
from core.ui.compare_files import in_order
from core.ui.compare_songs import distinct_titles
from core.ui.keys import hashed
from core.ui.order import in_order_of
from tests.ui.conftest import markup
from tests.ui.fake_studio import FakeStudio

Site = Callable[..., AppTest]
RATE = 44_100


def made(fake: FakeStudio, prompt: str = "slow blues", seed: int = 1) -> str:
    return fake.start(SongRequest(prompt=prompt, duration_s=4, seed=seed), RunSettings(), "somebody")


def wav(samples: np.ndarray) -> bytes:
    out = BytesIO()
    soundfile.write(out, samples.astype(np.float32), RATE, subtype="FLOAT", format="WAV")
    return out.getvalue()


def tune(seconds: float = 3.0) -> np.ndarray:
    rng, t = np.random.default_rng(1), np.arange(round(seconds * RATE)) / RATE
    beat = np.exp(-9 * (t % 0.4)) * rng.standard_normal(t.size)
    sound = 0.2 * beat + 0.1 * np.sin(2 * np.pi * 220 * t)
    return np.stack([sound, 0.7 * sound + 0.05 * rng.standard_normal(t.size) * np.exp(-5 * (t % 0.8))], 1)


def with_files(site: Site, **files: np.ndarray) -> AppTest:
    test = site("compare")
    test.segmented_control(key="compare_source").set_value("Upload files").run()
    test.file_uploader(key="chain_files").set_value(
        [(f"{name}.wav", wav(samples), "audio/wav") for name, samples in files.items()]
    ).run()
    return test


def test_without_a_song_it_says_what_to_do(site: Site) -> None:
    test = site("compare")
    assert not test.exception
    assert "No song has been made yet" in markup(test)


def test_one_song_is_a_chain_of_its_stages_that_nobody_broke(site: Site, fake: FakeStudio) -> None:
    html = markup(site("compare", made(fake)))
    assert "No step broke the sound." in html
    assert "Mix against Enhance" in html
    assert html.count("gs-did") == len(STAGE_NAMES) - 1
    assert "1 Lyrics" not in html


def test_a_broken_song_names_the_stage_and_what_it_did(site: Site, fake: FakeStudio) -> None:
    fake.breaks = "assemble"
    html = markup(site("compare", made(fake)))
    assert "First broken at step 3, Assemble." in html
    assert "4 Separate" not in html
    assert "half precision on this graphics card" in html


def test_two_songs_part_where_they_first_differ(site: Site, fake: FakeStudio) -> None:
    first, second = made(fake), made(fake, seed=2)
    test = site("compare", first)
    test.selectbox(key=f"compare_b_{first}").set_value(second).run()
    html = markup(test)
    assert "First difference: Generate" in html
    assert "<th>Request<br><small>Seed</small></th>" in html
    assert "Cause: Seed." in html
    assert not test.exception


def test_files_are_a_chain_and_the_first_that_broke_the_sound_is_named(site: Site) -> None:
    good = tune()
    silent = np.zeros_like(good)
    html = markup(with_files(site, master=silent, raw=good, mix=silent))
    assert "First broken at step 2, mix.wav." in html
    assert html.index("1 raw.wav") < html.index("2 mix.wav") < html.index("3 master.wav")


def test_a_squashed_master_is_told_with_figures_in_and_out(site: Site) -> None:
    good = tune()
    html = markup(with_files(site, raw=good, master=np.tanh(12 * good)))
    assert "First broken at step 2, master.wav." in html
    assert "Crest fell" in html and "a fixed curve bends the wave" in html


def test_files_named_as_stems_are_one_step(site: Site) -> None:
    good = tune()
    test = with_files(site, raw=good, vocals=good * 0.4, drums=good * 0.6, mix=good)
    html = markup(test)
    assert "2 stems" in html and "2 vocals.wav" not in html
    test.toggle(key="chain_stems").set_value(False).run()
    assert "2 vocals.wav" in markup(test)


def test_a_step_that_is_taken_out_is_no_step(site: Site) -> None:
    good = tune()
    test = with_files(site, raw=good, mix=good, master=good * 0.5)
    kept = f"chain_order_{hashed('master.wav', 'mix.wav', 'raw.wav')}.kept"
    assert "2 mix.wav" in markup(test) and "3 master.wav" in markup(test)
    test.session_state[kept] = ["master.wav", "raw.wav"]
    html = markup(test.run())
    assert "1 master.wav" in html and "2 raw.wav" in html and "3 mix.wav" not in html


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (None, ["raw", "mix"]),
        (["mix", "raw"], ["mix", "raw"]),
        (["mix"], ["mix"]),
        ([], []),
        (["mix", "mix"], ["raw", "mix"]),
        (["mix", "another"], ["raw", "mix"]),
        ("mix", ["raw", "mix"]),
        ([["mix"]], ["raw", "mix"]),
    ],
)
def test_an_order_is_one_of_these_names_or_it_is_none(sent: object, kept: list[str]) -> None:
    assert in_order_of(sent, ["raw", "mix"]) == kept


def test_what_is_no_sound_is_one_sentence(site: Site) -> None:
    test = site("compare")
    test.segmented_control(key="compare_source").set_value("Upload files").run()
    test.file_uploader(key="chain_files").set_value([("raw.wav", b"la la la", "audio/wav")]).run()
    assert not test.exception
    assert "raw.wav cannot be read as sound." in markup(test) or "cannot be read as sound" in markup(test)


def test_a_name_that_is_markup_is_shown_as_it_is(site: Site) -> None:
    test = site("compare")
    test.segmented_control(key="compare_source").set_value("Upload files").run()
    name = "<img src=x>.wav"
    test.file_uploader(key="chain_files").set_value([(name, wav(np.zeros((RATE, 2))), "audio/wav")]).run()
    assert "<img" not in markup(test)
    assert "&lt;img src=x&gt;.wav" in markup(test)


@pytest.mark.parametrize(
    ("a", "b", "gains"),
    [(-20, -14, (0, -6)), (-14, -14, (0, 0)), (-9.5, -23, (-13.5, 0)), (None, -14, None)],
)
def test_both_are_turned_to_the_quieter_one_and_never_up(a, b, gains) -> None:
    assert matched_gains_db(a, b) == gains


@pytest.mark.parametrize(
    ("names", "ordered"),
    [
        (["master.wav", "mix.wav", "raw.wav", "stems"], ["raw.wav", "stems", "mix.wav", "master.wav"]),
        (["b.wav", "a.wav"], ["b.wav", "a.wav"]),
        (["mix.wav", "thing.wav", "raw.wav"], ["mix.wav", "thing.wav", "raw.wav"]),
        (["song_master_final.wav", "song_mix.wav"], ["song_mix.wav", "song_master_final.wav"]),
    ],
)
def test_names_that_all_say_where_they_stand_are_put_in_order(names, ordered) -> None:
    assert in_order(names) == ordered


def test_songs_of_one_title_and_minute_are_told_apart_without_their_ids() -> None:
    titles = distinct_titles(
        {"x1": "Blues (27 Nov 00:21)", "x2": "Blues (27 Nov 00:21)", "x3": "Jazz (27 Nov 00:21)"}
    )
    assert list(titles.values()) == [
        "Blues (27 Nov 00:21)",
        "Blues (27 Nov 00:21) · 2",
        "Jazz (27 Nov 00:21)",
    ]


def test_songs_are_listed_without_ids_or_hashes(site: Site, fake: FakeStudio) -> None:
    run = made(fake)
    options = site("compare", run).selectbox(key="compare_a").options
    assert run[:6] not in " ".join(options)


@pytest.mark.parametrize(
    ("title", "where"),
    [
        ("Generate", "at step 2, Generate"),
        ("Your file", "in your file, as it came in at step 2, Generate"),
    ],
)
def test_what_is_blamed_is_named_a_step_or_what_came_into_it(title: str, where: str) -> None:
    chain = Chain((Link("generate", "Generate", 2, None),))
    assert _where(chain, Blame("x", title, 2, "not_silent", "It is silent.", "", (), "Export it.")) == where

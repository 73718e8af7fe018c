"""The page to show others: findings before and after at one loudness, and a blind test; one file."""

import base64
import io
import re
import zlib

import numpy as np
import pytest
import soundfile

from core.audio import Audio, write
from core.bundle.abx import CHANCES, chance
from core.bundle.snippets import LENGTH_S, flac, snippet_pair
from core.bundle.spectrogram import HEIGHT, WIDTH, loudest_db, spectrogram_png
from core.cli.main import main
from core.measure import measure
from tests.browsers import browser_path
from tests.sounds import band

RATE = 44_100


def tone(hz, seconds=1.0, level=0.5):
    t = np.arange(int(seconds * RATE)) / RATE
    return Audio((level * np.sin(2 * np.pi * hz * t))[:, None].astype(np.float32), RATE)


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    """A good mix and a master that clips it, as files, and the page about them."""
    folder = tmp_path_factory.mktemp("chain")
    mix = band().between(0.0, 9.0)
    write(folder / "mix.wav", mix)
    write(folder / "master.wav", Audio(np.clip(mix.samples * 12, -1, 1), mix.sample_rate))
    out = folder / "report.html"
    status = main(
        ["inspect", "--chain", str(folder / "mix.wav"), str(folder / "master.wav"), "--report", str(out)]
    )
    return folder, out, status


def test_the_page_is_one_file_that_may_fetch_nothing(chain):
    _, out, status = chain
    page = out.read_text()
    assert status == 3
    assert "Content-Security-Policy" in page and "default-src 'none'" in page
    assert not re.search(r"""(?:src|href)=(?!['"]?data:)""", page)
    assert not re.search(r"https?:|@import|fetch\(|url\(", page)
    assert "First broken at master.wav" in page


def test_each_finding_has_both_sounds_equally_loud_and_their_spectrograms(chain):
    page = chain[1].read_text()
    section = re.search(r"<section>.*?</section>", page, re.DOTALL)[0]
    sounds = [base64.b64decode(one) for one in re.findall(r"data:audio/flac;base64,([^']+)", section)]
    assert len(sounds) == 2
    assert section.count("data:image/png") == 2
    loud = []
    for one in sounds:
        samples, rate = soundfile.read(io.BytesIO(one), dtype="float32", always_2d=True)
        reading = measure(Audio(samples, rate))
        assert reading.duration_s == pytest.approx(LENGTH_S, abs=0.01)
        assert reading.true_peak_dbtp <= -0.9
        loud.append(reading.integrated_lufs)
    assert loud[0] == pytest.approx(loud[1], abs=0.1)


def test_the_before_piece_is_the_same_music_where_the_step_delayed_it():
    music = band().between(0.0, 12.0)
    later = Audio(np.pad(music.samples, ((RATE, 0), (0, 0))), music.sample_rate)
    before, after = snippet_pair(music, later, 8.0, RATE / music.sample_rate)
    assert before.start_s == pytest.approx(after.start_s - RATE / music.sample_rate)
    assert np.abs(before.audio.samples - after.audio.samples).max() < 1e-3


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_a_sound_without_loudness_keeps_its_level_and_the_other_is_heard(value):
    music = band().between(0.0, 3.0)
    broken = Audio(np.full_like(music.samples, value), music.sample_rate)
    before, after = snippet_pair(music, broken, None, 0.0)
    assert after.gain_db == 0.0 and not after.audio.samples.any()
    assert np.isfinite(before.audio.samples).all() and before.audio.samples.any()
    assert soundfile.info(io.BytesIO(flac(after.audio))).frames == after.audio.frames


def test_the_loudest_place_is_taken_where_a_finding_names_none():
    quiet, loud = tone(300, 20, 0.01), tone(300, 7, 0.5)
    whole = Audio(np.concatenate([quiet.samples, loud.samples, quiet.samples]), RATE)
    (piece,) = snippet_pair(None, whole, None, 0.0)
    assert 19.0 <= piece.start_s <= 21.5


@pytest.mark.parametrize("hz", [100, 1_000, 8_000])
def test_a_tone_is_the_bright_row_of_its_spectrogram(hz):
    data = spectrogram_png(tone(hz), loudest_db(tone(hz)))
    at = data.index(b"IDAT")
    size = int.from_bytes(data[at - 4 : at], "big")
    rows = np.frombuffer(zlib.decompress(data[at + 4 : at + 4 + size]), np.uint8).reshape(
        HEIGHT, 1 + 3 * WIDTH
    )
    bright = HEIGHT - 1 - int(rows[:, 1:].astype(int).sum(axis=1).argmax())
    assert 40 * 500 ** ((bright + 0.5) / HEIGHT) == pytest.approx(hz, rel=0.2)


def test_the_binomial_result_is_that_of_ten_trials():
    assert CHANCES[10] == pytest.approx(1 / 1024, abs=1e-4)
    assert chance(9) == pytest.approx(11 / 1024)
    assert chance(0) == 1.0
    assert [k for k in range(11) if CHANCES[k] <= 0.05] == [9, 10]


def test_a_report_is_not_written_over_and_not_about_several_files(chain, capsys):
    folder, out, _ = chain
    mix, master = str(folder / "mix.wav"), str(folder / "master.wav")
    assert main(["inspect", mix, "--report", str(out)]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert main(["inspect", mix, master, "--report", str(folder / "b.html")]) == 2
    assert "--chain" in capsys.readouterr().err
    assert main(["inspect", master, "--report", str(folder / "c.html")]) in (0, 3)
    assert "data:audio/flac" in (folder / "c.html").read_text()
    assert "class=abx" not in (folder / "c.html").read_text(), "one sound has nothing to be told from"


@pytest.mark.browser
def test_ten_trials_end_with_the_result_in_a_browser(chain):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=browser_path())
        page = opened.new_page()
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"file://{chain[1]}")
        box = page.locator(".abx").first
        assert box.get_by_text("X is A").is_disabled()
        box.get_by_text("Start ABX").click()
        for _ in range(10):
            box.locator("[data-do=x]").click()
            box.get_by_text("X is A").click()
        result = box.locator("output").inner_text()
        opened.close()
    right = int(re.match(r"(\d+) of 10 right", result)[1])
    assert f"{100 * CHANCES[right]:.1f} %" in result
    assert not said
    assert all(url.startswith(("file:", "data:")) for url in asked), asked

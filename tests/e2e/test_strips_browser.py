"""The strips of Separate and Enhance: what the stems leave of the song, and each stem before and after."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.audio import Audio, Stems
from core.measure import measure
from core.runs.stem_preview import preview_gain, save_stem_preview
from core.stages.mix import Fader, MixSettings
from tests.e2e.conftest import comes, plays_on
from tests.e2e.test_mixer_browser import NULL_DB, Desk, band, desk, files, residual_db
from tests.e2e.test_mixer_browser import _strip as desk_strip
from tests.e2e.test_studio_browser import no_complaint

pytestmark = pytest.mark.browser

__all__ = ["desk", "files"]

RATE = 44_100
AFTER_THE_BEGIN_MS = 1000
"""When the mixer has seen that its sound began."""


def kept(audio: Audio, files: Path) -> dict[str, object]:
    """Write a sound as the studio does for the mixer, and return what a page says of it."""
    peak = measure(audio).sample_peak_dbfs
    save_stem_preview(files / f"{audio.key}.flac", audio, peak)
    return {"key": audio.key, "scale": preview_gain(peak)}


def steady(level: float, seed: int, seconds: float = 2) -> Audio:
    noise = np.random.default_rng(seed).standard_normal((round(seconds * RATE), 2))
    return Audio((level * noise).astype(np.float32), RATE)


def fetched(strips: Locator) -> None:
    """Wait until all is there that is to be heard."""
    ready = "root => Boolean(root.mixer.ready())"
    assert comes(strips.page, lambda: bool(strips.evaluate(ready))), "a sound is not fetched"


def heard(desk: Desk, wanted: Audio, within_db: float = NULL_DB) -> None:
    """What the page plays is this sound, as soon as all that it takes is there."""
    fetched(desk.root)
    assert residual_db(desk.bounced(), wanted.samples) < within_db


def test_the_residual_is_the_song_minus_its_stems_whatever_is_muted(desk: Desk, files: Path) -> None:
    stems = Stems({"loud": steady(0.2, 1), "over": steady(0.5, 2)})
    for audio in stems.values():
        kept(audio, files)
    left = steady(0.002, 3)
    song = Audio(stems.sum().samples + left.samples, RATE)
    rendered = kept(song, files) | {"lufs": None, "dbtp": None}
    unity = MixSettings(faders={name: Fader() for name in stems})
    desk.show(stems, unity, kind="separate", headroom_dbfs=None, rendered=rendered, residual=True)
    expect(desk.root.locator(".render")).to_be_hidden()
    desk.root.locator(".play").click()
    heard(desk, stems.sum())
    desk.page.get_by_label("Mute over").click()
    heard(desk, stems["loud"])
    desk.root.locator(".residual").click()
    # Previews have 16 bits: their rounding is 30 dB under this residual.
    heard(desk, left, within_db=-25)
    desk.root.locator(".rendered").click()
    heard(desk, song)
    assert all(name == "fetch" for name, _ in desk.sent)


def test_a_bypassed_stem_is_as_loud_and_the_meter_shows_what_its_compressor_did(
    desk: Desk, files: Path
) -> None:
    after, before = steady(0.1, 1), steady(0.05, 4)
    gain_db = 5.7
    codes = base64.b64encode(bytes([47] * 10_000)).decode()
    made = desk_strip("vocals", after, MixSettings()) | {
        "before": kept(before, files) | {"gain_db": gain_db},
        "reduction": {"codes": codes, "hop": 0.02},
    }
    kept(after, files)
    desk.show(Stems({"vocals": after}), MixSettings(), kind="enhance", headroom_dbfs=None, strips=[made])
    desk.root.locator(".play").click()
    expect(desk.root.locator(".reduced")).to_have_text("GR 4.7 dB")
    heard(desk, after)
    desk.page.get_by_label("Bypass vocals").click()
    heard(desk, Audio(before.samples * np.float32(10 ** (gain_db / 20)), RATE))
    expect(desk.root.locator(".rendered")).to_have_attribute("aria-pressed", "true")
    assert all(name == "fetch" for name, _ in desk.sent)


@pytest.mark.parametrize(("count", "channels", "rate"), [(16, 2, 44_100), (1, 1, 96_000)])
def test_any_number_of_stems_of_any_form_sounds_as_it_is(
    desk: Desk, files: Path, count: int, channels: int, rate: int
) -> None:
    stems = band(count, channels, rate, files=files, level=0.05)
    unity = MixSettings(faders={name: Fader() for name in stems})
    desk.show(stems, unity, kind="enhance", headroom_dbfs=None)
    desk.page.set_viewport_size({"width": 400, "height": 800})
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 400
    desk.root.locator(".play").click()
    heard(desk, stems.sum())
    desk.page.get_by_label(f"Solo stem {count}", exact=True).click()
    heard(desk, stems[f"stem {count}"])
    expect(desk.root.locator(".rendered")).to_be_disabled()


def test_sound_that_the_browser_takes_away_waits_for_the_next_press(desk: Desk, files: Path) -> None:
    stems = band(2, 2, RATE, seconds=8, files=files)
    desk.show(stems, MixSettings())
    desk.root.locator(".play").click()
    expect(desk.root).to_have_attribute("data-state", "playing")
    expect(desk.root).not_to_have_attribute("data-at", "0.00")
    desk.page.wait_for_timeout(AFTER_THE_BEGIN_MS)
    desk.root.evaluate("root => root.mixer.context.suspend()")
    expect(desk.root.locator(".note")).to_contain_text("press Play to go on")
    expect(desk.root).to_have_attribute("data-state", "paused")
    desk.root.locator(".play").click()
    expect(desk.root).to_have_attribute("data-state", "playing")
    assert desk.root.evaluate("root => root.mixer.context.state") == "running"


@pytest.mark.parametrize(
    ("changes", "spoils", "sentence"),
    [
        ({}, "delete window.AudioContext", "no Web Audio: open each stem below"),
        ({"seconds": 1_200, "rate": 96_000}, "", "MB of the browser's memory"),
    ],
)
def test_what_cannot_play_names_the_stems_below(
    desk: Desk, files: Path, changes: dict[str, float], spoils: str, sentence: str
) -> None:
    desk.page.evaluate(spoils)
    desk.show(band(2, 2, RATE, files=files), MixSettings(), kind="separate", residual=False, **changes)
    expect(desk.root.locator(".note")).to_contain_text(sentence)
    for button in (".play", ".residual", ".rendered"):
        expect(desk.root.locator(button)).to_be_disabled()


def test_a_stem_that_turns_out_to_be_lost_is_named_and_the_others_play(desk: Desk, files: Path) -> None:
    stems = band(2, 2, RATE, files=files)
    names = list(stems)
    unity = MixSettings(faders={name: Fader() for name in stems})
    (files / f"{stems[names[1]].key}.flac").rename(files / "lost.flac")
    desk.show(stems, unity, kind="separate", headroom_dbfs=None)
    # The studio answers that one of them is gone.
    desk.page.evaluate("""() => {
      const show = window.show;
      window.show = (data) => {
        data.strips[1] = { ...data.strips[1], missing: true, state: "not on disk" };
        delete data.urls[data.strips[1].key];
        show({ ...data, note: "Not on disk: stem 2." });
      };
    }""")
    desk.root.locator(".play").click()
    expect(desk.root.locator(".strip").nth(1).locator(".reads")).to_have_text("not on disk")
    expect(desk.root.locator(".note")).to_have_text("Not on disk: stem 2.")
    heard(desk, stems[names[0]])


def test_a_stem_plays_from_its_first_seconds_on_and_the_whole_takes_over(desk: Desk, files: Path) -> None:
    stems = Stems({"long": steady(2e-4, 6, seconds=60)})  # quiet: a megabyte of it is twenty seconds
    key = kept(stems["long"], files)["key"]
    unity = MixSettings(faders={"long": Fader()})
    # What is decoded second is the whole: it waits until the opening has played for a moment.
    desk.page.evaluate("""() => {
      const decode = BaseAudioContext.prototype.decodeAudioData;
      BaseAudioContext.prototype.decodeAudioData = async function (bytes) {
        const whole = bytes.byteLength > 2 ** 21;
        if (whole) await new Promise((go) => { window.letWhole = go; });
        return decode.call(this, bytes);
      };
    }""")
    desk.show(stems, unity, kind="separate", headroom_dbfs=None, residual=False)
    desk.root.locator(".play").click()
    plays_on(desk.root, 0.5)
    state = f"(root) => [root.mixer.ready(), root.mixer.sound('{key}').duration]"
    ready, seconds = desk.root.evaluate(state)
    assert not ready and 3 < seconds < 45
    began = desk.root.evaluate("(root) => root.mixer.began")
    desk.page.evaluate("window.letWhole()")
    heard(desk, stems["long"], within_db=-25)
    assert desk.root.evaluate("(root) => root.mixer.began") == began
    assert desk.root.evaluate(state)[1] == pytest.approx(60, abs=0.01)


def test_a_songs_stems_are_heard_on_both_pages_and_no_setting_changes(
    page: Page, server: str, song: str
) -> None:
    for stage, press in (("separate", "residual"), ("enhance", "bypass")):
        page.goto(song.replace(f"{server}/?", f"{server}/{stage}?"))
        strips = page.locator(".mx")
        strips.locator(".play").click()
        plays_on(strips, 0.3)
        strips.locator(".solo").first.click()
        strips.locator(f".{press}").first.click()
        expect(strips.locator(f".{press}").first).to_have_attribute("aria-pressed", "true")
        fetched(strips)
        expect(page.get_by_text("No changes.")).to_be_visible()
        no_complaint(page)

"""The strips of Separate and Enhance: what the stems leave of the song, and each stem before and after."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.audio import Audio, Stems
from core.measure import measure
from core.runs.stem_preview import preview_gain, save_stem_preview
from core.stages.mix import Fader, MixSettings
from tests.e2e.conftest import plays_on
from tests.e2e.test_mixer_browser import NULL_DB, Desk, desk, files, residual_db
from tests.e2e.test_mixer_browser import _strip as desk_strip
from tests.e2e.test_studio_browser import no_complaint

pytestmark = pytest.mark.browser

__all__ = ["desk", "files"]

RATE = 44_100


def kept(audio: Audio, files: Path) -> dict[str, object]:
    """Write a sound as the studio does for the mixer, and return what a page says of it."""
    peak = measure(audio).sample_peak_dbfs
    save_stem_preview(files / f"{audio.key}.flac", audio, peak)
    return {"key": audio.key, "scale": preview_gain(peak)}


def steady(level: float, seed: int, seconds: float = 2) -> Audio:
    noise = np.random.default_rng(seed).standard_normal((round(seconds * RATE), 2))
    return Audio((level * noise).astype(np.float32), RATE)


def heard(desk: Desk, wanted: Audio, within_db: float = NULL_DB) -> None:
    """What the page plays is this sound, as soon as all that it takes is there."""
    for _ in range(200):
        if desk.root.evaluate("root => Boolean(root.mixer.ready())"):
            break
        desk.page.wait_for_timeout(50)
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
        plays_on(strips, 0.3)
        if stage == "enhance":
            expect(strips.locator(".reduced").first).to_have_text("GR –")
        expect(page.get_by_text("No changes.")).to_be_visible()
        no_complaint(page)

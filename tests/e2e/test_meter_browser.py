"""The browser's meter reads what the studio's own meter reads, and what EBU Tech 3341 asks for."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Browser, Page, expect

from core.audio import Audio, write
from core.measure import measure
from tests.e2e.conftest import PATIENCE_MS

pytestmark = pytest.mark.browser

SOURCE = (Path(__file__).parents[2] / "core/ui/meter.js").read_text(encoding="utf-8")
RENDERED = """async ([sound, channels, rate, script, patience]) => {
  const bytes = Uint8Array.from(atob(sound), (c) => c.charCodeAt(0));
  const samples = new Float32Array(bytes.buffer);
  const frames = samples.length / channels;
  const context = new OfflineAudioContext(2, frames, rate);
  if (script) Object.defineProperty(context, "audioWorklet", { value: undefined });
  const buffer = new AudioBuffer({ numberOfChannels: channels, length: frames, sampleRate: rate });
  for (let c = 0; c < channels; c++) {
    buffer.copyToChannel(samples.filter((_, n) => n % channels === c), c);
  }
  const source = new AudioBufferSourceNode(context, { buffer });
  let last = null;
  let count = 0;
  const tap = await meterTap(context, 2, (readings) => { last = readings; count += 1; });
  tap.connect(source, 1);
  source.start();
  await context.startRendering();
  // The readings come after the sound, by messages; a script's last block of 2048 frames is never full.
  const heard = script ? 2048 * Math.floor(frames / 2048) : frames;
  const all = Math.floor((20 * heard) / rate);
  const limit = performance.now() + patience;
  while (count < all && performance.now() < limit) await new Promise((done) => setTimeout(done, 20));
  const finite = (value) => (value === null || Number.isFinite(value) ? value : -999);
  const tidy = (reading) => Object.fromEntries(Object.entries(reading).map(([k, v]) => [k, finite(v)]));
  return { stem: tidy(last[0]), bus: tidy(last[1]), threaded: tap.threaded, count };
}"""
LU, DB = 0.1, 0.2

Sound = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Case:
    """One signal of EBU Tech 3341 (or of ours, without nominal readings)."""

    name: str
    sound: Sound
    rate: int = 48_000
    wanted: Mapping[str, float] | None = None


def tones(*parts: tuple[float, float], hz: float = 1_000, rate: int = 48_000) -> Sound:
    """Stereo sine of so many dBFS for so many seconds, one after the other, in one phase."""
    level = np.concatenate([np.full(round(seconds * rate), 10 ** (db / 20)) for db, seconds in parts])
    wave = level * np.sin(2 * np.pi * hz * np.arange(level.size) / rate)
    return np.stack([wave, wave], 1).astype(np.float32)


def peak_at(phase_deg: float, hz_per_rate: float, amplitude: float, rate: int = 48_000) -> Sound:
    """A sine whose samples miss its peak, faded in and out over 20 ms."""
    n = np.arange(rate)
    fade = np.clip(np.minimum(n, n[::-1]) / (0.02 * rate), 0, 1)
    wave = amplitude * fade * np.sin(2 * np.pi * hz_per_rate * n + np.radians(phase_deg))
    return np.stack([wave, wave], 1).astype(np.float32)


def music(rate: int, channels: int) -> Sound:
    rng = np.random.default_rng(7)
    t = np.arange(4 * rate) / rate
    swell = (0.3 + 0.7 * np.sin(np.pi * t / 4) ** 2)[:, None]
    hits = np.exp(-12 * (t % 0.5))[:, None] * rng.standard_normal((t.size, channels)) * 0.3
    pad = np.stack([0.2 * np.sin(2 * np.pi * (110 + 30 * c) * t) for c in range(channels)], 1)
    return np.asarray(swell * (hits + pad), dtype=np.float32)


CASES = (
    Case(
        "3341-1",
        tones((-23, 4)),
        wanted={"integrated": -23, "short": -23, "momentary": -23, "correlation": 1},
    ),
    Case("3341-3, shortened", tones((-36, 1), (-23, 20), (-36, 1)), wanted={"integrated": -23}),
    Case("3341-5, shortened", tones((-26, 5), (-20, 5.025), (-26, 5)), wanted={"integrated": -23}),
    Case("3341-15", peak_at(0, 1 / 4, 0.5), wanted={"hold": -6.0}),
    Case("3341-17", peak_at(60, 1 / 6, 0.5), wanted={"hold": -6.0}),
    Case("3341-19", peak_at(45, 1 / 4, 1.41), wanted={"hold": 3.0}),
    Case("one channel upside down", tones((-20, 1)) * np.float32([1, -1]), wanted={"correlation": -1}),
    Case("music at 44.1 kHz", music(44_100, 2), 44_100),
    Case("mono", music(48_000, 1)),
    Case("music at 96 kHz", music(96_000, 2), 96_000),
)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_it_agrees_with_the_standard_and_with_our_meter(meters: Page, case: Case) -> None:
    live = rendered(meters, case.sound, case.rate)
    assert live["threaded"]
    ours = measure(Audio(case.sound, case.rate))
    assert live["bus"]["integrated"] == pytest.approx(ours.integrated_lufs, abs=LU)
    assert live["bus"]["momentary_max"] == pytest.approx(ours.momentary_max_lufs, abs=LU)
    assert live["bus"]["hold"] == pytest.approx(ours.true_peak_dbtp, abs=DB)
    if ours.short_term_max_lufs is not None:
        assert live["bus"]["short_max"] == pytest.approx(ours.short_term_max_lufs, abs=LU)
    for name, value in (case.wanted or {}).items():
        # The standard allows a true peak 0.2 dB more and 0.4 dB less.
        assert live["bus"][name] == pytest.approx(value, abs=2 * DB if name == "hold" else LU), name
    assert live["stem"]["integrated"] in (None, -999)


def test_without_worklets_it_reads_the_same(meters: Page) -> None:
    sound = tones((-20, 4))
    live = rendered(meters, sound, 48_000, script=True)
    ours = measure(Audio(sound, 48_000))
    assert not live["threaded"]
    assert live["bus"]["integrated"] == pytest.approx(ours.integrated_lufs, abs=LU)
    assert live["bus"]["hold"] == pytest.approx(ours.true_peak_dbtp, abs=DB)


def test_every_player_of_a_file_has_the_meter(page: Page, server: str, tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    write(path, Audio(tones((-20, 12)), 48_000))
    page.goto(f"{server}/look")
    page.locator("input[type=file]").set_input_files(path)
    player = page.locator(".gw").first
    player.locator(".meters").click()
    player.locator(".play").click()
    for figure, reading in (("momentary", -20.0), ("hold", -20.0), ("short", -20.0), ("correlation", 1.0)):
        text = re.compile(f"{abs(reading):.0f}\\.|{abs(reading) - 0.1:.1f}")
        expect(player.locator(f'[data-figure="{figure}"]')).to_have_text(text)
    player.locator(".meters").click()
    expect(player.locator(".an")).to_be_hidden()
    expect(player).to_have_attribute("data-state", "playing")


@pytest.fixture(scope="module")
def meters(chromium: Browser) -> Iterator[Page]:
    """A page with the meter's script and nothing else; only an address with https may have worklets."""
    page = chromium.new_page()
    page.route("https://meter.test/", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    page.goto("https://meter.test/")
    page.add_script_tag(content=SOURCE)
    yield page
    page.close()


def rendered(page: Page, sound: Sound, rate: int, *, script: bool = False) -> Any:
    samples = base64.b64encode(np.ascontiguousarray(sound, "<f4").tobytes()).decode("ascii")
    return cast("Any", page.evaluate(RENDERED, [samples, sound.shape[1], rate, script, PATIENCE_MS]))

"""The waveform's hands: zoom down to samples, select, loop, read, and jump between findings."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, Locator, Page, Route, expect

from core.audio import Audio
from core.studio import Studio
from core.ui.wave import encode_loudness
from core.ui.wave_codes import encode_peaks
from core.ui.wave_span import fine_view, read_span
from core.ui.wave_spectrogram import spectrogram_view
from tests.e2e.conftest import SONG_MS, comes
from tests.e2e.harness import component_page
from tests.e2e.test_studio_browser import card, finished, no_complaint

pytestmark = pytest.mark.browser

HERE = "https://wave.test"
RATE = 8_000
SECONDS = 20


class Shelf:
    """A studio of which only one sound is asked for."""

    def __init__(self, audio: Audio) -> None:
        self._audio = audio

    def audio(self, key: str) -> Audio:
        return self._audio


@dataclass
class Waveform:
    """The component on a page of its own, answered as wave.py answers."""

    page: Page
    audio: Audio
    sent: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def root(self) -> Locator:
        return self.page.locator(".gw")

    @property
    def canvas(self) -> Locator:
        return self.root.locator("canvas").first

    def show(self, **changes: Any) -> None:
        low = self.audio.samples[: SECONDS * RATE].reshape(-1, 80, 2)
        lanes = [encode_peaks(low[:, :, c].min(1), low[:, :, c].max(1)) for c in (0, 1)]
        data = {
            "id": "sound",
            "label": "Waveform",
            "seconds": float(SECONDS),
            "rate": RATE,
            "lanes": [{"label": "LR"[c], "peaks": lanes[c][0], "top": lanes[c][1]} for c in (0, 1)],
            "lane_px": 80,
            "spans": [
                {"start": 4, "stop": 5, "severity": "warn", "text": "too quiet", "lane": None},
                {"start": 12, "stop": 12.1, "severity": "fail", "text": "a click", "lane": None},
            ],
            "loudness": None,
            "reduction": None,
            "target": None,
            "hop": 0.1,
            "playable": True,
            "url": None,
            "fine": None,
            "spectrogram": None,
            "measured": None,
        } | changes
        self.page.evaluate("(data) => window.show(data)", data)

    def refined(self, wanted: str) -> None:
        """Answer each view that is asked for, until what is drawn is as fine as that."""
        answered = 0

        def drawn() -> bool:
            nonlocal answered
            views = [value for name, value in self.sent if name == "view"]
            if len(views) > answered:
                answered = len(views)
                span = read_span(json.loads(views[-1]), SECONDS)
                assert span is not None
                self.show(fine=fine_view(cast(Studio, Shelf(self.audio)), ("sound",), span, split=True))
            return self.root.get_attribute("data-fine") == wanted

        assert comes(self.page, drawn)

    def x(self, seconds: float) -> float:
        box = self.canvas.bounding_box()
        assert box is not None
        return box["x"] + box["width"] * seconds / SECONDS

    def drag(self, start_s: float, stop_s: float) -> None:
        box = self.canvas.bounding_box()
        assert box is not None
        y, mouse = box["y"] + 30, self.page.mouse
        mouse.move(self.x(start_s), y)
        mouse.down()
        mouse.move((self.x(start_s) + self.x(stop_s)) / 2, y)
        mouse.move(self.x(stop_s), y)
        mouse.up()


@pytest.fixture
def waveform(chromium: Browser) -> Iterator[Waveform]:
    t = np.arange(SECONDS * RATE) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 200 * t)
    tone[10 * RATE :] *= 0.1
    audio = Audio(np.stack([tone, tone], 1).astype(np.float32), RATE)
    page = chromium.new_page(viewport={"width": 900, "height": 600})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    found = Waveform(page, audio)
    page.expose_function("sentToStudio", lambda name, value: found.sent.append((name, value)))
    wav = io.BytesIO()
    soundfile.write(wav, audio.samples, RATE, format="WAV", subtype="PCM_16")

    def answer(route: Route) -> None:
        if route.request.url.endswith(".wav"):
            route.fulfill(body=wav.getvalue(), content_type="audio/wav")
        else:
            route.fulfill(body=component_page("wave", ""), content_type="text/html; charset=utf-8")

    page.route(f"{HERE}/**", answer)
    page.goto(f"{HERE}/")
    found.show()
    yield found
    page.close()
    assert errors == []


def test_zoom_asks_for_finer_columns_down_to_single_samples(waveform: Waveform) -> None:
    waveform.canvas.press("+")
    waveform.canvas.press("+")
    waveform.refined("columns")
    for _ in range(12):
        waveform.canvas.press("+")
    waveform.refined("samples")
    start, stop = map(float, (waveform.root.get_attribute("data-view") or "").split())
    assert (stop - start) * RATE == pytest.approx(24, abs=0.2)
    asked = len(waveform.sent)
    waveform.canvas.press("0")
    waveform.page.wait_for_timeout(300)
    expect(waveform.root).to_have_attribute("data-fine", "")
    assert len(waveform.sent) == asked


def test_a_drag_selects_and_a_press_seeks(waveform: Waveform) -> None:
    waveform.drag(2, 6)
    start, stop = map(float, (waveform.root.get_attribute("data-selection") or "").split())
    assert (start, stop) == pytest.approx((2, 6), abs=0.05)
    expect(waveform.root).to_have_attribute("data-at", f"{start:.2f}")
    selection: list[float] = []

    # On a busy machine the drag's first half has been sent before its second is made.
    def sent() -> bool:
        selection[:] = json.loads(waveform.sent[-1][1]) if waveform.sent else []
        return selection == pytest.approx([start, stop], abs=0.001)

    assert comes(waveform.page, sent), waveform.sent
    assert {name for name, _ in waveform.sent} == {"select"}
    first, last = selection
    waveform.show(measured={"from": first, "to": last, "text": "−12.3 LUFS"})
    expect(waveform.root.locator(".span")).to_contain_text("−12.3 LUFS")
    waveform.canvas.press("Escape")
    expect(waveform.root.locator(".chosen")).to_be_hidden()
    waveform.page.mouse.click(waveform.x(15), (waveform.canvas.bounding_box() or {"y": 0})["y"] + 30)
    assert float(waveform.root.get_attribute("data-at") or 0) == pytest.approx(15, abs=0.05)
    waveform.canvas.press("[")
    start, stop = map(float, (waveform.root.get_attribute("data-selection") or "").split())
    assert (start, stop) == pytest.approx((15, SECONDS), abs=0.05)


def test_the_pointer_reads_time_and_level_and_n_and_p_go_to_findings(waveform: Waveform) -> None:
    box = waveform.canvas.bounding_box()
    assert box is not None
    read = waveform.root.locator(".read")
    waveform.page.mouse.move(waveform.x(3), box["y"] + 30)
    expect(read).to_contain_text("L −6.")
    waveform.page.mouse.move(waveform.x(15), box["y"] + 120)
    expect(read).to_contain_text("R −26.")
    waveform.canvas.press("n")
    expect(waveform.root).to_have_attribute("data-at", "4.00")
    expect(read).to_contain_text("too quiet")
    waveform.canvas.press("n")
    expect(waveform.root).to_have_attribute("data-at", "12.00")
    waveform.root.locator(".prev").click()
    expect(waveform.root).to_have_attribute("data-at", "4.00")


def test_a_loop_plays_its_selection_over_and_over(waveform: Waveform) -> None:
    # A blob can be entered anywhere, as the studio's own addresses can.
    blob = "async () => URL.createObjectURL(await (await fetch('/sound.wav')).blob())"
    waveform.show(url=waveform.page.evaluate(blob))
    waveform.drag(18, 18.6)
    waveform.root.locator(".loop").click()
    waveform.canvas.press(" ")
    places = []

    def back() -> bool:
        places.append(float(waveform.root.get_attribute("data-at") or 0))
        return any(b < a for a, b in pairwise(places))

    assert comes(waveform.page, back), places
    assert max(places) < 18.9


def test_stems_are_drawn_in_decibels(waveform: Waveform) -> None:
    expect(waveform.root.locator(".scale")).to_have_text("Linear")
    waveform.page.reload()
    waveform.show(playable=False)
    expect(waveform.root.locator(".scale")).to_have_text("dB scale")


def test_the_spectrogram_is_asked_for_and_stands_in_place_of_the_lanes(waveform: Waveform) -> None:
    waveform.root.locator(".spec").click()
    assert comes(waveform.page, lambda: bool(waveform.sent))
    assert waveform.sent[-1][0] == "spectrogram"
    waveform.show(spectrogram=spectrogram_view(cast(Studio, Shelf(waveform.audio)), "sound", wanted=True))
    # The tone of 200 Hz is bright, and nothing is above it.
    bright = """(canvas) => {
      const pen = canvas.getContext("2d"), rows = canvas.height * (160 / canvas.clientHeight);
      const level = (hertz) => {
        const y = Math.round(rows * (1 - Math.log(hertz / 40) / Math.log(4000 / 40)));
        const [r, g, b] = pen.getImageData(Math.round(canvas.width / 4), y, 1, 1).data;
        return r + g + b;
      };
      return [level(203), level(1500)];
    }"""
    tone, above = waveform.canvas.evaluate(bright)
    assert tone > 500 and above < 150
    # Loudness over it is white in every theme, and its labels are not on those of the frequencies.
    loudness, hop_s = encode_loudness(np.full(200, -23, np.float32), 0.1)
    waveform.show(loudness=loudness, hop=hop_s, target=-14.0)
    waveform.root.locator(".loud").click()
    light = """(canvas, [from, to]) => {
      const pen = canvas.getContext("2d"), y = Math.round(160 * (1 - 37 / 60));
      const wide = Math.max(1, (to - from) * canvas.width);
      const { data } = pen.getImageData(from * canvas.width, y - 12, wide, 14);
      let best = 0;
      for (let n = 0; n < data.length; n += 4) best = Math.max(best, data[n] + data[n + 1] + data[n + 2]);
      return best;
    }"""
    assert waveform.canvas.evaluate(light, [0.7, 0.71]) > 700
    assert waveform.canvas.evaluate(light, [0.062, 0.12]) > 700


def test_a_selection_is_silenced_in_the_song_and_restored(page: Page, server: str, song: str) -> None:
    page.goto(song.replace(f"{server}/?", f"{server}/assemble?"))
    player = card(page, "assemble").locator(".gw").first
    player.locator("canvas").press("End")
    player.locator("canvas").press("[")
    for key in ("ArrowLeft", "[", "Shift+ArrowRight", "]"):
        player.locator("canvas").press(key)
    expect(player).to_have_attribute("data-selection", re.compile(r"^\d"))
    player.locator(".silence").click()
    restore = page.locator("[class*='st-key-restore_0'] button").first
    expect(restore).to_be_enabled(timeout=SONG_MS)
    finished(page)
    expect(card(page, "assemble").get_by_text("Silenced by choice")).to_be_visible()
    no_complaint(page)
    restore.click()
    expect(page.locator("[class*='st-key-restore_0']")).to_have_count(0)
    finished(page)
    page.goto(song.replace(f"{server}/?", f"{server}/generate?"))
    player = card(page, "generate").locator(".gw").first
    problem = page.locator(".gs-problem")
    # The selection outlives the message and its dismissal.
    player.locator("canvas").press("Shift+ArrowRight")
    player.locator("canvas").press("]")
    for press, needs, model in (
        (".repaint", "Repainting needs ACE-Step", "acestep-v15-xl-turbo-diffusers"),
        (".lego", "Adding a track needs ACE-Step", "acestep-v15-base-diffusers"),
    ):
        player.locator(press).click()
        expect(problem).to_contain_text(needs)
        expect(problem).to_contain_text(model)
        page.get_by_role("button", name="Dismiss").click()
        expect(problem).to_have_count(0)

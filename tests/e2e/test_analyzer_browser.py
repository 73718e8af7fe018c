"""The analyzer beside a player: what was heard since Play, the song's target, and all of it on a phone."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import plays_on
from tests.e2e.harness import component_page

pytestmark = pytest.mark.browser

HERE = "https://analyzer.test"
RATE = 44_100
TARGET_LUFS = -17.0
HIGHEST_PX = """([canvas, low, high]) => {
  // How far down the brightest point of a column is, as a share of the picture without its footer.
  const pen = canvas.getContext("2d"), rows = Math.round(canvas.height * (1 - 14 / canvas.clientHeight));
  let best = [0, 0];
  const column = pen.getImageData(Math.round(canvas.width * 0.1), 0, 1, rows).data;
  for (let y = Math.round(low * rows); y < high * rows; y++) {
    const light = column[4 * y] + column[4 * y + 1] + column[4 * y + 2];
    if (light > best[0]) best = [light, y / rows];
  }
  return best[1];
}"""
"""Labels are left of the column that is read."""
INKS = "--st-orange-color: rgb(255, 128, 0); --st-text-color: #000; --st-border-color: #777;"
WARM = """(canvas) => {
  const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let n = 0; n < data.length; n += 4) {
    if (data[n] === 255 && data[n + 1] === 128 && data[n + 2] === 0 && data[n + 3] === 255)
      return Math.floor(n / 4 / width) / (canvas.height * (1 - 14 / canvas.clientHeight));
  }
  return null;
}"""
"""Where the target's line is, as a share from above."""
MANY = """(root) => {
  const past = root.pair.meter.analyzer.past, bins = new Float32Array(2048).fill(-60);
  past.clear();
  for (let n = 1; n <= 24000; n++) past.take({ seconds: n / 20, momentary: -20, short: -21 }, bins, 44100);
  const { loudness } = past;
  return [loudness.length, past.heard, loudness[0][0], loudness.at(-1)[0]];
}"""


@pytest.fixture
def player(chromium: Browser) -> Iterator[Page]:
    """A player of a tone of 1 kHz at -20 dBFS, on a phone."""
    t = np.arange(12 * RATE) / RATE
    tone = 0.1 * np.sin(2 * np.pi * 1_000 * t)
    wav = io.BytesIO()
    soundfile.write(wav, np.stack([tone, tone], 1), RATE, format="WAV", subtype="FLOAT")
    page = chromium.new_page(viewport={"width": 400, "height": 800})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.expose_function("sentToStudio", lambda name, value: None)

    def answer(route: Route) -> None:
        if route.request.url.endswith(".wav"):
            route.fulfill(body=wav.getvalue(), content_type="audio/wav")
        else:
            route.fulfill(body=component_page("ab", ""), content_type="text/html; charset=utf-8")

    page.route(f"{HERE}/**", answer)
    page.goto(f"{HERE}/")
    page.add_style_tag(content=f":root {{ {INKS} }}")
    sound = {
        "label": "A",
        "gain_db": 0,
        "scale": 1,
        "seconds": 12,
        "matched": "",
        "plain": "",
        "url": "/a.wav",
    }
    data = {"id": "pair", "sounds": {"a": sound, "b": sound}, "delay": 0, "matchable": True, "blind": None}
    page.evaluate("(data) => window.show(data)", data | {"target": TARGET_LUFS})
    yield page
    page.close()
    assert errors == []


def test_loudness_and_spectrogram_since_play_stand_beside_a_player(player: Page) -> None:
    root = player.locator(".ab")
    root.locator(".meters").click()
    root.locator(".play").click()
    expect(root.locator("[data-figure=short]")).to_contain_text("−20", timeout=20_000)
    plays_on(root, 0.5)
    history, heat = root.locator(".history"), root.locator(".heat")
    assert history.evaluate(WARM) == pytest.approx(TARGET_LUFS / -54, abs=0.03)
    tone = 1 - np.log(1_000 / 40) / np.log(20_000 / 40)
    brightest = heat.evaluate(f"(canvas) => ({HIGHEST_PX})([canvas, {tone - 0.2}, {tone + 0.2}])")
    assert brightest == pytest.approx(tone, abs=0.03)
    assert root.evaluate("(root) => root.pair.meter.analyzer.past.loudness.at(-1)[2]") == pytest.approx(
        -20, abs=0.2
    )


def test_twenty_minutes_are_kept_whole_in_bounded_room(player: Page) -> None:
    root = player.locator(".ab")
    root.locator(".meters").click()
    kept, columns, first_s, last_s = root.evaluate(MANY)
    assert kept == columns <= 1024
    assert first_s < 3 and last_s == pytest.approx(1_200, abs=3)


def test_nothing_of_it_is_cut_off_on_a_phone(player: Page) -> None:
    root = player.locator(".ab")
    root.locator(".meters").click()
    root.locator(".play").click()
    expect(root.locator("[data-figure=hold]")).to_contain_text("dBTP")
    widths = root.evaluate("""(root) => [...root.querySelectorAll(".an :is(canvas, dd, .about)")].map((e) => {
      const box = e.getBoundingClientRect(), over = e.scrollWidth - e.clientWidth;
      return [e.className || e.dataset.figure, box.left, box.right, box.width, over];
    })""")
    shown = [name for name, *_ in widths]
    assert {"bars", "gonio", "spectrum", "history", "heat", "psr", "correlation", "hold"} <= set(shown)
    for name, left, right, width, over in widths:
        assert left >= 0 and right <= 400 and width >= 30 and over <= 0, name

"""The difference of two sounds, heard: what they have in common is silent, what one has alone is not."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.harness import component_page

pytestmark = pytest.mark.browser

HERE = "https://pair.test"
RATE = 44_100
LEVEL = """async () => {
  const pair = window.pair = document.querySelector(".ab").pair;
  const tap = new AnalyserNode(pair.context, { fftSize: 8192 });
  pair.out.connect(tap);
  await new Promise((go) => setTimeout(go, 600));
  const heard = new Float32Array(8192);
  tap.getFloatTimeDomainData(heard);
  pair.out.disconnect(tap);
  return 20 * Math.log10(Math.max(1e-9, ...heard.map(Math.abs)));
}"""


@pytest.fixture
def pair(chromium: Browser) -> Iterator[Page]:
    """A player of two sounds: B is 6 dB under A, with a quiet tone of its own."""
    t = np.arange(8 * RATE) / RATE
    common = 0.4 * np.sin(2 * np.pi * 200 * t)
    own = 0.01 * np.sin(2 * np.pi * 3_000 * t)
    files = {}
    for name, samples in (("a", common), ("b", common / 2), ("own", common / 2 + own)):
        wav = io.BytesIO()
        soundfile.write(wav, np.stack([samples, samples], 1), RATE, format="WAV", subtype="FLOAT")
        files[name] = wav.getvalue()
    page = chromium.new_page(viewport={"width": 900, "height": 600})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.expose_function("sentToStudio", lambda name, value: None)

    def answer(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[1].removesuffix(".wav")
        if name in files:
            route.fulfill(body=files[name], content_type="audio/wav")
        else:
            route.fulfill(body=component_page("ab", ""), content_type="text/html; charset=utf-8")

    page.route(f"{HERE}/**", answer)
    page.goto(f"{HERE}/")
    yield page
    page.close()
    assert errors == []


@pytest.mark.parametrize(("beside", "low_db", "high_db"), [("b", -200, -90), ("own", -42, -36)])
def test_the_difference_is_what_only_one_of_them_has(
    pair: Page, beside: str, low_db: float, high_db: float
) -> None:
    sound = {"seconds": 8, "matched": "", "plain": "", "scale": 1}
    sounds = {
        "a": {**sound, "label": "A", "gain_db": 20 * np.log10(0.5), "url": "/a.wav"},
        "b": {**sound, "label": "B", "gain_db": 0, "url": f"/{beside}.wav"},
    }
    data = {"id": "pair", "sounds": sounds, "delay": 0, "matchable": True, "blind": None}
    pair.evaluate("(data) => window.show(data)", data)
    player = pair.locator(".ab")
    player.locator(".play").click()
    expect(player).to_have_attribute("data-state", "playing")
    assert pair.evaluate(LEVEL) == pytest.approx(20 * np.log10(0.2), abs=0.3)
    player.locator(".diff").click()
    expect(player.locator(".diff")).to_have_attribute("aria-pressed", "true")
    assert low_db < pair.evaluate(LEVEL) < high_db
    player.press("d")
    expect(player).to_have_attribute("data-side", "a")

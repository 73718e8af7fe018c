"""The Compare page in a real browser: a chain of files, and two sounds that are switched without a gap."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.audio import Audio, write
from tests.e2e.conftest import comes, plays_on

pytestmark = pytest.mark.browser

RATE = 44_100
TAP = """
(() => {
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to !== this.context.destination) return connect.call(this, to, ...rest);
    const tap = (window.__tap ??= this.context.createAnalyser());
    tap.fftSize = 2048;
    connect.call(tap, this.context.destination);
    return connect.call(this, tap);
  };
  window.__levels = async (milliseconds, atHalf) => {
    const heard = [];
    const buffer = new Float32Array(2048);
    const began = performance.now();
    let done = false;
    while (performance.now() - began < milliseconds) {
      if (!done && performance.now() - began > milliseconds / 2) { done = true; atHalf(); }
      window.__tap.getFloatTimeDomainData(buffer);
      heard.push(Math.sqrt(buffer.reduce((sum, x) => sum + x * x, 0) / buffer.length));
      await new Promise((go) => setTimeout(go, 10));
    }
    return heard;
  };
})();
"""


DRAWN = """
(() => {
  let drawn = 0;
  const draw = crypto.getRandomValues.bind(crypto);
  crypto.getRandomValues = (into) => (into.length === 1 ? (into.fill(++drawn % 2), into) : draw(into));
})();
"""
"""The single bytes that are drawn are odd and even in turn."""
SQUARE = """() => {
  const heard = new Float32Array(2048);
  window.__tap.getFloatTimeDomainData(heard);
  const rms = Math.sqrt(heard.reduce((sum, x) => sum + x * x, 0) / heard.length);
  return rms > 0 ? Math.max(...heard.map(Math.abs)) / rms < 1.5 : null;
}"""
"""Whether what plays has next to no crest, as a chord driven into tanh; null while nothing plays."""


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Chords of one level, the same 6 dB louder, and that driven into tanh."""
    steps = np.repeat([0, 5, 7, 3, 10, 2, 8, 5], 12 * RATE // 8)  # in semitones
    cycles = np.cumsum(2 ** (steps / 12)) / RATE
    chord = 0.1 * sum(np.sin(2 * np.pi * hz * cycles) for hz in (220, 331, 557))
    folder = tmp_path_factory.mktemp("chain")
    paths = []
    for name, samples in (("raw", chord), ("mix", 2 * chord), ("master", np.tanh(12 * chord))):
        paths.append(folder / f"{name}.wav")
        write(paths[-1], Audio(np.stack([samples, 0.9 * samples], 1).astype(np.float32), RATE))
    return paths


def upload(page: Page, server: str, files: list[Path], *scripts: str) -> None:
    """Bring files to Compare, on a page in which these scripts have run."""
    page.goto(f"{server}/compare")
    for script in scripts:
        page.evaluate(script)
    page.get_by_role("radio", name="Upload files").or_(
        page.get_by_role("button", name="Upload files")
    ).first.click()
    page.locator("input[type=file]").set_input_files(files)
    expect(page.locator(".gs-chain")).to_be_visible()


def test_two_sounds_are_switched_by_a_key_without_a_gap_at_one_loudness(
    page: Page, server: str, chain: list[Path]
) -> None:
    upload(page, server, chain[:2], TAP)
    expect(page.locator(".gs-finding").first).to_contain_text("No step broke the sound")
    pair = page.locator(".ab")
    expect(pair.locator(".side.a small")).to_contain_text("played as it is")
    expect(pair.locator(".side.b small")).to_contain_text("played at −6.0 dB")
    pair.focus()
    page.keyboard.press("Space")
    expect(pair).to_have_attribute("data-state", "playing")
    page.wait_for_timeout(500)
    heard = page.evaluate(
        """() => window.__levels(1200, () => {
             const all = (root) => [...root.querySelectorAll("*")];
             const inside = (root) => all(root).map((e) => e.shadowRoot && find(e.shadowRoot));
             const find = (root) => root.querySelector(".ab") ?? inside(root).find(Boolean);
             find(document).dispatchEvent(new KeyboardEvent("keydown", { key: "x", bubbles: true }));
           })"""
    )
    expect(pair).to_have_attribute("data-side", "b")
    expect(pair).to_have_attribute("data-state", "playing")
    levels = np.array(heard)
    usual = np.median(levels)
    assert usual > 0.05, json.dumps(heard[:20])
    assert levels.min() > 0.8 * usual and levels.max() < 1.25 * usual
    pair.locator(".match").click()
    expect(pair.locator(".side.b small")).to_contain_text("played as it is")
    page.wait_for_timeout(400)
    louder = np.median(page.evaluate("() => window.__levels(400, () => {})"))
    assert 20 * np.log10(louder / usual) == pytest.approx(6.0, abs=0.7)
    plays_on(pair, 0.2)
    pair.focus()
    page.keyboard.press("Space")
    expect(pair).to_have_attribute("data-state", "paused")
    page.keyboard.press("Home")
    expect(pair).to_have_attribute("data-at", "0.00")


def test_a_blind_test_plays_what_was_drawn_hides_it_and_counts_right_answers(
    page: Page, server: str, chain: list[Path]
) -> None:
    upload(page, server, [chain[0], chain[2]], TAP, DRAWN)
    pair = page.locator(".ab")
    pair.locator(".match").click()
    pair.locator(".start").click()
    expect(pair).to_have_attribute("data-state", "playing")
    expect(pair.locator(".match")).to_be_disabled()
    expect(pair.locator(".meters")).to_be_disabled()
    for trial in range(10):
        expect(pair.locator("output")).to_contain_text(f"Trial {trial + 1} of 10")
        expect(pair).to_have_attribute("data-side", "x")
        expect(pair.locator('.side[aria-pressed="true"]')).to_have_count(0)
        if trial < 2:
            page.wait_for_timeout(300)
            b_is_heard = trial == 0
            assert comes(page, lambda wanted=b_is_heard: page.evaluate(SQUARE) is wanted), trial
        # The first is B, the second A and so on; the last answer is wrong.
        pair.locator(".is-b" if trial % 2 == 0 or trial == 9 else ".is-a").click()
    expect(pair.locator("output")).to_have_text(
        "9 of 10 right. Guessing does as well in 1.1 % of tests. You hear a difference."
    )
    expect(pair.locator(".hear-x")).to_be_disabled()
    expect(pair).to_have_attribute("data-side", "a")


def test_a_chain_names_the_file_that_broke_the_sound(page: Page, server: str, chain: list[Path]) -> None:
    upload(page, server, chain)
    blamed = page.locator(".gs-finding.gs-fail").first
    expect(blamed).to_contain_text(re.compile(r"First broken at step 3, master\.wav"))
    expect(page.get_by_test_id("stPlotlyChart")).to_contain_text("master.wav")
    steps = page.locator(".gs-chain tbody th")
    expect(steps).to_have_count(3)
    names = page.locator(".ord li:not(.out) span")
    expect(names).to_have_text(["raw.wav", "mix.wav", "master.wav"])
    # By the keyboard the last becomes the first; dragged down, it is the last again.
    page.get_by_role("button", name="Move master.wav, step 3 of 3").press("Home")
    expect(steps.first).to_have_text(re.compile("1 master.wav"))
    grip = page.get_by_role("button", name="Move master.wav, step 1 of 3")
    expect(grip).to_be_focused()
    start = grip.bounding_box()
    end = page.locator(".ord li").last.bounding_box()
    assert start is not None and end is not None
    page.mouse.move(start["x"] + 10, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 10, end["y"] + end["height"] - 2)
    page.mouse.up()
    expect(names).to_have_text(["raw.wav", "mix.wav", "master.wav"])
    expect(steps.first).to_have_text(re.compile("1 raw.wav"))
    page.get_by_role("button", name="Leave out: mix.wav").click()
    expect(steps).to_have_count(2)
    page.get_by_role("button", name="Put back: mix.wav").click()
    expect(steps).to_have_count(3)
    for width in (1280, 400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= width
    expect(page.get_by_text("BidiComponent Error")).to_have_count(0)

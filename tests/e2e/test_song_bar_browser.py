"""The song bar plays on while pages change, compares two stages at one loudness, and leads to any stage."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import settled
from tests.e2e.harness import component_page
from tests.e2e.test_studio_browser import no_complaint

pytestmark = pytest.mark.browser

HERE = "https://bar.test"
RATE = 8_000
GAIN = """(side) => {
  const { nodes } = window.gainstageDeck;
  return nodes?.[side] ? nodes[side].gain.gain.value : null;
}"""


def test_a_song_plays_on_while_pages_change(page: Page, server: str, song: str) -> None:
    page.goto(song)
    bar = page.locator(".sb")
    expect(bar.locator(".levels")).to_have_text(re.compile(r"Master −1[0-9]\.\d LUFS −\d\.\d dBTP"))
    expect(bar.locator(".stages a")).to_have_count(8)
    bar.locator(".play").click()
    expect(bar).to_have_attribute("data-state", "playing")
    page.evaluate("window.gainstageDeck.mark = 1")
    bar.get_by_role("link", name=re.compile("^Mix")).click()
    expect(page.locator(".gs-brand h1")).to_have_text("6 Mix")
    expect(page).to_have_url(re.compile("/mix.*run="))
    expect(bar.locator("a[aria-current]")).to_have_text(re.compile("Mix"))
    assert page.evaluate("window.gainstageDeck.mark") == 1
    bar.locator("canvas").press("Home")
    expect(bar).to_have_attribute("data-state", "playing")
    bar.locator(".play").click()
    expect(bar).to_have_attribute("data-state", "paused")
    page.get_by_role("link", name="Doctor").click()
    expect(page.locator(".gs-brand h1")).to_have_text("Doctor")
    title = bar.get_by_label("Title of the song")
    title.fill("My own title")
    title.press("Enter")
    page.reload()
    expect(title).to_have_value("My own title")
    title.fill("")
    title.press("Enter")
    expect(title).not_to_have_value(re.compile("^$|My own title"))
    no_complaint(page)


def test_two_stages_are_compared_at_one_loudness(page: Page, song: str) -> None:
    page.goto(song)
    bar = page.locator(".sb")
    bar.locator(".play").click()
    expect(bar).to_have_attribute("data-state", "playing")
    assert page.evaluate(GAIN, "a") == pytest.approx(1)
    bar.locator(".of.b").select_option(label="Mix")
    bar.locator(".side.b").click()
    expect(bar.locator(".levels")).to_have_text(re.compile("^Mix "))
    bar.locator("canvas").press("Home")
    page.wait_for_function("window.gainstageDeck.nodes?.b?.gain.gain.value === 1")
    bar.locator(".side.a").click()
    bar.locator("canvas").press("Home")
    page.wait_for_function("(window.gainstageDeck.nodes?.a?.gain.gain.value ?? 1) < 0.95")
    assert page.evaluate(GAIN, "b") < 0.01


def test_a_change_in_one_tab_shows_in_the_other_and_a_lost_connection_is_named(page: Page, song: str) -> None:
    page.goto(song)
    settled(page)
    other = page.context.new_page()
    other.goto(song)
    settled(other)
    title = page.locator(".sb").get_by_label("Title of the song")
    for name in ("Another title", ""):
        title.fill(name)
        title.press("Enter")
        expect(other.locator(".sb").get_by_label("Title of the song")).to_have_value(
            re.compile("^Another title$" if name else "^(?!Another title)")
        )
    # What Streamlit writes when its connection breaks and is there again.
    state = "(word) => document.querySelector('[data-test-connection-state]')"
    state += ".setAttribute('data-test-connection-state', word)"
    other.evaluate(state, "PINGING_SERVER")
    expect(other.locator("#gainstage-lost")).to_contain_text("reconnects by itself")
    other.evaluate(state, "CONNECTED")
    expect(other.locator("#gainstage-lost")).to_have_count(0)
    other.close()


def test_the_bar_measures_what_plays_downloads_everything_and_begins_anew(page: Page, song: str) -> None:
    page.goto(song)
    bar = page.locator(".sb")
    more = bar.locator(".more summary")
    more.click()
    bar.get_by_role("button", name="Analyzer").click()
    bar.locator(".play").click()
    expect(bar.locator("[data-figure=momentary]")).to_have_text(re.compile(r"\d LUFS"))
    bar.get_by_role("link", name=re.compile("^Mix")).click()
    expect(page.locator(".gs-brand h1")).to_have_text("6 Mix")
    expect(bar.locator(".an")).to_be_visible()
    bar.locator(".play").click()
    more.click()
    bar.get_by_role("button", name="Analyzer").click()
    expect(bar.locator(".an")).to_be_hidden()
    more.click()
    with page.expect_download() as got:
        bar.get_by_role("button", name="Download all (.zip)").click()
    assert got.value.suggested_filename.endswith(".zip")
    bar.get_by_role("button", name="New song").click()
    expect(page.get_by_role("button", name="Make song")).to_be_visible()
    no_complaint(page)


def test_a_phones_bar_is_as_tall_with_undo_as_without(page: Page, song: str) -> None:
    page.goto(song)
    page.set_viewport_size({"width": 400, "height": 800})
    row, undo = page.locator(".sb .row"), page.locator(".sb .undo")
    expect(undo).to_be_hidden()
    tall = "(row) => row.offsetHeight"
    without = row.evaluate(tall)
    undo.evaluate("(button) => { button.hidden = false; }")
    expect(undo).to_be_visible()
    assert row.evaluate(tall) <= without + 4


def test_a_follows_the_song_as_it_is_made_and_what_plays_stays_until_it_is_paused(chromium: Browser) -> None:
    wav = io.BytesIO()
    soundfile.write(wav, np.full((40 * RATE, 2), 0.01), RATE, format="WAV", subtype="PCM_16")
    page = chromium.new_page()
    page.expose_function("sentToStudio", lambda name, value: None)

    def answer(route: Route) -> None:
        if route.request.url.endswith(".wav"):
            route.fulfill(body=wav.getvalue(), content_type="audio/wav")
        else:
            route.fulfill(body=component_page("song_bar", ""), content_type="text/html; charset=utf-8")

    page.route(f"{HERE}/**", answer)
    page.goto(f"{HERE}/")

    def shows(*stages: str, urls: tuple[str, ...] = ()) -> None:
        sounds = [{"key": s, "label": s, "levels": "", "lufs": -14, "seconds": 40} for s in stages]
        data = {"id": "run", "title": "Song", "delivered": stages[-1], "beside": "Mix", "peaks": None}
        urls_of = {key: f"/{key}.wav" for key in urls}
        rest = {"stages": [], "autoplay": False, "urls": urls_of, "files": {}, "taken": None, "verbs": {}}
        page.evaluate("(data) => window.show(data)", data | {"sounds": sounds} | rest)

    bar, a = page.locator(".sb"), page.locator(".sb .of.a")
    shows("Generate")
    expect(a).to_have_value("Generate")
    shows("Generate", "Assemble")
    expect(a).to_have_value("Assemble")
    # Pressed while the next stage comes: what was asked for is what plays.
    bar.locator(".play").click()
    shows("Generate", "Assemble", "Mix", urls=("Assemble",))
    expect(bar).to_have_attribute("data-state", "playing")
    expect(a).to_have_value("Assemble")
    shows("Generate", "Assemble", "Mix", "Master")
    expect(a).to_have_value("Assemble")
    bar.locator(".play").click()
    expect(a).to_have_value("Master")
    expect(bar.locator(".levels")).to_contain_text("Master")
    # A stage that was chosen by hand stays.
    a.select_option("Mix")
    shows("Generate", "Assemble", "Mix", "Master", "Export")
    expect(a).to_have_value("Mix")
    page.close()

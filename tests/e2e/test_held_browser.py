"""Sound that the browser takes away while it plays: a player pauses, says so, and goes on when pressed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import plays_on

pytestmark = pytest.mark.browser

KEEP_ELEMENTS = """() => {
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () { window.heard = this; return play.call(this); };
}"""
"""Remembers the element that was played last: a waveform's is no part of the page."""
TOLD = "press Play to go on"


def told_and_played_on(player: Locator, take_away: str) -> None:
    player.locator("canvas, .at").first.press("Home")
    plays_on(player, 0.2)
    player.evaluate(take_away)
    expect(player).to_have_attribute("data-state", "paused")
    expect(player.get_by_role("status").filter(has_text=TOLD)).to_be_visible()
    player.locator(".play").click()
    plays_on(player, 0.2)
    expect(player.get_by_text(TOLD)).to_have_count(0)


def test_every_player_says_that_its_sound_was_taken_away(fresh_page: Page, server: str, song: str) -> None:
    page = fresh_page
    page.add_init_script(f"({KEEP_ELEMENTS})()")
    page.goto(song.replace(f"{server}/?", f"{server}/master?"))
    waveform = page.locator(".gw").first
    waveform.locator(".play").click()
    # A device pauses the element itself, as a phone does for a call.
    told_and_played_on(waveform, "() => window.heard.pause()")
    waveform.locator(".meters").click()
    told_and_played_on(waveform, "() => window.gainstageContext.suspend()")
    # A pause that was asked for is no news.
    waveform.locator(".play").click()
    expect(waveform).to_have_attribute("data-state", "paused")
    expect(waveform.get_by_text(TOLD)).to_have_count(0)
    bar = page.locator(".sb")
    bar.locator(".play").click()
    told_and_played_on(bar, "() => window.gainstageDeck.context.suspend()")
    page.goto(song.replace(f"{server}/?", f"{server}/compare?"))
    pair = page.locator(".ab").first
    pair.locator(".play").click()
    told_and_played_on(pair, "(root) => root.pair.context.suspend()")


def test_a_player_that_may_not_begin_says_so(fresh_page: Page, server: str, song: str) -> None:
    page = fresh_page
    page.add_init_script("""HTMLMediaElement.prototype.play = function () {
      return Promise.reject(new DOMException("not now", "NotAllowedError"));
    };
    AudioContext.prototype.resume = () => Promise.resolve();
    """)
    page.goto(song.replace(f"{server}/?", f"{server}/master?"))
    waveform = page.locator(".gw").first
    waveform.locator(".play").click()
    expect(waveform.get_by_role("status").filter(has_text=TOLD)).to_be_visible()
    expect(waveform).to_have_attribute("data-state", "paused")
    bar = page.locator(".sb")
    page.evaluate("""() => {
      const { context } = window.gainstageDeck;
      if (context) return context.suspend();
    }""")
    bar.locator(".play").click()
    expect(bar).to_have_attribute("data-state", "playing")
    page.evaluate("window.gainstageDeck.context.suspend()")
    expect(bar.get_by_role("status").filter(has_text=TOLD)).to_be_visible()

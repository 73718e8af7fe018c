"""With the keyboard alone a song is made, mixed and taken away."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PROMPT, SONG_MS, settled
from tests.e2e.test_studio_browser import finished

pytestmark = pytest.mark.browser

MOST_TABS = 250
FOCUSED = """() => {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  const words = [e.ariaLabel, e.labels?.[0]?.innerText, e.innerText, e.title].filter(Boolean);
  return `${e.tagName.toLowerCase()} ${e.className} ${words.join(" ")}`;
}"""
"""What has the focus: its tag, its class and what it is called."""


def tab_to(page: Page, what: str) -> None:
    """Press Tab until the element with the focus is this one."""
    seen = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        seen.append(str(page.evaluate(FOCUSED)).replace("\n", " "))
        if re.search(what, seen[-1]):
            return
    pytest.fail(f"Tab never comes to {what!r}; it came to {seen}")


def test_a_song_is_made_mixed_and_exported_with_the_keyboard_alone(
    page: Page, server: str, song: str
) -> None:
    # The same song as the others': what was made of it is cached.
    page.goto(server)
    settled(page)
    tab_to(page, "^(input|textarea) .*What should it sound like")
    page.keyboard.type(PROMPT)
    tab_to(page, r"^input .*Length")
    page.keyboard.press("Control+a")
    page.keyboard.type("8")
    tab_to(page, "^input .*Instrumental")
    page.keyboard.press("Space")
    tab_to(page, "^button .*Make song")
    page.keyboard.press("Enter")
    finished(page)
    tab_to(page, "^a .*Mix")
    page.keyboard.press("Enter")
    expect(page.locator(".gs-brand h1")).to_have_text("6 Mix")
    settled(page)
    tab_to(page, "^input fader")
    page.keyboard.press("PageDown")
    tab_to(page, "^button render.*Render 1 change")
    page.keyboard.press("Enter")
    expect(page.locator(".mx .render")).to_have_text(["Render"], timeout=SONG_MS)
    finished(page)
    tab_to(page, "^a .*Export")
    page.keyboard.press("Enter")
    expect(page.locator(".gs-brand h1")).to_have_text("8 Export")
    settled(page)
    tab_to(page, "^button .*(WAV|master)")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename

"""The library in a browser: named, tagged, duplicated, found, sorted, compared, exported, brought back."""

from __future__ import annotations

import re
import zipfile

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import SONG_MS, settled
from tests.e2e.test_studio_browser import no_complaint

pytestmark = pytest.mark.browser

NAMED = "Zebra crossing"
COPY = f"{NAMED} (copy)"


def row(page: Page, title: str) -> Locator:
    heading = page.get_by_role("heading", name=title, exact=True)
    return page.locator("[class*='st-key-card_']").filter(has=heading)


def titles(page: Page) -> list[str]:
    return page.locator("[class*='st-key-card_'] h2").all_inner_texts()


def selects(page: Page, title: str) -> None:
    row(page, title).locator("[data-testid=stCheckbox] label").click()


def label(page: Page, one: Locator, new: str, tags: str) -> None:
    one.get_by_role("button", name="More").click()
    page.get_by_label("Title", exact=True).fill(new)
    page.get_by_label("Tags").fill(tags)
    page.get_by_label("Tags").press("Enter")
    settled(page)
    page.get_by_role("button", name="Save", exact=True).click()
    page.keyboard.press("Escape")


def test_songs_are_named_found_sorted_compared_exported_and_brought_back(
    page: Page, server: str, song: str
) -> None:
    page.goto(song)
    run = song.partition("run=")[2]
    title = page.locator(".sb").get_by_label("Title of the song").input_value()
    page.goto(f"{server}/library")
    settled(page)
    own = page.locator(f"[class*='st-key-card_{run}']")
    expect(own.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_text(re.compile(r"take \d+ MB|take [\d.]+ GB"))).to_be_visible()
    label(page, own, NAMED, "demo, night drive")
    expect(own.get_by_role("heading", name=NAMED)).to_be_visible()
    expect(own.locator(".gs-tag")).to_have_text(["demo", "night drive"])

    # Its copy is made beside it, and the list shows how it goes on by itself.
    own.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Duplicate", exact=True).click()
    page.keyboard.press("Escape")
    expect(row(page, COPY).locator(".gs-badge")).to_have_text(re.compile("ok|warning"), timeout=SONG_MS)
    expect(row(page, COPY).get_by_role("button", name="Play")).to_be_visible()

    page.get_by_label("Search").fill("ZEBRA cross")
    page.get_by_label("Search").press("Enter")
    expect(page.locator("[class*='st-key-card_'] h2")).to_have_count(2)
    page.get_by_label("Order").click()
    page.get_by_role("option", name="by title").click()
    settled(page)
    expect(page.locator("[class*='st-key-card_'] h2")).to_have_text([NAMED, COPY])
    page.get_by_label("Search").fill("drive night")
    page.get_by_label("Search").press("Enter")
    expect(page.locator("[class*='st-key-card_'] h2")).to_have_text([NAMED])
    page.get_by_label("Search").fill("zebra")
    page.get_by_label("Search").press("Enter")
    expect(row(page, COPY)).to_be_visible()

    selects(page, NAMED)
    selects(page, COPY)
    expect(page.get_by_text("2 songs selected")).to_be_visible()
    with page.expect_download() as got:
        page.get_by_role("button", name="Export", exact=True).click()
    with zipfile.ZipFile(got.value.path()) as packed:
        assert {name.partition("/")[0] for name in packed.namelist()} == {NAMED, COPY}
        assert packed.testzip() is None
    selects(page, NAMED)
    expect(page.get_by_text("1 song selected")).to_be_visible()
    page.get_by_role("button", name="Delete selected").click()
    expect(row(page, COPY)).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(row(page, COPY)).to_be_visible()

    # What is downloaded is called as the song is.
    own.get_by_role("button", name="Open").click()
    with page.expect_download() as got:
        page.locator(".sb .take").click()
    assert got.value.suggested_filename.rpartition(".")[0] == NAMED
    page.get_by_role("link", name="Library").click()
    settled(page)
    selects(page, NAMED)
    selects(page, COPY)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator(".gs-brand h1")).to_have_text("Compare")
    expect(page.get_by_text("A and B are the same sound")).to_be_visible(timeout=SONG_MS)

    # As it was, for the tests that come later.
    page.get_by_role("link", name="Library").click()
    settled(page)
    row(page, COPY).get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Remove now").click()
    expect(row(page, COPY)).to_have_count(0)
    label(page, own, title, "")
    expect(own.get_by_role("heading", name=title)).to_be_visible()
    expect(own.locator(".gs-tag")).to_have_count(0)
    no_complaint(page)


def test_on_a_phone_a_songs_box_stands_in_front_of_its_title(page: Page, server: str, song: str) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto(f"{server}/library")
    settled(page)
    run = song.partition("run=")[2]
    own = page.locator(f"[class*='st-key-card_{run}']")
    box, title = own.get_by_test_id("stCheckbox").bounding_box(), own.locator("h2").bounding_box()
    assert box is not None and title is not None
    assert title["x"] > box["x"] + box["width"]
    assert title["y"] < box["y"] + box["height"] and box["y"] < title["y"] + title["height"]

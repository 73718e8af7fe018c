"""Home before a song: examples, seed and length; and what every page of it is named."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ask, settled

pytestmark = pytest.mark.browser


def test_a_plan_is_in_sight_once_it_is_asked_for(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    ask(page, server, seconds=8)
    page.get_by_role("button", name="Edit plan first").click()
    expect(page.locator(".st-key-planned h2").first).to_be_in_viewport()
    page.locator(".st-key-put_away").get_by_role("button").click()
    expect(page.locator(".st-key-planned")).to_have_count(0)


def test_an_example_fills_the_prompt_the_dice_draw_a_seed_and_enter_makes_the_song(
    page: Page, server: str
) -> None:
    page.goto(server)
    settled(page)
    expect(page).to_have_title(re.compile("Home"))
    page.get_by_role("radio", name="Blues").or_(page.get_by_role("button", name="Blues")).click()
    prompt = page.get_by_label("What should it sound like?")
    expect(prompt).to_have_value("slow blues about rain")
    page.get_by_text("Advanced", exact=True).click()
    seed = page.get_by_label("Seed", exact=True)
    before = seed.input_value()
    page.get_by_role("button", name="Another seed").click()
    expect(seed).not_to_have_value(before)
    expect(prompt).to_have_value("slow blues about rain")
    page.get_by_label("Length (m:ss)").fill("1:75")
    prompt.press("Enter")
    expect(page.locator(".gs-problem strong")).to_have_text("“1:75” is not a length.")


def test_a_plans_sections_are_all_in_sight(page: Page, server: str) -> None:
    ask(page, server, seconds=30)
    page.get_by_role("button", name="Edit plan first").click()
    table = page.locator(".dvn-scroller").first
    expect(table).to_be_visible()
    settled(page)
    assert table.evaluate("(table) => table.scrollWidth - table.clientWidth") <= 0
    page.get_by_role("button", name="Discard plan").click()

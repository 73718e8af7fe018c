"""A stage page: presets, marks against the default, and the result or the settings on a phone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import settled
from tests.e2e.test_studio_browser import no_complaint

pytestmark = pytest.mark.browser

TALLEST = 2_500
"""Pixels of a stage page on a phone."""


def test_settings_are_saved_loaded_shared_as_a_file_and_reset(
    page: Page, server: str, song: str, tmp_path: Path
) -> None:
    page.goto(song.replace(f"{server}/?", f"{server}/mix?"))
    settled(page)
    mono = page.locator("label").filter(has_text="Mono check")
    unsaved, unchanged = page.get_by_text("Unsaved changes: 1."), page.get_by_text("No changes.")
    mono.click()
    expect(unsaved).to_be_visible()
    expect(mono).to_contain_text("default off")
    page.get_by_role("button", name="Presets").click()
    menu = page.get_by_test_id("stPopoverBody")
    name = menu.get_by_label("Save these settings as")
    name.fill("Narrow")
    name.press("Enter")
    with page.expect_download() as download:
        menu.get_by_role("button", name="Download").click()
    shared = tmp_path / download.value.suggested_filename
    download.value.save_as(shared)
    assert shared.name == "mix-Narrow.json"
    assert json.loads(shared.read_text())["settings"]["mono_check"] is True
    menu.get_by_role("button", name="Save", exact=True).click()
    expect(menu.get_by_label("Saved presets")).to_be_visible()
    menu.get_by_role("button", name="Reset to defaults").click()
    expect(unchanged).to_be_visible()
    menu.get_by_role("button", name="Load", exact=True).click()
    expect(unsaved).to_be_visible()
    menu.get_by_role("button", name="Delete", exact=True).click()
    expect(menu.get_by_label("Saved presets")).to_have_count(0)
    menu.get_by_role("button", name="Reset to defaults").click()
    expect(unchanged).to_be_visible()
    menu.locator("input[type=file]").set_input_files(shared)
    menu.get_by_role("button", name="Use this file").click()
    expect(unsaved).to_be_visible()
    no_complaint(page)


@pytest.mark.parametrize("stage", ["master", "generate"])
def test_a_phone_shows_the_result_or_the_settings_and_apply_with_both(
    page: Page, server: str, song: str, stage: str
) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto(song.replace(f"{server}/?", f"{server}/{stage}?"))
    settled(page)
    meters, heading = (
        page.locator(".gs-meters").first,
        page.get_by_role("heading", name="Settings", exact=True),
    )
    tall = "document.querySelector('.stMain').scrollHeight"
    for choice in ("Result", "Settings"):
        page.locator(".st-key-phone_view").get_by_role("radio", name=choice).click()
        expect(meters).to_be_visible(visible=choice == "Result")
        expect(heading).to_be_visible(visible=choice == "Settings")
        expect(page.locator(".st-key-apply").get_by_role("button")).to_be_in_viewport()
        assert page.evaluate(tall) <= TALLEST
    no_complaint(page)

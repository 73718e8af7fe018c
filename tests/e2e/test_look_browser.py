"""A whole folder on Analyze a file: a table that is sorted, filtered, opened row by row, and taken as CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.audio import Audio, write
from tests.e2e.conftest import settled
from tests.e2e.test_studio_browser import no_complaint

pytestmark = pytest.mark.browser

RATE = 44_100
SECONDS = 4
ROW_PX = 35
ROWS = """(frame) => [...frame.querySelectorAll("table tbody tr")].map((row) =>
  [...row.querySelectorAll("td")].map((cell) => cell.textContent))"""
"""The rows of the table in the order that is shown, as they are read out."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five files, of which two have one name, and one is silent."""
    rng = np.random.default_rng(5)
    for name, level in (
        ("one/vocals.wav", 0.05),
        ("two/vocals.wav", 0.2),
        ("drums.wav", 0.1),
        ("bass.wav", 0.02),
        ("silent.wav", 0.0),
    ):
        path = tmp_path / "stems" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, Audio((level * rng.standard_normal((SECONDS * RATE, 2))).astype(np.float32), RATE))
    return tmp_path / "stems"


def test_a_folder_is_a_table_to_sort_filter_open_and_take(page: Page, server: str, folder: Path) -> None:
    page.goto(f"{server}/look")
    settled(page)
    page.locator("label").filter(has_text="A whole folder").click()
    picker = page.locator(".st-key-look_in_folder input[type=file]")
    picker.set_input_files(folder)
    frame = page.get_by_test_id("stDataFrame")
    expect(frame).to_be_visible()
    settled(page)
    button = page.get_by_role("button", name="Download table (CSV)")
    with page.expect_download() as got:
        button.click()
    rows = list(csv.DictReader(got.value.path().read_text(encoding="utf-8").splitlines()))
    levels = {row["File"]: float(row["Loudness (LUFS)"]) for row in rows}
    assert set(levels) == {"one/vocals.wav", "two/vocals.wav", "drums.wav", "bass.wav", "silent.wav"}
    assert levels["silent.wav"] == -np.inf and levels["two/vocals.wav"] == max(levels.values())

    def shown() -> list[str]:
        return [cells[0] for cells in frame.evaluate(ROWS)]

    # A press of a column's head sorts by it, another the other way round.
    expect(frame.locator("table thead th").nth(2)).to_have_text("Loudness (LUFS)")
    box = frame.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 270, box["y"] + ROW_PX / 2)
    quiet_first = sorted(levels, key=levels.__getitem__)
    for _ in range(100):
        if shown() in (quiet_first, quiet_first[::-1]):
            break
        page.wait_for_timeout(100)
    first = shown()[0]
    assert first in ("silent.wav", "two/vocals.wav"), shown()
    # The row that is chosen is the one that is shown, not the one that came in its place.
    page.mouse.click(box["x"] + 15, box["y"] + 1.5 * ROW_PX)
    expect(page.locator(".st-key-card_look_chosen h2")).to_have_text(first.rpartition("/")[2])
    page.get_by_label("Filter").fill("vocals")
    page.get_by_label("Filter").press("Enter")
    for _ in range(100):
        if set(shown()) == {"one/vocals.wav", "two/vocals.wav"}:
            break
        page.wait_for_timeout(100)
    assert set(shown()) == {"one/vocals.wav", "two/vocals.wav"}
    expect(page.locator(".st-key-card_look_chosen")).to_have_count(0)
    page.set_viewport_size({"width": 400, "height": 800})
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollWidth <= 400")
    no_complaint(page)

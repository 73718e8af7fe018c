"""Every button of every page is pressed in a browser and its effect is seen.

The list of buttons comes from the page. A button without a row in the table of ``buttons.py`` fails the test,
which names it.
"""

from __future__ import annotations

import importlib
from typing import cast

import pytest
from playwright.sync_api import Locator, Page, expect

from core.runs.pipeline import STAGES
from tests.e2e.buttons import FIND, RERUN, STAYS, TABLE, Elsewhere, cancels, drills_and_stops, effect_of
from tests.e2e.conftest import ask, comes, settled
from tests.e2e.test_studio_browser import no_complaint

pytestmark = pytest.mark.browser

LAST = ("delete_.*", RERUN)
"""Pressed when everything else was, because the page is another one afterwards."""
SETTLE_MS = 200


def test_home_without_a_song(page: Page, server: str) -> None:
    press_all(page, server)


def test_a_planned_song(page: Page, server: str) -> None:
    def planned() -> None:
        ask(page, server, seconds=120)
        page.get_by_role("button", name="Edit plan first").click()
        expect(page.locator(".st-key-make_planned")).to_be_visible()

    for name in ("put_away", "make_planned"):
        planned()
        press(page, name)
    # The next test's song would wait for it.
    cancels(page, page.get_by_role("button", name="Cancel"))


def test_a_song_that_is_made(page: Page, server: str) -> None:
    ask(page, server, seconds=600)
    page.get_by_role("button", name="Make song").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    address = page.url
    page.locator(".sb .row > .new").click()
    expect(page.get_by_role("button", name="Make song")).to_be_visible()
    assert "run=" not in page.url
    page.goto(address)
    cancels(page, page.get_by_role("button", name="Cancel"))
    press(page, "end_go_on")


def test_the_finished_song_on_home(page: Page, song: str) -> None:
    press_all(page, song)


def test_side_a_is_chosen_again(page: Page, song: str) -> None:
    page.goto(song)
    pair = page.locator(".ab").first
    pair.locator(".side.b").click()
    pair.locator(".side.a").click()
    expect(pair).to_have_attribute("data-side", "a")


def test_a_song_that_failed(page: Page, failed: str) -> None:
    press_all(page, failed, skip=("download_.*",))


@pytest.mark.parametrize("stage", [stage.name for stage in STAGES])
def test_a_stages_page(page: Page, server: str, song: str, stage: str) -> None:
    press_all(page, song.replace(f"{server}/?", f"{server}/{stage}?"), skip=("part_.*",))


@pytest.mark.parametrize("tool", ["look", "fault_lab", "compare", "models", "doctor"])
def test_a_tools_page(page: Page, server: str, song: str, tool: str) -> None:
    press_all(page, song.replace(f"{server}/?", f"{server}/{tool}?"))


def test_the_drill_is_begun_and_stopped(page: Page, server: str) -> None:
    page.goto(f"{server}/fault_lab")
    drills_and_stops(page, page.locator(".st-key-drill_start").get_by_role("button").first)


def test_the_library(page: Page, server: str, song: str, failed: str) -> None:
    press_all(page, f"{server}/library")


def test_every_row_that_stays_is_a_row_of_the_table() -> None:
    assert set(STAYS) < set(TABLE)


def test_what_is_pressed_elsewhere_is_pressed_there() -> None:
    for what in TABLE.values():
        if isinstance(what, Elsewhere):
            module = importlib.import_module(what.module)
            assert any(name.startswith(what.test) for name in vars(module)), what


def names(page: Page) -> list[str]:
    """Return the names of the page's buttons, each once, when nothing comes any more."""
    settled(page)
    before: list[str] = []
    for _ in range(80):
        page.wait_for_timeout(SETTLE_MS)
        now = list(dict.fromkeys(cast("list[str]", page.evaluate(FIND))))
        if now == before and now != []:
            return now
        before = now
    return before


def press_all(page: Page, address: str, skip: tuple[str, ...] = ()) -> None:
    """Press one button for each row of the table that the page at ``address`` has.

    What leaves the page there comes first, on the one page; it is opened again after any other press, and for
    what a press has hidden.
    """
    page.goto(address)
    found = names(page)
    unknown = [name for name in found if effect_of(name) is None]
    assert not unknown, f"no test presses these buttons; give each a row in tests/e2e/buttons.py: {unknown}"
    shown = [*(n for n in found if not in_sight(page, n)), *(n for n in found if in_sight(page, n))]
    rows = {row[0]: name for name in shown if (row := effect_of(name)) and not isinstance(row[1], Elsewhere)}
    still_there = True
    for pattern in sorted(rows.keys() - set(skip), key=_turn):
        page.evaluate(FIND)
        if not (still_there and in_sight(page, rows[pattern])):
            page.goto(address)
        press(page, rows[pattern])
        no_complaint(page)
        still_there = pattern in STAYS


def _turn(pattern: str) -> tuple[int, str]:
    """Return when a row's button is pressed: first what leaves the page there, last what ends it."""
    if pattern in STAYS:
        return STAYS.index(pattern), pattern
    return len(STAYS) + (1 + LAST.index(pattern) if pattern in LAST else 0), pattern


def press(page: Page, name: str) -> None:
    expect(page.locator(".gs-brand h1")).to_be_visible()
    row = effect_of(name)
    assert row is not None and not isinstance(row[1], Elsewhere), name
    button = marked(page, name)
    row[1](page, button)


def in_sight(page: Page, name: str) -> bool:
    return bool(ready(page, name).count())


def ready(page: Page, name: str) -> Locator:
    return page.locator(f'[data-button="{name}"]:not([disabled])').locator("visible=true")


def marked(page: Page, name: str) -> Locator:
    """Return the button of this name that can be pressed, once it is on the page."""
    button = ready(page, name)
    there = comes(page, lambda: bool(page.evaluate(FIND) and button.count()))
    assert there, f"the button {name} is not on the page, or cannot be pressed"
    # Of a choice one that isn't chosen already.
    return button.and_(page.locator(':not([aria-checked="true"])')).first

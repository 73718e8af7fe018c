"""A page before which a song is made: what changed comes, nothing else, and a double press is one song."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.e2e.conftest import SONG_MS, ask
from tests.e2e.test_studio_browser import no_complaint

pytestmark = pytest.mark.browser

LOOKS = 5
MOST_BYTES_A_LOOK = 6_000
MOST_BYTES_A_MESSAGE = 3_000


def test_a_stage_appears_when_it_is_made_and_between_stages_next_to_nothing_is_sent(
    page: Page, server: str
) -> None:
    sizes: list[int] = []

    def count(socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: sizes.append(len(payload)))

    page.on("websocket", count)
    ask(page, server, seconds=900)
    page.get_by_role("button", name="Make song").click()
    lyrics = page.locator(".st-key-card_lyrics .gs-badge").first
    expect(lyrics).to_have_text("ok", timeout=SONG_MS)
    expect(page.locator(".st-key-run_header .gs-badge").first).to_have_text("working")
    expect(page.locator(".st-key-first_listen audio")).to_be_visible(timeout=SONG_MS)
    standing = page.locator(".gs-standing .gs-by")
    for _ in range(LOOKS):
        sizes.clear()
        before = standing.inner_text()
        expect(standing).not_to_have_text(before)
        page.wait_for_timeout(100)
        assert max(sizes) < MOST_BYTES_A_MESSAGE and sum(sizes) < 2 * MOST_BYTES_A_LOOK, sizes
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".st-key-run_header .gs-badge").first).to_have_text("cancelled", timeout=SONG_MS)
    expect(page.locator(".st-key-first_listen")).to_have_count(0)
    page.remove_listener("websocket", count)
    no_complaint(page)


def test_a_double_click_makes_one_song(double_press: tuple[str, int]) -> None:
    _, songs = double_press
    assert songs == 1


@pytest.mark.parametrize("size", [(1280, 900), (400, 800)])
def test_the_end_of_a_song_stands_on_the_first_screen(page: Page, song: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(song)
    end = page.locator(".st-key-song_end")
    for part in (".gs-levels", ".gw .play", ".ab .play", ".ab .side.b"):
        expect(end.locator(part)).to_be_in_viewport()
    for part in (
        ".st-key-take_all",
        ".st-key-song_end .gw .play",
        ".ab .side.a",
        ".ab .side.b",
        ".ab .match",
    ):
        expect(page.locator(part).first).to_be_visible()
        expect(page.locator(part).first).to_be_in_viewport(ratio=1)
    for key in ("take_master_0", "take_all"):
        expect(
            page.locator(f".st-key-{key}").get_by_role("button").locator("visible=true")
        ).to_be_in_viewport()
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= size[0]

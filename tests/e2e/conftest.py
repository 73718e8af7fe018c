"""A studio's server, a browser and a page, once for all browser tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect, sync_playwright

from core.audio import Audio, write
from tests.browsers import browser_path

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    # What moves while a page waits is drawn sixty times a second, by the processor that it waits for.
    "--force-prefers-reduced-motion",
)
START_LIMIT_S = 180
PATIENCE_MS = 120_000
POLL_MS = 50
SONG_MS = 300_000
WIDE: ViewportSize = {"width": 1280, "height": 900}
PROMPT = "short calm piano"


STREAMLIT = (sys.executable, "-m", "streamlit", "run")
FLAGS_HERE = ("--server.address=127.0.0.1", "--server.headless=true")


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a studio in an empty home; no page has been asked for yet."""
    with serving(tmp_path_factory.mktemp("home"), [*STREAMLIT, "streamlit_app.py", *FLAGS_HERE]) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def serving(
    home: Path, command: list[str], *, cwd: Path = ROOT, base: str = "", **variables: str
) -> Iterator[int]:
    """Run a studio's server with this command, and yield its port once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = home / "server.log"
    env = os.environ | {"GAINSTAGE_HOME": str(home), "PORT": str(port), **variables}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, f"--server.port={port}"], cwd=cwd, env=env, stdout=out, stderr=out
        )
    try:
        _wait(f"http://127.0.0.1:{port}{base}/_stcore/health", process, log)
        yield port
    finally:
        process.terminate()
        process.wait(START_LIMIT_S)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A browser; a test fails where there is none, because a page nobody looked at is not tested."""
    path = browser_path()
    if path is None:
        pytest.fail(
            "The browser tests need Chromium: install it with `sudo apt-get install chromium`, or set "
            "CHROMIUM to the path of one.",
            pytrace=False,
        )
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def tab(chromium: Browser) -> Iterator[Page]:
    """One page for all tests: what it has loaded before it opens at half the price."""
    with opened(chromium) as page:
        yield page


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    """The one page, 1280 wide; its scripts may have no errors. What it showed last is still there."""
    tab.set_viewport_size(WIDE)
    with no_errors(tab):
        yield tab


@pytest.fixture
def fresh_page(chromium: Browser) -> Iterator[Page]:
    """A page in a context of its own, for a test that changes what a page is."""
    with opened(chromium) as page, no_errors(page):
        yield page


@contextmanager
def opened(chromium: Browser) -> Iterator[Page]:
    """Open a page in a context of its own."""
    context = chromium.new_context(viewport=WIDE, color_scheme="dark")
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@contextmanager
def no_errors(page: Page) -> Iterator[None]:
    """Refuse errors of the page's scripts."""
    errors: list[str] = []

    def note(error: object) -> None:
        errors.append(str(error))

    page.on("pageerror", note)
    yield
    page.remove_listener("pageerror", note)
    assert errors == []


@pytest.fixture(scope="package")
def song(double_press: tuple[str, int]) -> str:
    """The address of an instrumental of eight seconds."""
    return double_press[0]


@pytest.fixture(scope="package")
def double_press(tab: Page, server: str) -> tuple[str, int]:
    """The address of a song made by two quick presses, and how many songs the Library has more for them."""

    def songs() -> int:
        tab.goto(f"{server}/library")
        settled(tab)
        return tab.get_by_role("button", name="Delete", exact=True).count()

    before = songs()
    ask(tab, server, seconds=8)
    tab.get_by_role("button", name="Make song").dblclick()
    expect(tab.locator(".st-key-take_all")).to_be_visible(timeout=SONG_MS)
    address = tab.url
    return address, songs() - before


@pytest.fixture(scope="package")
def failed(tab: Page, server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a song that cannot be made: an upload with NaN in it."""
    path = tmp_path_factory.mktemp("broken") / "broken.wav"
    samples = np.random.default_rng(1).uniform(-0.1, 0.1, (3 * 44_100, 2)).astype(np.float32)
    samples[44_100:44_200] = np.nan
    write(path, Audio(samples, 44_100))
    tab.goto(server)
    tab.get_by_role("tab", name="Use my audio").click()
    tab.locator("input[type=file]").first.set_input_files(path)
    tab.locator(".st-key-start_sound").get_by_role("button").click()
    expect(tab.locator(".st-key-song_end")).to_be_visible(timeout=SONG_MS)
    return tab.url


def ask(page: Page, server: str, *, seconds: int) -> None:
    """Fill in Home's form for an instrumental; nothing is pressed yet."""
    page.goto(server)
    page.get_by_label("What should it sound like?").fill(PROMPT)
    page.get_by_label("Length (m:ss)").fill(str(seconds))
    page.locator("label").filter(has_text="Instrumental").click()


def settled(page: Page) -> None:
    """Wait until the page's script has run and all of the page is there."""
    expect(page.locator(".gs-brand h1")).to_be_visible()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    expect(page.locator('[data-test-script-state="running"]')).to_have_count(0)


def plays_on(player: Locator, seconds: float) -> None:
    """Wait until a player that plays is so much further."""

    def at() -> float:
        return float(player.get_attribute("data-at") or 0)

    before = at()
    assert comes(player.page, lambda: at() >= before + seconds)


def comes(page: Page, there: Callable[[], bool]) -> bool:
    """Wait for what no locator tells of, and return whether it came."""
    limit = time.monotonic() + PATIENCE_MS / 1000
    while not there():
        if time.monotonic() > limit:
            return False
        page.wait_for_timeout(POLL_MS)
    return True


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + START_LIMIT_S
    while time.monotonic() < limit:
        if process.poll() is not None:
            pytest.fail(f"The studio's server ended:\n{log.read_text()[-2000:]}", pytrace=False)
        try:
            with urllib.request.urlopen(address):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"The studio's server did not start:\n{log.read_text()[-2000:]}", pytrace=False)

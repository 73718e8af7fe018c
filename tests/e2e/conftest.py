"""A studio's server and a browser, once for all browser tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
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
)
START_LIMIT_S = 60
PATIENCE_MS = 20_000


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a studio in an empty home; no page has been asked for yet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log"
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    flags = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    home = os.environ | {"GAINSTAGE_HOME": str(tmp_path_factory.mktemp("home"))}
    with log.open("wb") as out:
        process = subprocess.Popen([*command, *flags], cwd=ROOT, env=home, stdout=out, stderr=out)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/_stcore/health", process, log)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser; a test fails where there is none, because a page nobody looked at is not tested."""
    path = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium") or shutil.which("google-chrome")
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


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a context of its own, 1280 wide; it collects the errors of its scripts."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    context.set_default_timeout(PATIENCE_MS)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


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

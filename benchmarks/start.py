"""How long a visitor waits for the first page after the server's start, and what the server holds by then."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.figure import Figure, show

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "numba", "scipy", "onnxruntime", "pedalboard")
ROUNDS = 3
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def run() -> list[Figure]:
    """Measure and return the figures; about half a minute. The files were read before, so disks are warm."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        raise SystemExit("The first paint is seen by a browser: install chromium, or set CHROMIUM to one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        seen = [_first_paint(browser) for _ in range(ROUNDS)]
    return [
        Figure("server start to first paint of Home, best of 3", min(s for s, _, _ in seen), "s", "<= 4"),
        Figure("the server's memory by then", max(mb for _, mb, _ in seen), "MB"),
        Figure(
            f"of {', '.join(HEAVY)}: loaded by then", max(count for _, _, count in seen), "packages", "<= 0"
        ),
    ]


def _first_paint(browser: Browser) -> tuple[float, float, int]:
    """Return the seconds until the page stands, the server's MB then, and how much heavy is loaded."""
    page = browser.new_page()
    began = time.perf_counter()
    with server() as (address, pid):
        answered(address)
        page.goto(address)
        page.get_by_role("button", name="Make song").wait_for(timeout=60_000)
        seconds = time.perf_counter() - began
        memory = Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]
        maps = Path(f"/proc/{pid}/maps").read_text()
    page.close()
    return seconds, int(memory) * 1024 / 1e6, sum(f"/site-packages/{name}/" in maps for name in HEAVY)


@contextmanager
def server(module: str = "streamlit") -> Iterator[tuple[str, int]]:
    """Run a studio's server in an empty home; gives its address and process id.

    ``module``: what takes Streamlit's command line.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen(
            [sys.executable, "-m", module, "run", "streamlit_app.py", *flags],
            cwd=ROOT,
            env=os.environ | {"GAINSTAGE_HOME": home},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            process.wait(20)


def answered(address: str) -> None:
    """Wait until the server takes connections."""
    host, port = address.removeprefix("http://").split(":")
    while True:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return


if __name__ == "__main__":
    show(run())

"""How long a visitor waits for the first page after the server's start, and what the server holds by then.

    python -m benchmarks.start                 this checkout
    python -m benchmarks.start /some/other .   checkouts side by side, in turn

The files were read before, so disks are warm. On a machine that is at work on something else only the
processor time says anything.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.figure import Figure, show
from tests.browsers import browser_path

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "numba", "scipy", "onnxruntime", "pedalboard")
ROUNDS = 3
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class _Seen:
    """One start: seconds until each event, the server's processor time and memory, heavy packages loaded."""

    answered_s: float
    heading_s: float
    button_s: float
    processor_s: float
    memory_mb: float
    heavy: int


def chromium() -> str:
    """Return the path of the browser that the tests use, too; ends the benchmark where there is none."""
    path = browser_path()
    if path is None:
        raise SystemExit("This is measured in a browser: install chromium, or set CHROMIUM to one.")
    return path


def run(roots: tuple[Path, ...] = (ROOT,)) -> list[Figure]:
    """Measure and return the figures; about half a minute a checkout."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        rounds = [[_first_paint(browser, root) for root in roots] for _ in range(ROUNDS)]
    figures = []
    for root, seen in zip(roots, zip(*rounds, strict=True), strict=True):
        named = "" if len(roots) == 1 else f" ({root})"
        figures += [
            Figure(f"server start to the first answer{named}", min(s.answered_s for s in seen), "s"),
            Figure("  to Home's heading, best of 3", min(s.heading_s for s in seen), "s", "<= 2.5"),
            Figure("  to Home's button, best of 3", min(s.button_s for s in seen), "s"),
            Figure("  the server's processor time by then", min(s.processor_s for s in seen), "s"),
            Figure("  its memory by then", max(s.memory_mb for s in seen), "MB"),
            Figure(f"  of {', '.join(HEAVY)}: loaded", max(s.heavy for s in seen), "packages", "<= 0"),
        ]
    return figures


def _first_paint(browser: Browser, root: Path) -> _Seen:
    """Start a server of this checkout and open Home in a browser that has nothing cached."""
    context = browser.new_context()
    page = context.new_page()
    began = time.perf_counter()
    with server(root=root) as (address, pid):
        answered(address)
        with urllib.request.urlopen(address, timeout=60) as answer:
            answer.read()
        answered_s = time.perf_counter() - began
        page.goto(address, wait_until="commit")
        page.get_by_role("heading", level=1).wait_for(timeout=60_000)
        heading_s = time.perf_counter() - began
        page.get_by_role("button", name="Make song").wait_for(timeout=60_000)
        button_s = time.perf_counter() - began
        memory = Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]
        maps = Path(f"/proc/{pid}/maps").read_text()
        ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    context.close()
    return _Seen(
        answered_s,
        heading_s,
        button_s,
        sum(map(int, ticks)) / TICKS,
        int(memory) * 1024 / 1e6,
        sum(f"/site-packages/{name}/" in maps for name in HEAVY),
    )


@contextmanager
def server(module: str = "streamlit", root: Path = ROOT) -> Iterator[tuple[str, int]]:
    """Run a studio's server in an empty home; gives its address and process id.

    ``module``: what takes Streamlit's command line; ``root``: the checkout it serves.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen(
            [sys.executable, "-m", module, "run", "streamlit_app.py", *flags],
            cwd=root,
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
    show(run(tuple(Path(name).resolve() for name in sys.argv[1:]) or (ROOT,)))

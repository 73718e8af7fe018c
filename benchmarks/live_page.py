"""What a page costs while a song is made before it: processor time of the server, and bytes to the browser.

The server is Streamlit's own, with a clock around each run of a page's script; its main thread is all
network. The stages' own work happens in other threads and processes and is not counted. Bytes are those of
the WebSocket's messages, before compression; media is counted apart, because it is played, not drawn.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Locator, Page, WebSocket, sync_playwright

from benchmarks.figure import Figure, show
from benchmarks.start import FLAGS, answered, chromium, server

PROMPT = "warm lo-fi piano about the sea"
LENGTHS_S = (60, 180)
ROUNDS = 3
TYPED_S = 5.0
LIMIT_MS = 300_000
CLOCK = "GAINSTAGE_BENCH_CLOCK"
"""Names the file into which the measured server writes its clocks."""


@dataclass(frozen=True)
class _Cost:
    """Of one song before an open page: seconds on the clock, of processor time, and bytes."""

    wall_s: float
    scripts_s: float
    network_s: float
    messages: int
    message_bytes: int

    @property
    def core_percent(self) -> float:
        return 100 * (self.scripts_s + self.network_s) / self.wall_s

    @property
    def kilobytes_a_second(self) -> float:
        return self.message_bytes / 1e3 / self.wall_s


def run() -> list[Figure]:
    """Measure and return the figures; about four minutes on a quiet machine."""
    path = chromium()
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    figures = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for length_s in LENGTHS_S:
            costs = [_measured(browser, length_s) for _ in range(ROUNDS)]
            figures += [
                Figure(f"{length_s} s song, wall", median(c.wall_s for c in costs), "s"),
                Figure(f"{length_s} s song, page", median(c.core_percent for c in costs), "%", "<= 3"),
                Figure(
                    f"{length_s} s song, page", median(c.kilobytes_a_second for c in costs), "kB/s", "<= 10"
                ),
            ]
    print(f"load after: {os.getloadavg()[0]:.1f}")
    return figures


def _measured(browser: Browser, length_s: int) -> _Cost:
    """Make one song to warm the server up, and measure the second."""
    clock = Path(os.environ.get("TMPDIR", "/tmp")) / f"gainstage-live-page-{os.getpid()}"
    os.environ[CLOCK] = str(clock)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        with server(module="benchmarks.live_page") as (address, _):
            answered(address)
            page = context.new_page()
            sizes: list[int] = []
            page.on("websocket", lambda socket: _count(socket, sizes))
            page.goto(address)
            time.sleep(TYPED_S)
            _made(page, address, length_s, 1, lambda: None)
            began: list[float] = []

            def pressed() -> None:
                sizes.clear()
                began.extend((time.perf_counter(), *_clocks(clock)))

            _made(page, address, length_s, 2, pressed)
            seconds = time.perf_counter() - began[0]
            scripts_s, network_s = _clocks(clock)
            cost = _Cost(seconds, scripts_s - began[1], network_s - began[2], len(sizes), sum(sizes))
            print(f"{length_s} s song: {cost}", flush=True)
            return cost
    finally:
        context.close()
        clock.unlink(missing_ok=True)


def _made(page: Page, address: str, length_s: int, seed: int, pressed: Callable[[], None]) -> None:
    page.goto(address)
    make = page.get_by_role("button", name="Make song")
    make.wait_for(timeout=60_000)
    page.get_by_label("What should it sound like?").fill(PROMPT)
    page.get_by_label("Length (m:ss)").fill(str(length_s))
    page.get_by_text("Advanced", exact=True).click()
    page.get_by_label("Seed", exact=True).fill(str(seed))
    page.wait_for_timeout(1000)
    pressed()
    make.click()
    made(page).wait_for(timeout=LIMIT_MS)
    page.wait_for_timeout(1000)


def made(page: Page) -> Locator:
    """Return the badge of a song that is made."""
    return page.locator(".st-key-run_header .gs-badge").filter(has_text="done").first


def _count(socket: WebSocket, sizes: list[int]) -> None:
    socket.on("framereceived", lambda payload: sizes.append(len(payload)))


def _clocks(path: Path) -> tuple[float, float]:
    """Return the seconds of processor time of all runs of a page so far, and of the main thread."""
    time.sleep(0.15)
    scripts_s, network_s = json.loads(path.read_text())
    return float(scripts_s), float(network_s)


def _serve(path: Path) -> None:
    """Run Streamlit's command line with a clock around each run of a page."""
    from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
    from streamlit.web.cli import main

    unclocked = ScriptRunner._run_script_thread
    main_clock = time.pthread_getcpuclockid(threading.main_thread().ident or 0)
    total, lock = [0.0], threading.Lock()

    def clocked(runner: ScriptRunner) -> None:
        try:
            unclocked(runner)
        finally:
            with lock:
                total[0] += time.thread_time()

    def write() -> None:
        fresh = path.with_suffix(".new")
        while True:
            fresh.write_text(json.dumps([total[0], time.clock_gettime(main_clock)]))
            fresh.replace(path)
            time.sleep(0.05)

    ScriptRunner._run_script_thread = clocked  # type: ignore[method-assign]
    threading.Thread(target=write, daemon=True).start()
    main(prog_name="streamlit")


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        _serve(Path(os.environ[CLOCK]))
    else:
        show(run())

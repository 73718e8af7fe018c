"""Opening the page of a finished song in a browser that has nothing cached: time and bytes over the wire.

    python -m benchmarks.open_song           a 60 s song in a new home
    python -m benchmarks.open_song HOME      the newest song of an existing home

Bytes over the wire are counted between server and browser, by a relay of TCP connections: what the server
sends, headers and all, compressed where it is. The list of what they are is the browser's own count, in which
the live connection's messages stand as they are before compression. A waveform is there when its canvas is.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright

from benchmarks.figure import Figure, show
from benchmarks.relay import relayed
from benchmarks.start import FLAGS, answered, chromium
from core.engines.opened import open_engines
from core.runs.pipeline import RunSettings
from core.runs.record import RunState
from core.song import SongRequest
from core.studio import Studio

ROOT = Path(__file__).parents[1]
ROUNDS = 1
LISTED = 25
"""Kinds of resource shown, the largest first."""
SETTLE_S = 2.0
"""No byte and no new canvas for so long: the page is complete."""
LIMIT_S = 300.0
SCREENSHOT = os.environ.get("SCREENSHOT", "")
AT_WORK = '[data-test-script-state="running"], [data-testid="stSkeleton"], [data-stale="true"]'
CANVASES = """() => {
  let count = 0;
  const visit = root => {
    for (const element of root.querySelectorAll('*')) {
      if (element.tagName === 'CANVAS' && element.width > 0) count += 1;
      if (element.shadowRoot) visit(element.shadowRoot);
    }
  };
  visit(document);
  return count;
}"""


def run() -> list[Figure]:
    """Measure a 60 s song in a new home and return the figures; about two minutes."""
    with tempfile.TemporaryDirectory() as home:
        return measured(Path(home))


def measured(home: Path) -> list[Figure]:
    """Return the figures of opening the newest song of this home, which is made when there is none."""
    run_id = _song(home)
    path = chromium()
    with sync_playwright() as playwright, _server(home) as address:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        opened = []
        for _ in range(ROUNDS):
            with relayed(address) as (front, sent):
                drawn_s, canvases, received = _open(browser, f"{front}/?run={run_id}")
                opened.append((drawn_s, canvases, received, sum(sent)))
    best = min(opened, key=lambda one: one[0])
    for kind, size in best[2].most_common(LISTED):
        print(f"  {kind:54} {size / 1e6:9.3f} MB")
    return [
        Figure("a finished song opened cold: all waveforms", best[0], "s", "<= 3"),
        Figure("  waveforms and charts drawn", best[1], ""),
        Figure("  the browser's count, messages unpacked", sum(best[2].values()) / 1e6, "MB"),
        Figure("  over the wire", best[3] / 1e6, "MB", "<= 3"),
    ]


def _song(home: Path) -> str:
    studio = Studio(home, open_engines())
    try:
        runs = studio.runs("bench")
        if runs:
            return runs[0].id
        request = SongRequest(prompt="warm lo-fi piano about the sea", duration_s=60, seed=2)
        run_id = studio.start(request, RunSettings(), "bench")
        record = studio.wait(run_id)
    finally:
        studio.close()
    if record.state is not RunState.DONE:
        raise SystemExit(f"the song is {record.state.value}, not done: {record.blame}")
    return run_id


def _open(browser: Browser, address: str) -> tuple[float, int, Counter[str]]:
    """Return the seconds until the last canvas came, how many there are, and the bytes by kind."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    received = _counted(context.new_cdp_session(page))
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    count, last, size, quiet_since = 0, 0.0, 0, began
    while time.perf_counter() - quiet_since < SETTLE_S or not count or page.locator(AT_WORK).count():
        page.wait_for_timeout(50)
        now, found, total = time.perf_counter(), int(page.evaluate(CANVASES)), sum(received.values())
        if found > count:
            last = now - began
        if (found, total) != (count, size):
            count, size, quiet_since = found, total, now
        if now - began > LIMIT_S:
            raise SystemExit("the page did not come to rest")
    if SCREENSHOT:
        page.screenshot(path=SCREENSHOT, full_page=True)
    context.close()
    return last, count, received


def _counted(session: CDPSession) -> Counter[str]:
    """Return what will hold the bytes received, by kind of resource."""
    received: Counter[str] = Counter()
    names: dict[str, str] = {}

    def answered_with(event: dict[str, Any]) -> None:
        names[event["requestId"]] = _kind(event["response"]["url"], event["type"])

    def loaded(event: dict[str, Any]) -> None:
        received[names.get(event["requestId"], "other")] += int(event["encodedDataLength"])

    def message(event: dict[str, Any]) -> None:
        payload = event["response"]["payloadData"]
        binary = event["response"]["opcode"] == 2
        received["messages of the live connection"] += len(payload) * 3 // 4 if binary else len(payload)

    session.on("Network.responseReceived", answered_with)
    session.on("Network.loadingFinished", loaded)
    session.on("Network.webSocketFrameReceived", message)
    session.send("Network.enable")
    return received


def _kind(url: str, type_: str) -> str:
    if "/media/" in url and "/static/" not in url:
        return "sound"
    name = url.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]
    return f"{type_.lower()} {name[:40]}" if type_ in ("Script", "Font", "Stylesheet") else type_.lower()


@contextmanager
def _server(home: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    flags = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    env = os.environ | {"GAINSTAGE_HOME": str(home)}
    process = subprocess.Popen(
        [*command, *flags], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        answered(address)
        yield address
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    show(measured(Path(sys.argv[1])) if sys.argv[1:] else run())

"""The mixer in a browser: a fader's way to the ear, stems in step, how soon they play, and their memory.

    python -m benchmarks.console

Four stereo stems of three minutes of noise and tones, in the format in which the studio sends them, come from
a server on loopback to the mixer's own script; no Streamlit is in between. A fader's way to the ear is what
the script takes to schedule the new gain, a quantum of Web Audio's clock, and the latency that the browser
states; with no sound card that latency is the browser's own clock's. Drift is the distance between the places
at which the stems have a click of their own, in the mix as the browser renders it.
"""

from __future__ import annotations

import functools
import http.server
import os
import socketserver
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.figure import Figure, show
from benchmarks.start import FLAGS, chromium
from core.audio import Audio
from core.measure import measure
from core.runs.stem_preview import preview_gain, save_stem_preview
from core.ui.scripts import SOURCES, analyzer, read

UI = Path(__file__).parents[1] / "core/ui"
RATE = 44_100
SECONDS = 180
STEMS = ("vocals", "drums", "bass", "other")
CLICKS_S = (1.0, 179.0)
MOVES = 20
LIMIT_MS = 120_000

FADER = """async (moves) => {
  const root = document.querySelector(".mx"), { mixer } = root;
  const fader = root.querySelector(".fader"), gain = mixer.graph.strips[0].sides[0].gain;
  const found = [];
  for (let n = 0; n < moves; n++) {
    let at = null;
    const ramp = gain.linearRampToValueAtTime.bind(gain);
    gain.linearRampToValueAtTime = (value, time) => { at = performance.now(); return ramp(value, time); };
    fader.value = String(300 + 20 * n);
    const pressed = performance.now();
    fader.dispatchEvent(new Event("input"));
    delete gain.linearRampToValueAtTime;
    if (at === null) throw new Error("the fader moved no gain");
    const { baseLatency, outputLatency, sampleRate } = mixer.context;
    found.push([at - pressed, 1000 * (128 / sampleRate), 1000 * (baseLatency + (outputLatency || 0))]);
    await new Promise((go) => setTimeout(go, 50));
  }
  return found;
}"""
PLACES = """async (seconds) => {
  const { mixer } = document.querySelector(".mx");
  const strips = mixer.strips, found = [];
  for (const alone of strips) {
    strips.forEach((strip) => { strip.mute = strip !== alone; });
    const samples = (await mixer.bounce()).getChannelData(0);
    found.push(seconds.map((second) => {
      const from = Math.round((second - 0.2) * mixer.context.sampleRate);
      let best = from;
      for (let n = from; n < from + 0.4 * mixer.context.sampleRate; n++) {
        if (Math.abs(samples[n]) > Math.abs(samples[best])) best = n;
      }
      return best;
    }));
  }
  strips.forEach((strip) => { strip.mute = false; });
  return found;
}"""


def run() -> list[Figure]:
    """Measure and return the figures; half a minute on a quiet machine."""
    path = chromium()
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    flags = [*FLAGS, "--autoplay-policy=no-user-gesture-required"]
    with tempfile.TemporaryDirectory() as made, _served(Path(made)) as address, sync_playwright() as pw:
        data = _song(Path(made))
        browser = pw.chromium.launch(executable_path=path, args=flags)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(LIMIT_MS)
        page.goto(f"{address}/page.html")
        idle_mb = _memory_mb(page)
        page.evaluate("(data) => window.show(data)", data)
        ready_s = _ready(page)
        page.wait_for_function("document.querySelector('.mx').mixer.ready()", polling=100)
        playing_mb = _memory_mb(page)
        ways = page.evaluate(FADER, MOVES)
        places = np.array(page.evaluate(PLACES, list(CLICKS_S)))
        browser.close()
    apart = _apart(places)
    script, quantum, latency = (median(way[n] for way in ways) for n in range(3))
    print(f"fader: script {script:.2f} ms, quantum {quantum:.2f} ms, stated latency {latency:.2f} ms")
    print(f"memory: {idle_mb:.0f} MB with an empty mixer, {playing_mb:.0f} MB with the stems")
    return [
        Figure("fader to ear", script + quantum + latency, "ms", "<= 50"),
        Figure("stems apart over 3 min", apart, "", "<= 0"),
        Figure("3 min, 4 stems: Play to sound", ready_s, "s", "<= 2"),
        Figure("page's memory with the stems", playing_mb, "MB", "<= 300"),
    ]


def _apart(places: Any) -> int:
    """Return the greatest distance in samples between two stems' clicks, over all clicks."""
    return int((places.max(axis=0) - places.min(axis=0)).max())


def _song(folder: Path) -> dict[str, Any]:
    """Write the stems and return what the mixer is shown of them."""
    rng, strips = np.random.default_rng(1), []
    t = np.arange(SECONDS * RATE) / RATE
    for n, name in enumerate(STEMS):
        tone = 0.05 * np.sin(2 * np.pi * 110 * (n + 1) * t)[:, None]
        samples = (tone + 0.01 * rng.standard_normal((t.size, 2))).astype(np.float32)
        for second in CLICKS_S:
            samples[round(second * RATE)] = 0.9
        audio = Audio(samples, RATE)
        peak = measure(audio).sample_peak_dbfs
        save_stem_preview(folder / f"{name}.flac", audio, peak)
        strips.append(
            {"name": name, "label": name, "key": name, "gain_db": 0.0, "pan": 0.0, "mute": False}
            | {"default_db": 0.0, "scale": preview_gain(peak), "missing": False}
        )
    (folder / "page.html").write_text(_page(), encoding="utf-8")
    return {
        "kind": "mix",
        "id": "mixer:bench:0",
        "strips": strips,
        "rendered": None,
        "rate": RATE,
        "channels": 2,
        "seconds": SECONDS,
        "mono_check": False,
        "headroom_dbfs": -1.0,
        "soloed": False,
        "note": "",
        "live": False,
        "urls": {},
    }


def _page() -> str:
    html, css = ((UI / f"mixer.{kind}").read_text(encoding="utf-8") for kind in ("html", "css"))
    script = (analyzer() + read(SOURCES["mixer"])).replace("export default function", "function make", 1)
    studio = """
    let last;
    const parentElement = document.getElementById("host");
    window.show = (data) => {
      last = data;
      make({ parentElement, data: { json: JSON.stringify(data) }, setTriggerValue });
    };
    function setTriggerValue(name, value) {
      if (name !== "fetch") return;
      const urls = Object.fromEntries(JSON.parse(value).map((key) => [key, `/${key}.flac`]));
      setTimeout(() => window.show({ ...last, urls }), 0);
    }"""
    body = f"<meta charset=utf-8><style>{css}</style><div id=host>{html}</div>"
    return f"{body}<script type=module>{script}{studio}</script>"


def _ready(page: Page) -> float:
    """Press Play and return the seconds until all stems play, from their first seconds or whole."""
    began = time.perf_counter()
    page.locator(".mx .play").click()
    page.wait_for_function("document.querySelector('.mx').mixer.nodes?.length === 4", polling="raf")
    return time.perf_counter() - began


def _memory_mb(page: Page) -> float:
    """Return the resident memory of the page's own process, without what it shares with others."""
    page.wait_for_timeout(500)
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    pids = [
        int(status.parent.name)
        for status in Path("/proc").glob("[0-9]*/status")
        if _of_this_browser(status.parent)
    ]
    return max((_private_mb(pid) for pid in pids), default=0.0)


def _of_this_browser(process: Path) -> bool:
    """Whether a process is a renderer whose browser was started by this program."""
    try:
        if b"--type=renderer" not in (process / "cmdline").read_bytes():
            return False
        at = process
        while (parent := int((at / "stat").read_text().rsplit(")", 1)[1].split()[1])) > 1:
            if parent == os.getpid():
                return True
            at = Path("/proc") / str(parent)
    except OSError:
        return False
    return False


def _private_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    own = [line for line in lines if line.startswith(("Private_Clean", "Private_Dirty"))]
    kilobytes = sum(int(line.split()[1]) for line in own)
    return kilobytes / 1024


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(folder))
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


if __name__ == "__main__":
    show(run())

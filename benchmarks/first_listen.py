"""How long after the press a song's first section is there, and the song: in the studio and on the page.

Each cold round has a fresh process (and browser context); a press some seconds after Home stands is that of a
visitor who typed meanwhile. On the page the section is there when the browser says that it can be played.
Other load on the machine goes straight into these figures, so it is printed with them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.figure import Figure, show
from benchmarks.live_page import made
from benchmarks.start import FLAGS, answered, chromium, server
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.studio import Studio

PROMPT = "warm lo-fi piano about the sea"
TYPED_S = 5.0
ROUNDS = 3
LIMIT_S = 60.0
MADE_MS = 300_000
WATCH = """() => {
  window.listen = {};
  document.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (button && button.innerText.includes('Make song')) window.listen.pressed = performance.now();
  }, true);
  const look = () => {
    const audio = document.querySelector('.st-key-first_listen audio');
    const seconds = (performance.now() - window.listen.pressed) / 1000;
    if (audio && audio.readyState >= 3) window.listen.seconds = seconds;
    else requestAnimationFrame(look);
  };
  look();
}"""


def run() -> list[Figure]:
    """Measure and return the figures; about five minutes on a quiet machine."""
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    cold = [_in_a_process(0.0, songs=1) for _ in range(ROUNDS)]
    prepared = [_in_a_process(TYPED_S, songs=2) for _ in range(ROUNDS)]
    figures = [
        Figure("studio: pressed at once in a fresh process", median(songs[0] for songs in cold), "s", "<= 3"),
        Figure(
            "studio: pressed when the band is prepared", median(songs[0] for songs in prepared), "s", "<= 3"
        ),
        Figure("studio: the second song", median(songs[1] for songs in prepared), "s", "<= 3"),
    ]
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for typed_s, name, target in (
            (0.0, "pressed as soon as Home stands", ""),
            (2.0, "pressed 2 s after Home stands", ""),
            (TYPED_S, f"pressed {TYPED_S:.0f} s after Home stands", "<= 3"),
        ):
            seconds = median(_on_a_page(browser, typed_s) for _ in range(ROUNDS))
            figures.append(Figure(f"page: fresh server, {name}", seconds, "s", target))
        songs = [_two_on_a_page(browser) for _ in range(ROUNDS)]
        figures += [
            Figure("page: the second song", median(two.heard_s for _, two in songs), "s", "<= 3"),
            Figure("page: fresh server, a whole song of 60 s", median(one.made_s for one, _ in songs), "s"),
            Figure("page: the second, whole", median(two.made_s for _, two in songs), "s", "<= 20"),
        ]
    print(f"load after: {os.getloadavg()[0]:.1f}")
    return figures


def _in_a_process(typed_s: float, songs: int) -> list[float]:
    """Return the seconds to the first listen of each of a fresh studio's first songs."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "benchmarks.first_listen", "inside", str(typed_s), str(songs)]
        env = os.environ | {"GAINSTAGE_HOME": home}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=env)
    return [float(seconds) for seconds in done.stdout.split()]


def _inside(typed_s: float, songs: int) -> None:
    studio = Studio.open()
    try:
        if typed_s:
            studio.prepare(RunSettings())
            time.sleep(typed_s)
        for number in range(songs):
            print(_heard(studio, seed=1 + number, whole=number + 1 < songs))
    finally:
        studio.close()


def _heard(studio: Studio, seed: int, *, whole: bool) -> float:
    began = time.perf_counter()
    run_id = studio.start(SongRequest(prompt=PROMPT, seed=seed), RunSettings(), "bench")
    while studio.first_listen(run_id) is None:
        if time.perf_counter() - began > LIMIT_S or not studio.run(run_id).state.live:
            raise SystemExit("the song had no first listen")
        time.sleep(0.005)
    seconds = time.perf_counter() - began
    if whole:
        studio.wait(run_id)
    return seconds


@dataclass(frozen=True)
class _Song:
    """A song on the page: seconds from the press until its first section plays, and until it is made."""

    heard_s: float
    made_s: float


def _on_a_page(browser: Browser, typed_s: float) -> float:
    """Return the seconds until a fresh server's first song can be heard."""
    with _fresh_page(browser) as (page, address):
        return _pressed(page, address, typed_s, seed=1)


def _two_on_a_page(browser: Browser) -> tuple[_Song, _Song]:
    """Make a fresh server's first two songs, one after the other."""
    with _fresh_page(browser) as (page, address):
        return _whole(page, address, TYPED_S, seed=1), _whole(page, address, 1.0, seed=2)


@contextmanager
def _fresh_page(browser: Browser) -> Iterator[tuple[Page, str]]:
    context = browser.new_context()
    with server() as (address, _):
        answered(address)
        yield context.new_page(), address
        context.close()


def _whole(page: Page, address: str, typed_s: float, seed: int) -> _Song:
    heard_s = _pressed(page, address, typed_s, seed)
    made(page).wait_for(timeout=MADE_MS)
    return _Song(heard_s, float(page.evaluate("(performance.now() - window.listen.pressed) / 1000")))


def _pressed(page: Page, address: str, typed_s: float, seed: int) -> float:
    page.goto(address)
    make = page.get_by_role("button", name="Make song")
    make.wait_for(timeout=LIMIT_S * 1000)
    page.evaluate(WATCH)
    page.get_by_label("What should it sound like?").fill(PROMPT)
    page.get_by_text("Advanced", exact=True).click()
    page.get_by_label("Seed", exact=True).fill(str(seed))
    time.sleep(typed_s)
    make.click()
    page.wait_for_function("window.listen.seconds", timeout=LIMIT_S * 1000)
    return float(page.evaluate("window.listen.seconds"))


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        _inside(float(sys.argv[2]), int(sys.argv[3]))
    else:
        show(run())

"""``make load``: many visitors at once on the real server, some of whom have a song made.

Each session is a connection of its own in Streamlit's protocol, and stays open. The first asks for five
songs at once, the other makers for one each. At the end every song has to be done, no session may have
been sent a word of another's prompt, and the server's log may hold no traceback. Nobody who asked for one
song may have waited for more than 1.3 times the fair share: one song's time for each visitor who wants
one. In the order of asking, the greedy one's songs first, the last would wait for 1.4 times that.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from uuid import uuid4

from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from benchmarks.memory import all_mb
from tests.kills import ROOT, address, drawn, press, wait_for

GREEDY = 5
"""Songs of the first visitor."""
MOST_OF_FAIR = 1.3
MOST_MB = 1200.0
EVERY_S = 0.5


class Visitor:
    """One browser's session; ``tag`` is a word that only its own prompt holds."""

    def __init__(self, port: int, number: int) -> None:
        self.number, self.tag, self.seen = number, f"tag{uuid4().hex}", set[str]()
        self._page = connect(address(port), max_size=None)
        self._fields = drawn(self._page, BackMsg())
        self.began = self.waited_s = 0.0

    def make(self, seconds: float, count: int) -> None:
        """Ask for songs."""
        self.began = time.monotonic()
        for number in range(count):
            press(self._page, self._fields, f"calm piano {number} {self.tag}", seconds, self.number)

    def listen(self, tags: list[str]) -> None:
        """Take what the server sends until it ends, and note whose prompts it held."""
        with contextlib.suppress(ConnectionClosed, OSError):
            for message in self._page:
                self.seen |= {tag for tag in tags if tag.encode() in message}

    def close(self) -> None:
        """End the session."""
        self._page.close()


def main() -> int:
    """Run the load and print what was found; the exit status is 1 when something fell short."""
    parser = argparse.ArgumentParser(prog="python -m tests.load")
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--songs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--limit-s", type=float, default=1800.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gainstage-load-") as folder:
        home, log = Path(folder) / "home", Path(folder) / "server.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
        with log.open("wb") as out:
            server = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", *options],
                cwd=ROOT,
                env=os.environ | {"GAINSTAGE_HOME": str(home), "GAINSTAGE_HOSTED": "1"},
                stdout=out,
                stderr=out,
            )
        try:
            wait_for(port)
            wrong = _load(asked, port, home, server.pid)
        finally:
            server.terminate()
            server.wait()
        text = log.read_text(errors="replace")
        if "Traceback" in text:
            wrong.append(f"the server's log: {text[text.index('Traceback') :][:2000]}")
    print(f"wrong: {wrong or 'nothing'}")
    return 1 if wrong else 0


def _load(asked: argparse.Namespace, port: int, home: Path, server: int) -> list[str]:
    visitors = [Visitor(port, number) for number in range(1, asked.sessions + 1)]
    makers = visitors[: asked.songs]
    peak_mb, began = all_mb(server), time.monotonic()
    for one in makers:
        one.make(asked.seconds, GREEDY if one is makers[0] else 1)
    tags = [one.tag for one in makers]
    for one in visitors:
        threading.Thread(target=one.listen, args=(tags,), daemon=True).start()
    states: list[tuple[str, str]] = []
    while time.monotonic() - began < asked.limit_s:
        states = _states(home)
        under_way = {tag for tag, state in states if state in ("queued", "running")}
        there = {tag for tag, _ in states}
        for one in makers:
            if not one.waited_s and one.tag in there - under_way:
                one.waited_s = time.monotonic() - one.began
        peak_mb = max(peak_mb, all_mb(server))
        if all(one.waited_s for one in makers):
            break
        time.sleep(EVERY_S)
    all_s = time.monotonic() - began
    for one in visitors:
        one.close()
    return _judged(visitors, states, all_s, peak_mb)


def _judged(
    visitors: list[Visitor], states: list[tuple[str, str]], all_s: float, peak_mb: float
) -> list[str]:
    waited_s = [one.waited_s for one in visitors if one.began]
    songs = len(waited_s) + GREEDY - 1
    longest_s, fair_s = max(waited_s[1:], default=0.0), len(waited_s) * all_s / songs
    print(
        f"{len(visitors)} sessions, {len(states)} of {songs} songs in {all_s:.0f} s, longest wait "
        f"{longest_s:.0f} s where {fair_s:.0f} s are fair, all processes at most {peak_mb:.0f} MB"
    )
    wrong = [f"{tag} ended {state}" for tag, state in states if state != "done"]
    if len(states) != songs:
        wrong.append(f"{songs} songs were asked for, and {len(states)} are there")
    for one in visitors:
        others = one.seen - {one.tag}
        wrong += [f"session {one.number} was sent the prompt of another"] if others else []
        if one.began and one.tag not in one.seen:
            wrong.append(f"session {one.number} was not shown its own song")
    if not all(waited_s) or longest_s > MOST_OF_FAIR * fair_s:
        wrong.append("somebody waited for more than 1.3 times the fair share")
    if peak_mb > MOST_MB:
        wrong.append(f"{peak_mb:.0f} MB of memory; {MOST_MB:.0f} are allowed")
    return wrong


def _states(home: Path) -> list[tuple[str, str]]:
    """Return the last word of each song's prompt, and its state."""
    with contextlib.closing(sqlite3.connect(home / "index.sqlite")) as database:
        rows = database.execute("SELECT request, state FROM runs").fetchall()
    return [(json.loads(request)["prompt"].split()[-1], state) for request, state in rows]


if __name__ == "__main__":
    sys.exit(main())

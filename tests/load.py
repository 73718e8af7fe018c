"""``make load``: many visitors at once on the real server, some of whom have a song made.

Each session is a connection of its own in Streamlit's protocol, and stays open. The first visitor asks
for five songs at once, in five tabs, the other makers for one each. At the end every song has to be done,
no session may have been sent a word of another's prompt, and the server's log may hold no traceback.
Nobody who asked for one song may have waited for more than 1.3 times the fair share: one song's time for
each visitor who wants one. In the order of asking, the greedy one's songs first, the last would wait for
1.4 times that.
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
from collections import Counter
from pathlib import Path
from uuid import uuid4

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from benchmarks.memory import all_mb
from core.machine.visitors import COOKIE, Visitors
from tests.kills import ROOT, address, drawn, press, wait_for

GREEDY = 5
"""Songs of the first visitor."""
WAITING = "GAINSTAGE_WAITING_PER_OWNER"
MOST_OF_FAIR = 1.3
MOST_MB = 1200.0
EVERY_S = 0.5
LOOKS_EVERY_S = 10.0
"""A browser looks twice a second; 50 of them would take this machine for themselves."""


class Tab:
    """One session of a visitor, open until the end; ``seen`` are the tags that it was sent."""

    def __init__(self, port: int, token: str) -> None:
        self.seen = set[str]()
        cookie = {"Cookie": f"{COOKIE}={token}"}
        self._page = connect(address(port), max_size=None, additional_headers=cookie)
        self._fields = drawn(self._page, BackMsg())

    def make(self, prompt: str, seconds: float, seed: int) -> None:
        """Ask for a song."""
        press(self._page, self._fields, prompt, seconds, seed)

    def listen(self, tags: list[str]) -> None:
        """Take what the server sends until it ends, and note whose prompts it held.

        As a browser does, it has the parts of the page drawn again that follow a song: who looks no more for
        some minutes loses a song that is not begun.
        """
        page, due = "", dict[str, float]()
        with contextlib.suppress(ConnectionClosed, OSError):
            while True:
                with contextlib.suppress(TimeoutError):
                    message = self._page.recv(timeout=LOOKS_EVERY_S)
                    self.seen |= {tag for tag in tags if tag.encode() in message}
                    answer = ForwardMsg.FromString(message)
                    if answer.HasField("new_session"):
                        page = answer.new_session.page_script_hash
                    elif answer.HasField("auto_rerun"):
                        due[answer.auto_rerun.fragment_id] = 0.0
                for fragment in [one for one, at in due.items() if time.monotonic() >= at]:
                    due[fragment] = time.monotonic() + LOOKS_EVERY_S
                    again = BackMsg()
                    again.rerun_script.page_script_hash = page
                    again.rerun_script.fragment_id = fragment
                    again.rerun_script.is_auto_rerun = True
                    self._page.send(again.SerializeToString())

    def close(self) -> None:
        """End the session."""
        self._page.close()


class Visitor:
    """One browser with its cookie; ``tag`` is a word that only its own prompts hold."""

    def __init__(self, port: int, visitors: Visitors, number: int, songs: int) -> None:
        self.number, self.songs, self.tag = number, songs, f"tag{uuid4().hex}"
        token = visitors.token(visitors.new())
        self.tabs = [Tab(port, token) for _ in range(max(1, songs))]
        self.began = self.waited_s = 0.0

    def make(self, seconds: float) -> None:
        """Ask for a song in each tab."""
        self.began = time.monotonic()
        for number, tab in enumerate(self.tabs):
            tab.make(f"calm piano {number} {self.tag}", seconds, 100 * self.number + number)


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
        home.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
        with log.open("wb") as out:
            server = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", *options],
                cwd=ROOT,
                env=os.environ | {"GAINSTAGE_HOME": str(home), "GAINSTAGE_HOSTED": "1", WAITING: str(GREEDY)},
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
    signed = Visitors(home)
    counts = [GREEDY, *[1] * (asked.songs - 1), *[0] * (asked.sessions - asked.songs)]
    visitors = [Visitor(port, signed, number, count) for number, count in enumerate(counts, start=1)]
    makers = visitors[: asked.songs]
    peak_mb, began = all_mb(server), time.monotonic()
    for one in makers:
        one.make(asked.seconds)
    tags = [one.tag for one in makers]
    for tab in (tab for one in visitors for tab in one.tabs):
        threading.Thread(target=tab.listen, args=(tags,), daemon=True).start()
    states: list[tuple[str, str]] = []
    while time.monotonic() - began < asked.limit_s:
        states = _states(home)
        ended = Counter(tag for tag, state in states if state not in ("queued", "running"))
        for one in makers:
            if not one.waited_s and ended[one.tag] == one.songs:
                one.waited_s = time.monotonic() - one.began
        peak_mb = max(peak_mb, all_mb(server))
        if all(one.waited_s for one in makers):
            break
        time.sleep(EVERY_S)
    all_s = time.monotonic() - began
    for tab in (tab for one in visitors for tab in one.tabs):
        tab.close()
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
        seen = set[str]().union(*(tab.seen for tab in one.tabs))
        wrong += [f"visitor {one.number} was sent the prompt of another"] if seen - {one.tag} else []
        wrong += [f"visitor {one.number} was not shown a song"] if one.songs and one.tag not in seen else []
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

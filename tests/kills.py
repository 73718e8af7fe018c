"""``make kills``: kill -9 at random times over whole songs through the real server, and a look at the rest.

Each round starts the server on the same home, asks Home for a song over Streamlit's own protocol, and kills
the server at a random time of a song's, every other time without its engines. Then everything that was
finished has to be there to the last bit, every run in a true state, and the next start clean. Another song is
made to its end at the last.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from core.engines.opened import open_engines
from core.runs.record import RunState, StepState
from core.runs.store import Store
from core.studio import Studio

ROOT = Path(__file__).parents[1]
SECONDS = 5.0
START_LIMIT_S = 240.0
GONE_WITHIN_S = 20.0
ALL_EVERY = 25
"""After so many kills every sound is proved again; between them what was written since the last look."""
SONG_LIMIT_S = 900.0
TAKEN_WITHIN_S = 60.0


@dataclass
class Seen:
    """What was found over all rounds."""

    finished: dict[str, str] = field(default_factory=dict)
    """The master's key of each song that was once done."""
    ends: dict[str, int] = field(default_factory=dict)
    looked: float = 0.0
    wrong: list[str] = field(default_factory=list)


def main() -> int:
    """Kill, look, and say what was found; the exit status is 1 when anything was lost or wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance, seen = random.Random(asked.seed), Seen()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the server in hand ends with this process
    with tempfile.TemporaryDirectory(prefix="gainstage-kills-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        servers = Servers(home)
        servers.round(0, None)  # the first writes what the next ones load
        song_s = servers.round(asked.count + 2, None)
        look(home, seen)
        print(f"a whole song takes {song_s:.1f} s", flush=True)
        for number in range(1, asked.count + 1):
            after_s, alone = chance.uniform(0.0, 1.1 * song_s), number % 2 == 0
            lasted_s = servers.round(number, after_s, alone=alone)
            if lasted_s < after_s:
                song_s = lasted_s  # it was done before: the machine has become quieter
            elif after_s > song_s:
                song_s *= 1.1
            look(home, seen, every=number % ALL_EVERY == 0)
            who = "server" if alone else "all   "
            print(
                f"{number:4} {who} killed after {lasted_s:5.1f} s: {seen.ends} {seen.wrong or ''}", flush=True
            )
        servers.round(asked.count + 1, None)
        look(home, seen, every=True)
        servers.close()
    print(f"{asked.count} kills, {len(seen.finished)} songs finished, wrong: {seen.wrong or 'nothing'}")
    return 1 if seen.wrong else 0


def look(home: Path, seen: Seen, *, every: bool = True) -> None:
    """Open the home as the next server would, and note what is lost or wrong.

    Without ``every`` only those sounds are proved that were written since the last look.
    """
    since, seen.looked = 0.0 if every else seen.looked, time.time()
    with contextlib.closing(sqlite3.connect(home / "index.sqlite")) as database:
        (sound,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if sound != "ok":
        seen.wrong.append(f"the index: {sound}")
    studio, store = Studio(home, open_engines()), Store(home)
    try:
        studio.housekeeping.settle()
        if studio.housekeeping.index.database.notice:
            seen.wrong.append(studio.housekeeping.index.database.notice)
        for label in (home / "artifacts").glob("*/*.json"):
            if label.stat().st_mtime < since - 1.0:
                continue
            if store.audio(label.stem).key != label.stem:
                seen.wrong.append(f"the sound {label.stem}")
        ends: dict[str, int] = {}
        found = {summary.id: studio.run(summary.id) for summary in studio.runs("anybody")}
        for run in found.values():
            ends[run.state.value] = ends.get(run.state.value, 0) + 1
            if run.state not in (RunState.DONE, RunState.INTERRUPTED):
                seen.wrong.append(f"{run.id} is {run.state.value}")
            for step in run.steps:
                if step.state is StepState.DONE:
                    lost = [a.name for a in step.artifacts if not store.has(a.key)]
                    lost += store.exports.lost(step.files.values())
                    if lost:
                        seen.wrong.append(f"{run.id} {step.stage}: lost {lost}")
            master = run.step("master").main
            if run.state is RunState.DONE and master:
                seen.finished.setdefault(run.id, master.key)
        for run_id, key in seen.finished.items():
            master = found[run_id].step("master").main if run_id in found else None
            if master is None or master.key != key:
                seen.wrong.append(f"the finished song {run_id}")
        seen.ends = ends
    finally:
        studio.close()


class Servers:
    """The real server, started anew each time, by a process that has imported it."""

    def __init__(self, home: Path) -> None:
        self._home, self.log = home, home.parent / "server.log"
        self._source = subprocess.Popen(
            [sys.executable, "-m", "tests.warm_server"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def round(self, seed: int, kill_after_s: float | None, *, alone: bool = False) -> float:
        """Have a server make a song, kill it meanwhile or when it is done; returns the seconds until then.

        ``alone`` kills the server's process only: its engine has to end by itself.
        """
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        assert self._source.stdin and self._source.stdout
        asked = {"home": str(self._home), "port": port, "log": str(self.log)}
        self._source.stdin.write(json.dumps(asked) + "\n")
        self._source.stdin.flush()
        server = int(self._source.stdout.readline())
        try:
            wait_for(port)
            before = len(_states(self._home))
            ask(port, seed)
            began = time.monotonic()
            _wait_for_end(self._home, began, SONG_LIMIT_S if kill_after_s is None else kill_after_s, before)
            lasted_s = time.monotonic() - began
            if kill_after_s is None and lasted_s >= SONG_LIMIT_S:
                raise SystemExit("The song did not end.")
            return lasted_s
        finally:
            engines = _descendants(server)
            for process in [server] if alone else [server, *engines]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            _wait_until_gone([server, *engines])

    def close(self) -> None:
        """End the process that starts them."""
        self._source.communicate()


def _wait_until_gone(processes: Sequence[int]) -> None:
    """Wait until none of them runs; one that waits to be reaped does not."""
    until = time.monotonic() + GONE_WITHIN_S
    while alive := [p for p in processes if p in _parents()]:
        if time.monotonic() > until:
            raise SystemExit(f"Of the server and its engines {len(alive)} processes live on.")
        time.sleep(0.1)


def _descendants(process: int) -> list[int]:
    parents, found = _parents(), [process]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def _parents() -> dict[int, int]:
    """Return the parent of every process that runs."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            parents[int(stat.parent.name)] = int(parent)
    return parents


def ask(port: int, seed: int, seconds: float = SECONDS) -> None:
    """Fill in Home's form and press its button, over the protocol that Streamlit's page speaks."""
    with connect(address(port), max_size=None) as page:
        press(page, drawn(page, BackMsg()), f"short calm piano {uuid4().hex[:6]}", seconds, seed)


def address(port: int) -> str:
    """Return where Streamlit's protocol is spoken."""
    return f"ws://127.0.0.1:{port}/_stcore/stream"


def press(page: object, fields: dict[str, str], prompt: str, seconds: float, seed: int) -> None:
    """Fill in the form of a page that is open, and press its button."""
    message = BackMsg()
    widgets = message.rerun_script.widget_states.widgets
    for name, kind, value in (
        ("prompt", "string_value", prompt),
        ("length", "string_value", f"{seconds:g}"),
        ("seed", "int_value", seed),
        ("instrumental", "bool_value", True),
        ("make", "trigger_value", True),
    ):
        widget = widgets.add()
        widget.id = fields[name]
        setattr(widget, kind, value)
    drawn(page, message)


def drawn(page: object, message: BackMsg) -> dict[str, str]:
    """Send a message and take the page that follows; returns the widgets' ids by their keys."""
    if not message.HasField("rerun_script"):
        message.rerun_script.query_string = ""
    page.send(message.SerializeToString())  # type: ignore[attr-defined]
    fields: dict[str, str] = {}
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(page.recv(timeout=START_LIMIT_S))  # type: ignore[attr-defined]
        if answer.WhichOneof("type") == "delta":
            element = answer.delta.new_element
            kind = element.WhichOneof("type")
            drawn = getattr(element, kind) if kind else None
            found = getattr(drawn, "id", "")
            if found:
                fields[found.rpartition("-")[2]] = found
        if answer.WhichOneof("type") == "script_finished":
            return fields


def wait_for(port: int) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5)
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("The server did not start.")


def _wait_for_end(home: Path, began: float, longest_s: float, before: int) -> None:
    """Return when the song after ``before`` others ended, or so many seconds after it began."""
    while (left_s := longest_s - (lasted_s := time.monotonic() - began)) > 0:
        states = _states(home)
        if len(states) > before and states[-1] not in ("queued", "running"):
            return
        if len(states) == before and lasted_s > TAKEN_WITHIN_S:
            raise SystemExit("Home did not take the request.")
        time.sleep(min(0.2, left_s))


def _states(home: Path) -> list[str]:
    """Return the states of all runs, the oldest first."""
    if not (home / "index.sqlite").is_file():
        return []
    with contextlib.closing(sqlite3.connect(home / "index.sqlite")) as database:
        return [state for (state,) in database.execute("SELECT state FROM runs ORDER BY created")]


if __name__ == "__main__":
    sys.exit(main())

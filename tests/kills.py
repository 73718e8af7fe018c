"""``make kills``: kill -9 at random times over whole songs through the real server, and a look at the rest.

Each round starts the server on the same home, asks Home for a song over Streamlit's own protocol, and kills
the server at a random time of a song's. Then everything that was finished has to be there to the last bit,
every run in a true state, and the next start clean. Another song is made to its end at the last.
"""

from __future__ import annotations

import argparse
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
SECONDS = 8.0
START_LIMIT_S = 240.0
SONG_LIMIT_S = 900.0


@dataclass
class Seen:
    """What was found over all rounds."""

    finished: dict[str, str] = field(default_factory=dict)
    """The master's key of each song that was once done."""
    ends: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def main() -> int:
    """Kill, look, and say what was found; the exit status is 1 when anything was lost or wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance, seen = random.Random(asked.seed), Seen()
    with tempfile.TemporaryDirectory(prefix="gainstage-kills-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        song_s = _round(home, 0, None)
        look(home, seen)
        print(f"a whole song takes {song_s:.1f} s", flush=True)
        for number in range(1, asked.count + 1):
            after_s = chance.uniform(0.0, 1.1 * song_s)
            _round(home, number, after_s)
            look(home, seen)
            print(f"{number:4} killed after {after_s:6.1f} s: {seen.ends} {seen.wrong or ''}", flush=True)
        _round(home, asked.count + 1, None)
        look(home, seen)
    print(f"{asked.count} kills, {len(seen.finished)} songs finished, wrong: {seen.wrong or 'nothing'}")
    return 1 if seen.wrong else 0


def look(home: Path, seen: Seen) -> None:
    """Open the home as the next server would, and note what is lost or wrong."""
    with sqlite3.connect(home / "index.sqlite") as database:
        (sound,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if sound != "ok":
        seen.wrong.append(f"the index: {sound}")
    studio, store = Studio(home, open_engines()), Store(home)
    try:
        studio.housekeeping.settle()
        if studio.housekeeping.index.database.notice:
            seen.wrong.append(studio.housekeeping.index.database.notice)
        for label in (home / "artifacts").glob("*/*.json"):
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


def _round(home: Path, seed: int, kill_after_s: float | None) -> float:
    """Have the server make a song, and kill it meanwhile, or let it finish; returns how long that took."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless=true"]
    with (home.parent / "server.log").open("ab") as log:
        server = subprocess.Popen(
            [*command, "--server.address=127.0.0.1", f"--server.port={port}"],
            cwd=ROOT,
            env=os.environ | {"GAINSTAGE_HOME": str(home)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_for(port, server)
        ask(port, seed)
        began = time.monotonic()
        if kill_after_s is not None:
            time.sleep(kill_after_s)
        else:
            _wait_for_end(home, began)
        return time.monotonic() - began
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def ask(port: int, seed: int) -> None:
    """Fill in Home's form and press its button, over the protocol that Streamlit's page speaks."""
    with connect(f"ws://127.0.0.1:{port}/_stcore/stream", max_size=None) as page:
        fields = _drawn(page, BackMsg())
        message = BackMsg()
        widgets = message.rerun_script.widget_states.widgets
        for name, kind, value in (
            ("prompt", "string_value", f"short calm piano {uuid4().hex[:6]}"),
            ("length", "double_value", SECONDS),
            ("seed", "int_value", seed),
            ("instrumental", "bool_value", True),
            ("make", "trigger_value", True),
        ):
            widget = widgets.add()
            widget.id = fields[name]
            setattr(widget, kind, value)
        _drawn(page, message)


def _drawn(page: object, message: BackMsg) -> dict[str, str]:
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


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5)
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not start.")


def _wait_for_end(home: Path, began: float) -> None:
    while time.monotonic() - began < SONG_LIMIT_S:
        with sqlite3.connect(home / "index.sqlite") as database:
            states = [state for (state,) in database.execute("SELECT state FROM runs ORDER BY created")]
        if states and states[-1] not in ("queued", "running"):
            return
        time.sleep(0.2)
    raise SystemExit("The song did not end.")


if __name__ == "__main__":
    sys.exit(main())

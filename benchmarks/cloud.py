"""From ``git clone`` to the first song by the Community Cloud's documented steps, replayed on this machine.

    python -m benchmarks.cloud

A clone is laid out as that host does it; a new environment gets the ``requirements.txt`` beside the entry
and nothing else; the entry is started from the clone's root, by its main file's path; Home's form is filled
in and its button pressed over the page's protocol. What ``packages.txt`` names is left to that host's apt-
get. On a machine that is at work on something else only the processor time says anything.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure, show
from benchmarks.memory import all_mb
from tests.kills import ask, wait_for

ROOT = Path(__file__).parents[1]
ENTRY = "hosting/community-cloud/streamlit_app.py"
REQUIREMENTS = "hosting/community-cloud/requirements.txt"
MOST_S = 240.0
LIMIT_S = 1800.0
OURS = ("GAINSTAGE_", "STREAMLIT_", "PYTHON", "VIRTUAL_ENV")
"""Variables of this machine that the host does not know."""


class Steps:
    """The steps so far, each with its time and the processor time of what it started."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.wall_s = self.processor_s = 0.0

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step; the processes that it starts have ended within it."""
        began, before = time.monotonic(), _processor_s()
        yield
        wall_s, processor_s = time.monotonic() - began, _processor_s() - before
        self.wall_s += wall_s
        self.processor_s += processor_s
        self.figures.append(Figure(f"{name}, processor time", processor_s, "s"))
        self.figures.append(Figure(f"{name}, by the clock", wall_s, "s"))


def run() -> list[Figure]:
    """Replay the steps and return their figures. Raises SystemExit where one fails."""
    steps = Steps()
    with tempfile.TemporaryDirectory(prefix="gainstage-cloud-") as folder:
        clone, home = Path(folder) / "mount" / "src" / "gainstage", Path(folder) / "home"
        home.mkdir()
        env = {name: text for name, text in os.environ.items() if not name.startswith(OURS)}
        env["HOME"] = str(home)
        with steps.step("git clone"):
            _done(["git", "clone", "--quiet", str(ROOT), str(clone)], Path(folder), env)
        python = Path(folder) / "venv" / "bin" / "python"
        with steps.step(f"pip install -r {REQUIREMENTS}"):
            _done([sys.executable, "-m", "venv", str(python.parents[1])], clone, env)
            pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
            _done([*pip, "-r", REQUIREMENTS], clone, env)
        with steps.step("start and first song, 20 s"):
            peak_mb = _first_song(python, clone, home, env)
    print(f"left to the host's apt-get: {', '.join((ROOT / 'packages.txt').read_text().split())}")
    return [
        *steps.figures,
        Figure("clone to first song, processor time", steps.processor_s, "s", f"<= {MOST_S:.0f}"),
        Figure("clone to first song, by the clock", steps.wall_s, "s"),
        Figure("all processes of the studio, peak", peak_mb, "MB"),
    ]


def _first_song(python: Path, clone: Path, home: Path, env: dict[str, str]) -> float:
    """Start the entry as the host does and make a song over the page; returns the peak of memory, MB."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = ["--server.headless=true", f"--server.port={port}", "--server.address=0.0.0.0"]
    server = subprocess.Popen(
        [str(python), "-m", "streamlit", "run", ENTRY, *flags],
        cwd=clone,
        env=env,
        stdout=(home / "server.log").open("wb"),
        stderr=subprocess.STDOUT,
    )
    peak_mb, until = 0.0, time.monotonic() + LIMIT_S
    try:
        wait_for(port)
        ask(port, 1, seconds=20.0)
        while (state := _state(home / ".gainstage" / "index.sqlite")) in ("", "queued", "running"):
            peak_mb = max(peak_mb, all_mb(server.pid))
            if server.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"The song did not end:\n{(home / 'server.log').read_text()[-2000:]}")
            time.sleep(0.5)
    finally:
        server.terminate()
        server.wait()
    if state != "done":
        raise SystemExit(f"The song ended {state}.")
    return peak_mb


def _state(index: Path) -> str:
    """Return the state of the first song; empty before there is one."""
    with contextlib.suppress(sqlite3.OperationalError):  # the home is being made
        with contextlib.closing(sqlite3.connect(f"file:{index}?mode=ro", uri=True)) as database:
            row = database.execute("SELECT state FROM runs").fetchone()
        return str(row[0]) if row else ""
    return ""


def _done(command: list[str], cwd: Path, env: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=cwd, env=env, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit {done.returncode}.")


def _processor_s() -> float:
    """Return the processor time of the processes that this one started and that have ended."""
    times = os.times()
    return times.children_user + times.children_system


if __name__ == "__main__":
    show(run())

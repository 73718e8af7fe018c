"""Peak memory of all of the studio's processes together while a song is made.

PSS (proportional set size, Linux's ``smaps_rollup``) shares a page among those that map it. Counted are
anonymous and shared memory: pages of files, such as mapped stems, are given back when room is short, so a
container's limit does not end a process for them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.figure import Figure, show

EVERY_S = 0.1
PROMPT = "warm lo-fi piano about the sea"


def run() -> list[Figure]:
    """Measure and return the figures; about a minute."""
    figures = []
    for duration_s, most_mb in ((60, 700), (180, 1000)):
        with tempfile.TemporaryDirectory() as home:
            peak, parts = peak_mb(duration_s, Path(home))
        figures.append(Figure(f"{duration_s} s song, all processes, peak", peak, "MB", f"<= {most_mb}"))
        figures += [Figure(f"  of which {name}", mb, "MB") for name, mb in parts.most_common()]
    return figures


def peak_mb(duration_s: int, home: Path) -> tuple[float, Counter[str]]:
    """Make a song by the command and return the highest sum of PSS, MB, and its parts at that moment."""
    command = [sys.executable, "-m", "core", "song", "--prompt", PROMPT, "--seconds", str(duration_s)]
    song = subprocess.Popen(
        [*command, "--out", str(home / "out")],
        env=os.environ | {"GAINSTAGE_HOME": str(home)},
        stdout=subprocess.DEVNULL,
    )
    peak, parts = 0.0, Counter[str]()
    while song.poll() is None:
        now = Counter[str]()
        for pid in _below(song.pid):
            now[_name(pid)] += _pss_mb(pid)
        if sum(now.values()) > peak:
            peak, parts = sum(now.values()), now
        time.sleep(EVERY_S)
    if song.returncode:
        raise SystemExit(f"The song ended with exit {song.returncode}.")
    return peak, parts


def all_mb(pid: int) -> float:
    """Return the PSS of a process and all below it, MB."""
    return sum(_pss_mb(each) for each in _below(pid))


def _below(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                found += _below(int(child))
        except OSError:  # It ended meanwhile.
            continue
    return found


def _name(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return "ended"
    if any(word.endswith("/player.py") for word in words):
        return "the band's players"
    return next((word for word in words if word.startswith("core.engines.")), "the studio")


def _pss_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:"))) / 1024


if __name__ == "__main__":
    show(run())

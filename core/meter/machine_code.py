"""The machine code of the numeric loops: where it is cached, and having it made ahead of its first use.

Compiling takes seconds in which Python does nothing else, so it is done by processes of its own: at install
(``python -m core compile``), else once by the first process that imports a kernel. What they made is read
back from disk. Where no folder can be written, the loops are compiled in each process that uses them.
"""

from __future__ import annotations

import hashlib
import logging
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from core.machine.home import VARIABLE

logger = logging.getLogger("gainstage.machine_code")

GROUPS = (
    ("core.meter.kernels", "core.checks.kernels"),
    ("core.dsp.kernels", "core.meter.features.kernels"),
)
"""Modules of kernels; each group takes about as long, and is compiled by a process of its own."""
ROOT = Path(__file__).parents[2]
SOURCES = tuple(ROOT / f"{module.replace('.', '/')}.py" for group in GROUPS for module in group)
IN_TREE = Path(__file__).parent / "__pycache__"
CHOSEN = "NUMBA_CACHE_DIR"
_COMPILES = "GAINSTAGE_COMPILES"
_lock = threading.Lock()
_tell: Callable[[str], None] = logger.info


def announce_by(tell: Callable[[str], None]) -> None:
    """Have ``tell`` called with a sentence before and after a compilation of this process; the log else."""
    global _tell
    _tell = tell


def make_ready() -> float:
    """Return once the loops' machine code is on disk, made by child processes where it was not.

    Returns the seconds that it took, 0 when all was there. Never raises for what could not be made ahead:
    that is compiled where it is used.
    """
    place = folder()
    if place is None or os.environ.get(_COMPILES):
        return 0.0
    with _lock:
        if is_ready():
            return 0.0
        with _one_process(place):
            return 0.0 if is_ready() else _compile(place)


def is_ready() -> bool:
    """Whether the machine code of these sources, for this processor and numba, is on disk."""
    place = folder()
    return place is not None and (place / _stamp()).is_file()


def begin() -> None:
    """Start what :func:`make_ready` does in the background, if there is anything to do; returns at once."""
    if not is_ready():
        threading.Thread(target=make_ready, daemon=True, name="compile").start()


@lru_cache(maxsize=1)
def folder() -> Path | None:
    """Return where machine code is cached, None where nothing can be written.

    What ``NUMBA_CACHE_DIR`` names, else beside the sources (:data:`IN_TREE`), else in the studio's home.
    """
    chosen = os.environ.get(CHOSEN)
    if chosen:
        return Path(chosen) if _writable(Path(chosen)) else None
    if all(_writable(source.parent / "__pycache__") for source in SOURCES):
        return IN_TREE
    home = Path(os.environ.get(VARIABLE) or Path.home() / ".gainstage").expanduser() / "machine-code"
    return home if _writable(home) else None


def elsewhere() -> Path | None:
    """Return the folder when it is none that numba finds by itself."""
    place = folder()
    return None if place == IN_TREE else place


def _writable(place: Path) -> bool:
    try:
        place.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=place).close()
    except OSError:
        return False
    return True


def _compile(place: Path) -> float:
    began = time.monotonic()
    _tell("Compiling the numeric loops, once after an install or an update (about 10 s) ...")
    env = os.environ | {_COMPILES: "1"}
    if place != IN_TREE:
        env[CHOSEN] = str(place)
    made, said = True, ""
    for child in [_started(group, env) for group in GROUPS]:
        said += child.communicate()[1]
        made = made and child.returncode == 0
    took_s = time.monotonic() - began
    if not made:
        logger.warning("state=not-compiled folder=%s seconds=%.1f reason=%s", place, took_s, said[-500:])
        _tell("They could not be cached on disk and are compiled again in each process that uses them.")
        return took_s
    try:
        for old in place.glob("gainstage-*.made"):
            old.unlink(missing_ok=True)
        (place / _stamp()).touch()
    except OSError as error:
        logger.warning("state=not-noted folder=%s reason=%s", place, error)
    _tell(f"Compiled in {took_s:.1f} s.")
    return took_s


def _started(modules: tuple[str, ...], env: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "core.meter.compile_modules", *modules]
    return subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def _stamp() -> str:
    """Return the name of the file that says that all was compiled: from what numba keeps its code by."""
    parts = [version("numba"), version("llvmlite"), sys.version, platform.machine(), _processor()]
    for source in SOURCES:
        found = source.stat()
        parts.append(f"{source}:{found.st_mtime_ns}:{found.st_size}")
    return f"gainstage-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:16]}.made"


@lru_cache(maxsize=1)
def _processor() -> str:
    """Return the model and the instruction sets of this machine's processor, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except OSError:
        return platform.processor()
    named = ("model name", "flags", "Features", "CPU part")
    return "|".join(dict.fromkeys(line for line in lines if line.startswith(named)))


@contextmanager
def _one_process(place: Path) -> Iterator[None]:
    """Wait until no other process compiles into ``place``; where files cannot be locked, both do."""
    with (place / "gainstage.lock").open("ab") as file:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX)
            except OSError as error:
                logger.info("state=not-locked folder=%s reason=%s", place, error)
        yield

"""The machine code of the numeric loops: where it is cached, and having it made ahead of its first use.

Compiling takes seconds in which Python does nothing else, so it is done by processes of its own: at install
(``python -m core compile``), else once by the first process that imports a kernel. What they made is read
back from disk, a file for each module of kernels. Where nothing was made, the code that came with the package
runs (:mod:`core.meter.shipped`). Where that does not fit and no folder can be written, the loops are compiled
in each process that uses them.
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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from core.machine.home import VARIABLE
from core.meter import shipped
from core.meter.native import Code, read, write

logger = logging.getLogger("gainstage.machine_code")

GROUPS = (
    ("core.meter.kernels", "core.checks.kernels"),
    ("core.dsp.kernels", "core.meter.features.kernels"),
)
"""Modules of kernels; each group takes about as long, and is compiled by a process of its own."""
ROOT = Path(__file__).parents[2]
SOURCES = {m: ROOT / f"{m.replace('.', '/')}.py" for group in GROUPS for m in group}
MAKERS = tuple(Path(__file__).with_name(name) for name in ("compiled.py", "compiling.py", "native.py"))
IN_TREE = Path(__file__).parent / "__pycache__"
CHOSEN = "NUMBA_CACHE_DIR"
_COMPILES = "GAINSTAGE_COMPILES"
_lock = threading.Lock()
_tell: Callable[[str], None] = logger.info


def announce_by(tell: Callable[[str], None]) -> None:
    """Have ``tell`` called with a sentence before and after a compilation of this process; the log else."""
    global _tell
    _tell = tell


def make_ready(*, own: bool = False) -> float:
    """Return once no loop needs to be compiled before its use; with ``own``, for this very processor.

    Child processes make what is missing. Returns the seconds that it took, 0 when all was there. Never raises
    for what could not be made ahead: that is compiled where it is used.
    """
    there = is_own if own else is_ready
    place = folder()
    if place is None or os.environ.get(_COMPILES):
        return 0.0
    with _lock:
        if there():
            return 0.0
        with _one_process(place):
            return 0.0 if there() else _compile(place)


def is_ready() -> bool:
    """Whether the machine code of these sources is on disk: made here, or come with the package."""
    return is_own() or all(_shipped(module) for module in SOURCES)


def is_own() -> bool:
    """Whether the machine code of these sources, for this processor and numba, is on disk."""
    place = folder()
    return place is not None and all((place / name).is_file() for name in _files().values())


def cached(module: str) -> dict[str, Code]:
    """Return the machine code of a module's loops that is on disk, by name; none where there is none."""
    place, name = folder(), _files().get(module)
    for path in (place / name if place and name else None, _shipped(module)):
        try:
            if path is not None:
                return read(path.read_bytes())
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.warning("state=unreadable file=%s reason=%s", path, error)
    return {}


def ship(module: str, codes: Mapping[str, Code]) -> None:
    """Write the machine code of a module's loops into the package that is built; raises OSError."""
    path = shipped.file_of(module, (SOURCES[module], *MAKERS))
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(write(codes))


def _shipped(module: str) -> Path | None:
    """Return the file of a module's code that came with the package, where it runs on this machine."""
    if module not in SOURCES or os.environ.get(_COMPILES) or not shipped.FOLDER.is_dir():
        return None
    flags = next((line for line in _processor().split("|") if line.startswith("flags")), "")
    path = shipped.file_of(module, (SOURCES[module], *MAKERS))
    return path if shipped.runs_on(flags) and path.is_file() else None


def keep(module: str, codes: Mapping[str, Code]) -> None:
    """Write the machine code of a module's loops to disk; raises OSError."""
    place = folder()
    if place is None:
        return
    _write(place / _files()[module], write(codes))


def begin() -> None:
    """Start what :func:`make_ready` does in the background, if there is anything to do; returns at once."""
    if not is_ready():
        threading.Thread(target=make_ready, daemon=True, name="compile").start()


@lru_cache(maxsize=1)
def folder() -> Path | None:
    """Return where machine code is cached, None where nothing can be written.

    What ``NUMBA_CACHE_DIR`` names, else beside the meter's sources (:data:`IN_TREE`), else in the studio's
    home.
    """
    chosen = os.environ.get(CHOSEN)
    if chosen:
        return Path(chosen) if _writable(Path(chosen)) else None
    if _writable(IN_TREE):
        return IN_TREE
    home = Path(os.environ.get(VARIABLE) or Path.home() / ".gainstage").expanduser() / "machine-code"
    return home if _writable(home) else None


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
    env = os.environ | {_COMPILES: "1"} | ({} if place == IN_TREE else {CHOSEN: str(place)})
    made, said = True, ""
    for child in [_started(group, env) for group in GROUPS]:
        said += child.communicate()[1]
        made = made and child.returncode == 0
    took_s = time.monotonic() - began
    if not made:
        logger.warning("state=not-compiled folder=%s seconds=%.1f reason=%s", place, took_s, said[-500:])
        _tell("They could not be cached on disk and are compiled again in each process that uses them.")
        return took_s
    _tell(f"Compiled in {took_s:.1f} s.")
    return took_s


def _started(modules: tuple[str, ...], env: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "core.meter.compile_modules", *modules]
    return subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def _files() -> dict[str, str]:
    """Return the name of the file of each module's machine code: from all that it depends on."""
    parts = [version("numba"), version("llvmlite"), platform.machine(), _processor()]
    parts += [_seen(source) for source in MAKERS]
    names = {}
    for module, source in SOURCES.items():
        here = hashlib.sha256(str(source).encode()).hexdigest()[:8]
        of = hashlib.sha256("|".join([*parts, _seen(source)]).encode()).hexdigest()[:16]
        names[module] = f"{module}-{here}-{of}.code"
    return names


def _seen(source: Path) -> str:
    found = source.stat()
    return f"{source}:{found.st_mtime_ns}:{found.st_size}"


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and remove what older sources left in its place."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    for old in path.parent.glob(f"{path.name.rpartition('-')[0]}-*.code"):
        if old != path:
            old.unlink(missing_ok=True)


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

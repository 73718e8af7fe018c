"""Which SoundFont the band plays through: that of its settings, of GAINSTAGE_SOUNDFONT, or the bundled one.

Its structure is read as the SoundFont 2.04 specification has it: a RIFF file of form ``sfbk`` whose INFO list
begins with its version (``ifil``) and whose ``pdta`` list holds the preset headers (``phdr``).
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO

from core.errors import EngineMissingError

VARIABLE = "GAINSTAGE_SOUNDFONT"
FOLDERS = (
    "~/.local/share/soundfonts",
    "~/.local/share/sounds/sf2",
    "/usr/local/share/soundfonts",
    "/usr/local/share/sounds/sf2",
    "/usr/share/soundfonts",
    "/usr/share/sounds/sf2",
)
"""Where Linux distributions and people keep SoundFonts."""
_BUNDLED = "TimGM6mb.sf2"
_REMEDY = "Install the light set (pip install -r requirements-lite.txt), or name an .sf2 file in "
_KIT_BANK = 128
_PRESET_BYTES = 38


def soundfont_path(named: str = "") -> Path:
    """Return the path of the SoundFont to play through, without importing its package.

    ``named``: a file, or the name of one of :func:`found_soundfonts`; empty for the usual one. Raises
    EngineMissingError.
    """
    if named.strip():
        return _named(named.strip())
    by_variable = os.environ.get(VARIABLE, "").strip()
    if by_variable:
        path = Path(by_variable).expanduser()
        if not path.is_file():
            raise EngineMissingError(
                f"{VARIABLE} names a file that is not there: {path.name}.",
                causes=("the path is misspelt", "the file was moved"),
                remedy=f"Correct {VARIABLE}, or remove it to use the bundled SoundFont.",
            )
        return path
    bundled = _bundled()
    if bundled is None:
        raise EngineMissingError(
            "The band has no SoundFont to play through.",
            causes=("the package that carries it (pretty_midi) is not installed",),
            remedy=_REMEDY + f"{VARIABLE}.",
        )
    return bundled


def found_soundfonts() -> tuple[Path, ...]:
    """Return the SoundFonts that the band can play, of those in :data:`FOLDERS`, in order of their names.

    A file that stands under two names is listed once.
    """
    found: dict[Path, Path] = {}
    for folder in FOLDERS:
        for path in sorted(Path(folder).expanduser().glob("*.[sS][fF]2")):
            if path.is_file() and not _why_not(path):
                found.setdefault(path.resolve(), path)
    return tuple(sorted(found.values(), key=lambda path: path.name.lower()))


def checked_soundfont(named: str = "") -> Path:
    """Return the path of the SoundFont to play through, as :func:`soundfont_path` does.

    Raises EngineMissingError also for a file that the renderer cannot play: no SoundFont, a compressed
    one, or one without a preset.
    """
    path = soundfont_path(named)
    why_not = _why_not(path)
    if not why_not:
        return path
    where = "the band's SoundFont setting" if named.strip() else VARIABLE
    if why_not is _COMPRESSED:
        raise EngineMissingError(
            f"{path.name} is a compressed SoundFont (.sf3), which the band cannot play.",
            causes=("its samples are Ogg Vorbis; the renderer reads plain samples alone",),
            remedy=f"Convert it (sf3convert -x {path.name} {path.stem}.sf2) and name the .sf2 file"
            f" in {where}, or remove it to use the bundled one.",
        )
    raise EngineMissingError(
        f"{path.name} is not a SoundFont{why_not}.",
        causes=("the file is of another kind", "its download broke off"),
        remedy=f"Name an .sf2 file in {where}, or remove it to use the bundled one.",
    )


def soundfont_id(path: Path) -> str:
    """Return what changes when the SoundFont's content does, whatever its name: part of the step's key."""
    status = path.stat()
    return _content_id(path, status.st_size, status.st_mtime_ns)


def has_drums(path: Path) -> bool:
    """Return whether the SoundFont has a drum kit (a preset in bank 128)."""
    with path.open("rb") as file:
        return any(bank == _KIT_BANK for _, bank in _presets(file))


def is_bundled(path: Path) -> bool:
    """Return whether this is the SoundFont that comes with the light set."""
    bundled = _bundled()
    return bundled is not None and path.resolve() == bundled.resolve()


def _named(named: str) -> Path:
    path = Path(named).expanduser()
    if path.is_file():
        return path
    for one in found_soundfonts():
        if named.lower() in (one.name.lower(), one.stem.lower()):
            return one
    offered = ", ".join(one.name for one in found_soundfonts())
    raise EngineMissingError(
        f"The SoundFont {path.name} is not on this machine.",
        causes=("its name is misspelt", "the song comes from another machine"),
        remedy=f"Choose one of those found here ({offered}), or clear the setting."
        if offered
        else "Give the path of an .sf2 file, or clear the setting to use the usual one.",
    )


def _bundled() -> Path | None:
    spec = importlib.util.find_spec("pretty_midi")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / _BUNDLED
        if path.is_file():
            return path
    return None


_COMPRESSED = "compressed"


def _why_not(path: Path) -> str:
    """Return why the renderer cannot play the file; empty when it can."""
    status = path.stat()
    return _structure(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=256)
def _structure(path: Path, size: int, mtime_ns: int) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(12)
            if head[:4] != b"RIFF" or head[8:12] != b"sfbk":
                return " (no RIFF file of form sfbk)"
            if _major_version(file) >= 3:
                return _COMPRESSED
            return "" if any(_presets(file)) else ": it holds no preset"
    except (OSError, struct.error):
        return ": it cannot be read to its end"


@lru_cache(maxsize=32)
def _content_id(path: Path, size: int, mtime_ns: int) -> str:
    with path.open("rb") as file:
        return "soundfont " + hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _major_version(file: IO[bytes]) -> int:
    for name, size in _chunks_of(file, b"INFO"):
        if name == b"ifil" and size >= 4:
            return int(struct.unpack("<H", file.read(2))[0])
    return 0


def _presets(file: IO[bytes]) -> Iterator[tuple[int, int]]:
    """Yield program and bank of each preset; the last header only ends the list."""
    for name, size in _chunks_of(file, b"pdta"):
        if name == b"phdr":
            rows = file.read(size)
            for at in range(0, len(rows) - 2 * _PRESET_BYTES + 1, _PRESET_BYTES):
                yield struct.unpack_from("<HH", rows, at + 20)
            return


def _chunks_of(file: IO[bytes], wanted: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield name and size of each chunk in the list ``wanted``, the file standing at its content."""
    at = 12
    while True:
        file.seek(at)
        head = file.read(12)
        if len(head) < 12:
            return
        size = struct.unpack("<I", head[4:8])[0]
        if head[:4] == b"LIST" and head[8:12] == wanted:
            yield from _inside(file, at + 12, at + 8 + size)
            return
        at += 8 + size + size % 2


def _inside(file: IO[bytes], at: int, stop: int) -> Iterator[tuple[bytes, int]]:
    while at + 8 <= stop:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        size = struct.unpack("<I", head[4:])[0]
        yield head[:4], size
        at += 8 + size + size % 2

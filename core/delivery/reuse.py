"""Delivered files that were written and read back once: they are linked into a later export, not made again.

A file is known by what it was made from (:func:`file_key`). It is one file on disk under two names, so it
costs no space, and it counts as proved only while size, time of change and content are those of the proof.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from core.delivery.formats import Format
from core.delivery.tags import Tags
from core.machine.code_version import code_version


def file_key(audio_key: str, format: Format, tags: Tags) -> str:
    """Return the SHA-256 of all that a file without options depends on: sound, format, tags and code."""
    parts = [code_version(), audio_key, format.value, tags.fields()]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class ProvedFiles:
    """A folder of hard links to delivered files: ``<file key>.<bytes>.<change time in ns>.<hash>``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def link(self, key: str, path: Path) -> bool:
        """Put the file of this key at ``path``, which must not exist; False when there is none to trust."""
        for known in self._folder.glob(f"{key}.*"):
            try:
                if known.name == _name(key, known):
                    os.link(known, path)
                    return True
                known.unlink()
            except OSError:  # no hard links here, or the file went: it is written anew
                return False
        return False

    def keep(self, key: str, path: Path) -> None:
        """Remember a file that was just written and decodes to what went in, if the disk has hard links."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            os.link(path, self._folder / _name(key, path))
        except OSError:  # remembering is for speed alone
            return

    def sweep(self) -> None:
        """Forget the files that no export holds any more."""
        for known in self._folder.glob("*"):
            if known.stat().st_nlink < 2:
                known.unlink(missing_ok=True)


def _name(key: str, path: Path) -> str:
    """Return a file's name here: a disk may change bytes and leave size and time as they were."""
    found = path.stat()
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    return f"{key}.{found.st_size}.{found.st_mtime_ns}.{content[:16]}"

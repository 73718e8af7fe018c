"""Proofs of what lies on the disk: a hash inside a JSON object, and files hashed once a process.

A disk may lose or change bytes without a word. Size is compared each time, content once a process and again
when the file's size or time changed.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

_SEAL = re.compile(r',"seal":"([0-9a-f]{64})"\}\s*$')
_BLOCK_BYTES = 1 << 20


def sealed(text: str) -> str:
    """Return a JSON object's text with the SHA-256 of the text as its last field, ``seal``."""
    return f'{text[:-1]},"seal":"{_hash(text)}"}}'


def unsealed(text: str) -> str:
    """Return the text of a sealed object without its seal; raises ValueError when they do not agree.

    A text without one, as earlier versions wrote it, is returned as it is.
    """
    found = _SEAL.search(text)
    if found is None:
        return text
    body = f"{text[: found.start()]}}}"
    if _hash(body) != found[1]:
        raise ValueError("its content does not agree with its seal")
    return body


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's content. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def stamp(path: Path) -> tuple[int, int]:
    """Return a file's size in bytes and its time of change in ns. Raises OSError."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


class Proofs:
    """Which files were found to hold what they are to hold, by this process."""

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[str, tuple[int, int]]] = {}

    def note(self, path: Path, content: str) -> None:
        """Remember that the file was just seen to be right; ``content`` says what it holds."""
        self._seen[path] = content, stamp(path)

    def known(self, path: Path, content: str) -> bool:
        """Whether it was seen to hold ``content``, and has not changed since."""
        seen = self._seen.get(path)
        try:
            return seen is not None and seen == (content, stamp(path))
        except OSError:
            return False

    def right(self, path: Path, size: int, sha256: str) -> bool:
        """Whether a file is there with this size and this content."""
        try:
            if path.stat().st_size != size:
                return False
            if self.known(path, sha256):
                return True
            if file_hash(path) != sha256:
                return False
            self.note(path, sha256)
        except OSError:
            return False
        return True

    def forget(self, path: Path) -> None:
        """Let go of what is known of a file."""
        self._seen.pop(path, None)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

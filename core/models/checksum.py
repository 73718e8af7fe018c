"""The two checksums that the hub states for a file, and reading a file through one of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

CHUNK_BYTES = 1 << 20


class Hash(Protocol):
    """What hashlib makes."""

    def update(self, data: bytes, /) -> None:
        """Take in more bytes."""
        ...

    def hexdigest(self) -> str:
        """Return the sum of what was taken in."""
        ...


class Checksum(BaseModel):
    """What a file must be: its size, and its SHA-256 (large files) or git's blob id (small files)."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["sha256", "git"]
    digest: str
    size: int
    """Bytes."""

    def begin(self) -> Hash:
        """Return a hash that ends at ``digest`` once it has taken in the right file.

        Git's blob id is the SHA-1 of a header with the size, then the bytes (git-hash-object).
        """
        if self.kind == "sha256":
            return hashlib.sha256()
        begun = hashlib.sha1(usedforsecurity=False)
        begun.update(f"blob {self.size}\0".encode())
        return begun


def fits(path: Path, checksum: Checksum, read: Callable[[int], None]) -> bool:
    """Return whether a file matches ``checksum``; ``read`` is called with the bytes of each chunk.

    Raises OSError when the file cannot be read, and what ``read`` raises.
    """
    if not path.is_file() or path.stat().st_size != checksum.size:
        return False
    hashed = checksum.begin()
    take_in(path, hashed, read)
    return hashed.hexdigest() == checksum.digest


def take_in(path: Path, hashed: Hash, read: Callable[[int], None]) -> None:
    """Pass a whole file through a hash; ``read`` is called with the bytes of each chunk."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            hashed.update(chunk)
            read(len(chunk))

"""AU, Wave64 and CAF: how many bytes of sound the header states, and how many follow.

Source: Sun/NeXT AU (1992), Sony Wave64 (2003), Apple Core Audio Format 1.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from core.containers.extent import Extent

_W64_DATA = b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"
_W64_HEAD = 40


def au(file: BinaryIO, size: int) -> Extent:
    """Return what an AU file holds of the sound it states; 0xFFFFFFFF states nothing."""
    file.seek(4)
    start, stated = (int.from_bytes(file.read(4), "big") for _ in range(2))
    return _extent(stated if stated != 0xFFFFFFFF else 0, size - start)


def wave64(file: BinaryIO, size: int) -> Extent:
    """Return what a Wave64 file holds of the sound that its data chunk states."""
    at = _W64_HEAD
    while at + 24 <= size:
        file.seek(at)
        name, stated = file.read(16), int.from_bytes(file.read(8), "little")
        if name == _W64_DATA:
            return _extent(stated - 24, size - at - 24)
        at += max(24, stated + 7 & ~7)
    return Extent()


def caf(file: BinaryIO, size: int) -> Extent:
    """Return what a CAF file holds of the sound that its data chunk states; -1 states nothing."""
    for at, name, stated in _caf_chunks(file, size):
        if name == b"data":
            return _extent(stated, size - at)
    return Extent()


def _caf_chunks(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes, int]]:
    at = 8
    while at + 12 <= size:
        file.seek(at)
        name, stated = file.read(4), int.from_bytes(file.read(8), "big", signed=True)
        yield at + 12, name, stated
        at += 12 + max(0, stated)


def _extent(stated: int, held: int) -> Extent:
    """More bytes than stated may be another chunk: they are no more sound."""
    return Extent(min(1.0, max(0, held) / stated)) if stated > 0 else Extent()

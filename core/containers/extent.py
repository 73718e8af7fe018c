"""What a container announces, what it holds, and the bytes to decode so that all of it is read."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from typing_extensions import Buffer


@dataclass(frozen=True)
class Slice:
    """A part of a file as the decoder is to see it: ``head``, then the bytes from ``start`` to ``stop``.

    ``patches`` replace bytes at places of the file, such as a length in its header.
    """

    start: int
    stop: int
    head: bytes = b""
    patches: Mapping[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Extent:
    """How much of what it announces a file holds, and where it lies."""

    share: float | None = None
    """Sound held, by sound announced; above 1 the file holds more. None when nothing is announced."""
    slices: tuple[Slice, ...] = ()
    """What is decoded one after another; empty when the file can be decoded as it is."""


class SliceReader(io.RawIOBase):
    """A slice of a file as a file of its own, read-only; nothing of it is kept in memory."""

    def __init__(self, path: Path, part: Slice) -> None:
        self._file = path.open("rb")
        self._part = part
        self._at = 0
        self._size = len(part.head) + part.stop - part.start

    def close(self) -> None:
        """Close the file behind it."""
        if not self.closed:
            self._file.close()
        super().close()

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position in the slice."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position in the slice and return it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill ``buffer`` as far as the slice reaches; return the number of bytes."""
        target = memoryview(buffer).cast("B")
        wanted = max(0, min(len(target), self._size - self._at))
        head = self._part.head[self._at : self._at + wanted]
        target[: len(head)] = head
        place = self._part.start + max(0, self._at - len(self._part.head))
        self._file.seek(place)
        body = bytearray(self._file.read(wanted - len(head)))
        for at, new in self._part.patches.items():
            first, last = max(at, place), min(at + len(new), place + len(body))
            if first < last:
                body[first - place : last - place] = new[first - at : last - at]
        target[len(head) : len(head) + len(body)] = body
        self._at += len(head) + len(body)
        return len(head) + len(body)

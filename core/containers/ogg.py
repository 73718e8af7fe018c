"""Ogg: streams put one behind another are links of a chain (RFC 3533, section 4), each decoded by itself."""

from __future__ import annotations

from typing import BinaryIO

from core.containers.extent import Extent, Slice

_LARGEST_PAGE = 65_307
_BEGINS, _ENDS = 2, 4


def extent(file: BinaryIO, size: int) -> Extent:
    """Return the links; without the end mark the last is cut off at an unknown place, and the share is 0."""
    starts = _links(file, size)
    share = 1.0 if _has_end(file, size) else 0.0
    if len(starts) < 2:
        return Extent(share)
    edges = [*starts, size]
    return Extent(share, tuple(Slice(edges[n], edges[n + 1]) for n in range(len(starts))))


def _links(file: BinaryIO, size: int) -> list[int]:
    """Return where a group of streams begins: at a first page that follows another stream's later pages."""
    starts: list[int] = []
    at, beginning = 0, False
    while at + 27 <= size:
        file.seek(at)
        head = file.read(27 + 255)
        if head[:4] != b"OggS":
            at = _next_page(file, at + 1, size)
            continue
        first = bool(head[5] & _BEGINS)
        if first and not beginning:
            starts.append(at)
        beginning = first
        at += 27 + head[26] + sum(head[27 : 27 + head[26]])
    return starts


def _next_page(file: BinaryIO, at: int, size: int) -> int:
    """Return the place of the next page behind damaged bytes, or the end of the file."""
    while at < size:
        file.seek(at)
        found = file.read(_LARGEST_PAGE + 3).find(b"OggS")
        if found >= 0:
            return at + found
        at += _LARGEST_PAGE
    return size


def _has_end(file: BinaryIO, size: int) -> bool:
    """Return whether the last page is whole and carries the end-of-stream mark (RFC 3533, section 6)."""
    file.seek(max(0, size - _LARGEST_PAGE))
    tail = file.read()
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) < at + 27:
        return False
    segments = tail[at + 26]
    lengths = tail[at + 27 : at + 27 + segments]
    whole = len(lengths) == segments and len(tail) >= at + 27 + segments + sum(lengths)
    return bool(tail[at + 5] & _ENDS) and whole

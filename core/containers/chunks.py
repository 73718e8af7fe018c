"""WAV, RF64 and AIFF: the length of the sound is a chunk's, and programs that stream leave it open or wrong.

Source: Microsoft/IBM RIFF WAVE (1991), EBU Tech 3306 (RF64), Apple AIFF 1.3.
"""

from __future__ import annotations

import re
import struct
from typing import BinaryIO

from core.containers.extent import Extent, Slice

_UNKNOWN = 0xFFFFFFFF
_LEAST_SURPLUS_BYTES = 2_000
"""Fewer bytes behind the sound are padding or a stray tag."""
_TAGS = (b"ID3", b"TAG", b"APETAGEX")
_USUAL = (b"data", b"fmt ", b"LIST", b"fact", b"bext", b"SSND", b"COMM")
_FORMS = (b"RIFF", b"RF64", b"FORM")
_LOOK_BYTES = 1 << 20
_TEXT = re.compile(rb"[\t\n\r\x20-\x7e\0]*")
"""Notes that a program has put behind the sound; no sound is made of such bytes alone."""


def extent(file: BinaryIO, size: int, *, sound: bytes, big_endian: bool) -> Extent:
    """Walk the chunks to the ``sound`` and compare its announced bytes with those that are there."""
    order = ">" if big_endian else "<"
    ds64 = None
    head_so_far, start = b"", 0
    file.seek(12)
    while len(head := file.read(8)) == 8:
        name, length = head[:4], int(struct.unpack(f"{order}I", head[4:])[0])
        at = file.tell()
        if name == b"ds64":
            ds64 = at + 8, int(struct.unpack("<Q", file.read(16)[8:].ljust(8, b"\0"))[0])
        if name == sound:
            if ds64 is not None and length == _UNKNOWN:
                found = _compared(file, size, at, ds64[1], (ds64[0], "<Q"))
            else:
                found = _compared(file, size, at, length, (at - 4, f"{order}I"))
            return _padded(found, head_so_far, start, size, order)
        end = at + length
        if length % 2 and end <= _LOOK_BYTES and _lacks_padding(file, end):
            file.seek(start)
            head_so_far, start = head_so_far + file.read(end - start) + b"\0", end
            file.seek(end)
        else:
            file.seek(end + length % 2)
    return Extent()


def _lacks_padding(file: BinaryIO, end: int) -> bool:
    """Whether a chunk follows a chunk of odd length at once, with no byte between them."""
    file.seek(end)
    names = file.read(5)
    return len(names) == 5 and names[1:] not in _USUAL and all(0x20 <= byte < 0x7F for byte in names[:4])


def _padded(found: Extent, head: bytes, start: int, size: int, order: str) -> Extent:
    """Return the extent of a file whose chunks of odd length lack their padding, with it put in."""
    if not head:
        return found
    patches = found.slices[0].patches if found.slices else {}
    if not head.startswith(b"RF64"):
        whole = min(len(head) + size - start - 8, _UNKNOWN)
        head = head[:4] + struct.pack(f"{order}I", whole) + head[8:]
    return Extent(found.share, (Slice(start, size, head, patches),))


def _compared(file: BinaryIO, size: int, at: int, announced: int, field: tuple[int, str]) -> Extent:
    left = size - at
    if announced >= left:
        return Extent(None if _is_placeholder(announced) else left / announced if announced else None)
    if not _goes_on(file, at + announced, size):
        return _with_what_follows(file, at, announced, size, field[1][0]) if announced else Extent()
    patch = {field[0]: struct.pack(field[1], left)}
    return Extent(left / announced if announced else None, (Slice(0, size, patches=patch),))


def _with_what_follows(file: BinaryIO, at: int, announced: int, size: int, order: str) -> Extent:
    """Return the extent of a sound that ends where it is announced, and of more sound behind it.

    That is whole files put one behind another, and further chunks of the same name, which RIFF does not know:
    a decoder takes one of them, the last as a rule. Each is decoded by itself.
    """
    file.seek(at - 8)
    sound = file.read(4)
    parts, begin, head = [], 0, b""
    form_at, sound_at, more = 0, at - 8, 0
    end = at + announced + announced % 2
    while end + 8 <= size:
        file.seek(end)
        name, length, kind = struct.unpack(f"{order}4sI4s", file.read(12).ljust(12, b"\0"))
        if not all(0x20 <= byte < 0x7F for byte in name):
            break
        whole = name in _FORMS and kind[:3] in (b"WAV", b"AIF")
        if (whole or (name == sound and sound_at)) and begin >= 0:
            parts.append(Slice(begin, end, head))
        if whole:
            begin, head, form_at, sound_at = end, b"", end, 0
            end += 12
            continue
        if name == sound:
            more += min(length, size - end - 8)
            if sound_at:
                file.seek(form_at)
                begin, head = end if length else -1, file.read(min(sound_at - form_at, _LOOK_BYTES))
            sound_at = sound_at or end
        end += 8 + length + length % 2
    if not parts:
        return Extent(1.0)
    if begin >= 0:
        parts.append(Slice(begin, size, head))
    return Extent(1 + more / announced, tuple(parts))


def _is_placeholder(length: int) -> bool:
    """Whether a length is one that programs write while they do not know it yet."""
    return any(
        abs(length - limit) <= 0x1000 for limit in (0x7FFFFFFF, _UNKNOWN, (1 << 63) - 1, (1 << 64) - 1)
    )


def _goes_on(file: BinaryIO, end: int, size: int) -> bool:
    """Whether the bytes behind the announced end are sound: no chunk, no tag and no padding."""
    if size - end < _LEAST_SURPLUS_BYTES:
        return False
    for start in (end + end % 2, end):
        file.seek(start)
        head = file.read(8)
        fits = min(struct.unpack("<I", head[4:])[0], struct.unpack(">I", head[4:])[0]) <= size - start - 8
        if head.startswith(_TAGS) or (all(0x20 <= byte < 0x7F for byte in head[:4]) and fits):
            return False
    file.seek(end)
    rest = file.read(_LOOK_BYTES)
    return any(rest) and not _TEXT.fullmatch(rest)

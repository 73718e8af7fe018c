"""FLAC: the last frame's number tells the length that a header leaves open, or has wrong (RFC 9639).

What is written to a pipe announces 0 samples, "unknown" (section 8.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from core.containers.extent import Extent, Slice

_STREAMINFO_BYTES = 34
_TOTAL_AT = 21
"""Where the byte lies that holds the topmost four bits of the total, in a file without a tag before it."""
_TAIL_BYTES = 1 << 20
_HEADER_BYTES = 16
_BLOCK_SIZES = {1: 192, **{code: 576 << (code - 2) for code in range(2, 6)},
                **{code: 256 << (code - 8) for code in range(8, 16)}}  # fmt: skip


@dataclass(frozen=True)
class _Frame:
    form: tuple[int, int, int]
    """Rate, bit depth and blocking strategy as they are coded: the same in every frame of a stream."""
    start: int
    samples: int


def extent(file: BinaryIO, size: int) -> Extent:
    """Compare the announced samples with the place of the last frame."""
    file.seek(0)
    info = file.read(8 + _STREAMINFO_BYTES)
    if len(info) < 8 + _STREAMINFO_BYTES or info[4] & 0x7F:
        return Extent()
    block = int.from_bytes(info[8:10], "big")
    total = int.from_bytes(info[_TOTAL_AT : _TOTAL_AT + 5], "big") & ((1 << 36) - 1)
    frames = _frames(file, size, block)
    if not frames or (total and any(frame.start + frame.samples == total for frame in frames)):
        return Extent(1.0 if total and frames else None)
    last = frames[-1]
    # A file that ends too early ends within its last frame.
    held = last.start if total > last.start + last.samples else last.start + last.samples
    if not 0 < held < 1 << 36:
        return Extent()
    kept = info[_TOTAL_AT] & 0xF0
    patch = {_TOTAL_AT: bytes([kept | held >> 32]) + (held & 0xFFFFFFFF).to_bytes(4, "big")}
    return Extent(held / total if total else None, (Slice(0, size, patches=patch),))


def _frames(file: BinaryIO, size: int, block: int) -> list[_Frame]:
    """Return the frames of the file's tail, in order, that are coded as its first frame is."""
    first = next(iter(_headers(file, _first_frame(file), size, block)), None)
    if first is None:
        return []
    tail = max(0, size - _TAIL_BYTES)
    return [frame for frame in _headers(file, tail, size, block) if frame.form == first.form]


def _first_frame(file: BinaryIO) -> int:
    """Return the place behind the metadata blocks."""
    file.seek(4)
    while len(head := file.read(4)) == 4:
        file.seek(int.from_bytes(head[1:], "big"), 1)
        if head[0] & 0x80:
            break
    return file.tell()


def _headers(file: BinaryIO, at: int, size: int, block: int) -> list[_Frame]:
    file.seek(at)
    data = file.read(max(0, min(size - at, _TAIL_BYTES)))
    found, place = [], data.find(b"\xff")
    while 0 <= place < len(data) - 5:
        if data[place + 1] in (0xF8, 0xF9):
            frame = _header(data[place : place + _HEADER_BYTES], block)
            if frame is not None:
                found.append(frame)
        place = data.find(b"\xff", place + 1)
    return found


def _header(head: bytes, block: int) -> _Frame | None:
    """Return a frame's header (section 9.1); None when its checksum says that it is none."""
    size_code, rate_code, depth_code = head[2] >> 4, head[2] & 15, head[3] >> 1 & 7
    if size_code == 0 or rate_code == 15 or head[3] & 1:
        return None
    number, used = _coded_number(head[4:])
    at = 4 + used
    extra = {6: 1, 7: 2}.get(size_code, 0)
    rate_bytes = {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    end = at + extra + rate_bytes
    if not used or end >= len(head) or _crc8(head[:end]) != head[end]:
        return None
    samples = int.from_bytes(head[at : at + extra], "big") + 1 if extra else _BLOCK_SIZES[size_code]
    variable = head[1] & 1
    return _Frame((rate_code, depth_code, variable), number if variable else number * block, samples)


def _coded_number(data: bytes) -> tuple[int, int]:
    """Return a number coded as UTF-8 codes characters, and its bytes; 0 bytes when it is none."""
    lead = 0
    while lead < 8 and data[0] & 0x80 >> lead:
        lead += 1
    if lead == 0:
        return data[0], 1
    if lead in (1, 8) or any(byte & 0xC0 != 0x80 for byte in data[1:lead]) or len(data) < lead:
        return 0, 0
    number = data[0] & 0x7F >> lead
    for byte in data[1:lead]:
        number = number << 6 | byte & 0x3F
    return number, lead


def _crc8(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value << 1 ^ 0x07 if value & 0x80 else value << 1) & 0xFF
    return value

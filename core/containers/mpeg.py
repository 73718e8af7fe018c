"""MPEG audio (MP3): a stream of frames, whose number only an optional header frame announces.

Without one a decoder guesses the length from the first frame, which is wrong at a variable rate; of files put
one behind another the first one's header holds. The frames are counted, and the true number is announced.
Source: ISO/IEC 11172-3 clause 2.4, 13818-3; the Xing/Info frame of LAME, Fraunhofer's VBRI frame.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from typing import BinaryIO

from core.containers.extent import Extent, Slice

_KBPS = {
    (1, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = (44_100, 48_000, 32_000)
_SLACK_FRAMES = 2
"""Encoders disagree on whether the header frame counts, and on the frames that flush them."""
_MOST_JUNK_BYTES = 1 << 20
"""Where so much follows without a frame, the sound is over."""
_FORM_BITS = 0xFFFE0C00
"""Sync, version, layer and rate: what stays the same from frame to frame."""


@dataclass(frozen=True)
class _Header:
    version: int
    layer: int
    rate: int
    mono: bool
    length: int
    samples: int


def extent(file: BinaryIO, size: int) -> Extent:
    """Count the frames and compare them with the number that a Xing, Info or VBRI frame announces."""
    if size < 4:
        return Extent()
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = _first_frame(data)
        if start is None:
            return Extent()
        head = _read_header(data, start)
        assert head is not None
        count_at, bytes_at, announced = _announcement(data[start : start + head.length])
        is_info = count_at is not None
        found = max(0, _count(data, start) - is_info)
    if announced is not None and abs(found - announced) <= _SLACK_FRAMES:
        return Extent(1.0)
    if announced is not None and count_at is not None:
        patch = {start + count_at: struct.pack(">I", found)}
        if bytes_at is not None:
            patch[start + bytes_at] = struct.pack(">I", size - start)
        return Extent(found / announced if announced else None, (Slice(0, size, patches=patch),))
    if head.layer != 3:
        return Extent()
    frames_from = start + (head.length if is_info else 0)
    return Extent(None, (Slice(frames_from, size, head=_info_frame(head, found)),))


def _first_frame(data: mmap.mmap) -> int | None:
    """Return the first place from which two frames of one form follow each other, behind any tags."""
    at = _behind_tags(data, 0)
    limit = min(len(data) - 4, at + _MOST_JUNK_BYTES)
    while 0 <= at < limit:
        head = _read_header(data, at)
        if head is not None:
            after = at + head.length
            if after + 4 > len(data) or (_form(data, after) == _form(data, at) and _read_header(data, after)):
                return at
        at = data.find(b"\xff", at + 1)
    return None


def _count(data: mmap.mmap, at: int) -> int:
    """Return the number of whole frames of the first one's form, passing over tags and junk."""
    form, count, sound_end = _form(data, at), 0, at
    while at + 4 <= len(data):
        head = _read_header(data, at) if _form(data, at) == form else None
        if head is not None:
            if at + head.length > len(data):
                break
            count += 1
            at += head.length
            sound_end = at
            continue
        behind = _behind_tags(data, at)
        at = behind if behind > at else data.find(b"\xff", at + 1)
        if at < 0 or (behind <= at and at - sound_end > _MOST_JUNK_BYTES):
            break
    return count


def _behind_tags(data: mmap.mmap, at: int) -> int:
    while data[at : at + 3] == b"ID3" and at + 10 <= len(data):
        b = data[at + 6 : at + 10]
        at += 10 + ((b[0] & 0x7F) << 21 | (b[1] & 0x7F) << 14 | (b[2] & 0x7F) << 7 | b[3] & 0x7F)
    return at


def _form(data: mmap.mmap, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big") & _FORM_BITS


def _read_header(data: mmap.mmap, at: int) -> _Header | None:
    if at + 4 > len(data):
        return None
    b = int.from_bytes(data[at : at + 4], "big")
    version_code, layer_code = b >> 19 & 3, b >> 17 & 3
    rate_code, bitrate_code, padding = b >> 10 & 3, b >> 12 & 15, b >> 9 & 1
    if b >> 21 != 0x7FF or version_code == 1 or layer_code == 0 or rate_code == 3:
        return None
    if bitrate_code in (0, 15):
        return None
    version, layer = (1 if version_code == 3 else 2), 4 - layer_code
    rate = _RATES[rate_code] >> {3: 0, 2: 1, 0: 2}[version_code]
    bits_s = _KBPS[version, layer][bitrate_code] * 1000
    samples = 384 if layer == 1 else 1152 if version == 1 or layer == 2 else 576
    length = (12 * bits_s // rate + padding) * 4 if layer == 1 else samples // 8 * bits_s // rate + padding
    return _Header(version, layer, rate, (b >> 6 & 3) == 3, length, samples)


def _announcement(frame: bytes) -> tuple[int | None, int | None, int | None]:
    """Return where in a header frame the numbers of frames and of bytes stand, and the number of frames.

    All are None without a header frame; one that leaves the frames out gives 0, None, None.
    """
    for mark in (b"Xing", b"Info"):
        at = frame.find(mark, 4, 60)
        if at > 0 and len(frame) >= at + 12:
            if not frame[at + 7] & 1:
                return 0, None, None
            bytes_at = at + 12 if frame[at + 7] & 2 else None
            return at + 8, bytes_at, int.from_bytes(frame[at + 8 : at + 12], "big")
    if frame[36:40] == b"VBRI" and len(frame) >= 54:
        return 50, 46, int.from_bytes(frame[50:54], "big")
    return None, None, None


def _info_frame(form: _Header, frames: int) -> bytes:
    """Return an Info frame of the stream's form that announces ``frames``."""
    side = {(1, False): 32, (1, True): 17, (2, False): 17, (2, True): 9}[form.version, form.mono]
    version_code = 3 if form.version == 1 else 2 if form.rate >= 16_000 else 0
    rate_code = _RATES.index(form.rate << {3: 0, 2: 1, 0: 2}[version_code])
    bitrate_code = 9
    bits = 0x7FF << 21 | version_code << 19 | 1 << 17 | 1 << 16 | bitrate_code << 12 | rate_code << 10
    bits |= (3 if form.mono else 0) << 6
    length = form.samples // 8 * _KBPS[form.version, 3][bitrate_code] * 1000 // form.rate
    frame = bits.to_bytes(4, "big") + bytes(side) + b"Info" + struct.pack(">II", 1, frames)
    return frame.ljust(length, b"\0")

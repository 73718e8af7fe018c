"""Damage that no sound depends on is taken out of a MIDI file before it is read, and reported.

What is mended: chunks that are no track (Standard MIDI File 1.0: "skip what you do not know"), a wrong number
of tracks or length of one, a last track that is cut off, system messages of a cable, meta events of a wrong
length or with a value that does not exist.
"""

from __future__ import annotations

import struct

_META_LENGTHS = {0x00: (0, 2), 0x20: (1,), 0x21: (1,), 0x51: (3,), 0x54: (5,), 0x58: (4,), 0x59: (2,)}
_DATA_BYTES = {0x8: 2, 0x9: 2, 0xA: 2, 0xB: 2, 0xC: 1, 0xD: 1, 0xE: 2}


_SYSTEM_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}
"""Data bytes of system messages, which stand in no file: programs that record a cable write them."""
_END = b"\xff\x2f\x00"


class _CutOffError(Exception):
    """The track ends within an event."""


def mended(content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return a MIDI file that holds whole tracks alone, and a sentence for each kind of thing left out."""
    if len(content) < 14:
        return content, ()
    header = struct.unpack(">I", content[4:8])[0]
    kind, announced, division = struct.unpack(">HHH", content[8:14])
    at, tracks, foreign, bad, cut, wrong = 8 + header, list[bytes](), 0, 0, 0, 0
    while at + 8 <= len(content):
        name, length = content[at : at + 4], int(struct.unpack(">I", content[at + 4 : at + 8])[0])
        end = at + 8 + length if name != b"MTrk" else _end_of_track(content, at + 8, length)
        body = content[at + 8 : end]
        wrong += name == b"MTrk" and end != at + 8 + length and _END in body
        at = end
        if name != b"MTrk":
            foreign += 1
            continue
        track, left_out, whole = _track(body)
        tracks.append(b"MTrk" + struct.pack(">I", len(track)) + track)
        bad += left_out
        cut += not whole or (len(body) < length and _END not in body)
    if not tracks:
        return content, ()
    said = []
    if foreign:
        said.append(f"Skipped: {foreign} chunk{'s' if foreign > 1 else ''} that hold no track.")
    if bad:
        said.append(f"Skipped: {bad} damaged event{'s' if bad > 1 else ''} that no sound depends on.")
    if wrong:
        said.append(f"A wrong length: {wrong} track{'s' if wrong > 1 else ''}, read to where it ends.")
    if cut:
        said.append(f"Cut off: {cut} track{'s' if cut > 1 else ''}, read up to there.")
    if announced != len(tracks) and not foreign:
        said.append(f"The header announces {announced} tracks, the file holds {len(tracks)}.")
    kind = 1 if kind == 0 and len(tracks) > 1 else kind
    head = b"MThd" + struct.pack(">IHHH", 6, kind, len(tracks), division)
    return head + b"".join(tracks), tuple(said)


def _end_of_track(content: bytes, start: int, length: int) -> int:
    """Return where a track ends: where its length says, unless that is within it or within another one."""
    end, body = start + length, content[start : start + length]
    closed = end < len(content) and body.endswith(_END)
    is_end = closed or end == len(content) or content[end : end + 4] == b"MTrk"
    if is_end and b"MTrk" not in body:
        return end
    following = content.find(b"MTrk", start)
    return following if following >= 0 else len(content)


def _track(body: bytes) -> tuple[bytes, int, bool]:
    """Return a track's sound events, the number of events left out, and whether it was whole."""
    out, at, waiting, status, left_out = bytearray(), 0, 0, 0, 0
    try:
        while at < len(body):
            delta, at = _number(body, at)
            start, first = at, _byte(body, at)
            if first == 0xFF:
                kind = _byte(body, at + 1)
                length, data = _number(body, at + 2)
                at = data + length
                if at > len(body):
                    raise _CutOffError
                if kind == 0x2F:
                    return bytes(out + _coded(waiting + delta) + b"\xff\x2f\x00"), left_out, True
                if not _is_sound_meta(kind, body[data:at]):
                    left_out += 1
                    waiting += delta
                    continue
                event = body[start:at]
            elif first in (0xF0, 0xF7):
                length, data = _number(body, at + 1)
                at = data + length
                if at > len(body):
                    raise _CutOffError
                event = body[start:at]
            elif first > 0xF0:
                at += 1 + _SYSTEM_BYTES.get(first, 0)
                left_out += 1
                waiting += delta
                continue
            elif not first & 0x80 and not status:
                at += 2
                left_out += 1
                waiting += delta
                continue
            else:
                if first & 0x80:
                    status, at = first, at + 1
                count = _DATA_BYTES.get(status >> 4)
                if count is None or at + count > len(body):
                    raise _CutOffError
                event = bytes([status]) + body[at : at + count]
                at += count
            out += _coded(waiting + delta) + event
            waiting = 0
    except _CutOffError:
        return bytes(out + _coded(waiting) + b"\xff\x2f\x00"), left_out, False
    return bytes(out + _coded(waiting) + b"\xff\x2f\x00"), left_out, True


def _is_sound_meta(kind: int, data: bytes) -> bool:
    """Whether a meta event is one that exists."""
    if kind in _META_LENGTHS and len(data) not in _META_LENGTHS[kind]:
        return False
    if kind == 0x59:
        return -7 <= int.from_bytes(data[:1], "big", signed=True) <= 7 and data[1] in (0, 1)
    if kind == 0x58:
        return data[0] > 0 and data[1] <= 7
    return kind < 0x80


def _number(body: bytes, at: int) -> tuple[int, int]:
    """Return a number of variable length, and the place behind it."""
    value = 0
    for _ in range(4):
        byte = _byte(body, at)
        at += 1
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return value, at
    raise _CutOffError


def _byte(body: bytes, at: int) -> int:
    if at >= len(body):
        raise _CutOffError
    return body[at]


def _coded(number: int) -> bytes:
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(0x80 | number & 0x7F)
    return bytes(reversed(parts))

"""What a sound file says of its own length: a cut-off download decodes without an error in most formats."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

_HEAD_BYTES = 4096
_LARGEST_OGG_PAGE = 65_307
_UNKNOWN_SIZE = 0xFFFFFFFF
_MP3_SLACK_FRAMES = 2 * 1152


def announced_share(path: Path, decoded_frames: int) -> float | None:
    """Return how much of its announced sound a file holds, 0 to 1; None when that cannot be known.

    WAV, RF64 and AIFF announce the bytes of their sound, an MP3 with a Xing, Info or VBRI header its frames.
    An Ogg stream marks its last page: without the mark it is cut off at an unknown place, and 0 is returned.
    """
    with path.open("rb") as file:
        magic = file.read(12)
        if magic[:4] in (b"RIFF", b"RF64") and magic[8:] == b"WAVE":
            return _chunk_share(file, path.stat().st_size, b"data", "<")
        if magic[:4] == b"FORM" and magic[8:11] == b"AIF":
            return _chunk_share(file, path.stat().st_size, b"SSND", ">")
        if magic[:4] == b"OggS":
            return 1.0 if _ogg_has_end(file, path.stat().st_size) else 0.0
        if magic[:3] == b"ID3" or magic[:1] == b"\xff":
            return _mp3_share(file, path, decoded_frames)
    return None


def _chunk_share(file: BinaryIO, size: int, wanted: bytes, order: str) -> float | None:
    """Walk the chunks to the sound and compare its announced bytes with those left in the file."""
    long_size = None
    while len(head := file.read(8)) == 8:
        name, length = head[:4], int(struct.unpack(f"{order}I", head[4:])[0])
        if name == b"ds64":
            long_size = int(struct.unpack("<Q", file.read(length)[8:16])[0])
            continue
        if name == wanted:
            length = long_size if long_size is not None and length == _UNKNOWN_SIZE else length
            if length in (0, _UNKNOWN_SIZE):
                return None
            return min(1.0, (size - file.tell()) / length)
        file.seek(length + length % 2, 1)
    return None


def _ogg_has_end(file: BinaryIO, size: int) -> bool:
    """Return whether the last page is whole and carries the end-of-stream mark (RFC 3533, section 6)."""
    file.seek(max(0, size - _LARGEST_OGG_PAGE))
    tail = file.read()
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) < at + 27:
        return False
    flags, segments = tail[at + 5], tail[at + 26]
    lengths = tail[at + 27 : at + 27 + segments]
    whole = len(lengths) == segments and len(tail) >= at + 27 + segments + sum(lengths)
    return bool(flags & 4) and whole


def _mp3_share(file: BinaryIO, path: Path, decoded_frames: int) -> float | None:
    """Compare the frames that a Xing, Info or VBRI header announces with those that were decoded."""
    import soundfile

    file.seek(0)
    head = file.read(10)
    if head[:3] == b"ID3":
        b = head[6:10]
        file.seek(10 + ((b[0] << 21) | (b[1] << 14) | (b[2] << 7) | b[3]))
    else:
        file.seek(0)
    first = file.read(_HEAD_BYTES)
    if not any(mark in first for mark in (b"Xing", b"Info", b"VBRI")):
        return None
    announced = int(soundfile.info(path).frames)
    if announced <= 0 or decoded_frames >= announced - _MP3_SLACK_FRAMES:
        return 1.0
    return decoded_frames / announced

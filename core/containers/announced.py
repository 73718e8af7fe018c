"""How much sound a file holds, and how much it announces: found in its structure, before it is decoded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.containers import chunks, flac, mpeg, ogg, stated
from core.containers.extent import Extent, Slice


def extent_of(path: Path) -> Extent:
    """Return what a file announces and holds, and where its sound lies.

    WAV, RF64, BW64, AIFF, AU, Wave64 and CAF announce the bytes of their sound, FLAC its samples, an MP3
    with a Xing, Info or VBRI frame its frames. An Ogg stream marks its last page: without it the share is 0.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        magic = file.read(12)
        if magic[:4] in (b"RIFF", b"RF64") and magic[8:] == b"WAVE":
            return chunks.extent(file, size, sound=b"data", big_endian=False)
        if magic[:4] == b"BW64" and magic[8:] == b"WAVE":
            return _as_rf64(chunks.extent(file, size, sound=b"data", big_endian=False), size)
        if magic[:4] == b"FORM" and magic[8:11] == b"AIF":
            return chunks.extent(file, size, sound=b"SSND", big_endian=True)
        if magic[:4] == b"fLaC":
            return flac.extent(file, size)
        if magic[:4] == b"OggS":
            return ogg.extent(file, size)
        if magic[:4] == b".snd":
            return stated.au(file, size)
        if magic[:4] == b"riff":
            return stated.wave64(file, size)
        if magic[:4] == b"caff":
            return stated.caf(file, size)
        if magic[:3] == b"ID3" or magic[:1] == b"\xff":
            return mpeg.extent(file, size)
    return Extent()


def _as_rf64(found: Extent, size: int) -> Extent:
    """Return the extent of a BW64 file (ITU-R BS.2088), which is an RF64 by another name, as one.

    libsndfile knows the older name alone.
    """
    first, *rest = found.slices or (Slice(0, size),)
    named = replace(first, patches={**first.patches, 0: b"RF64"})
    if first.head:
        named = replace(first, head=b"RF64" + first.head[4:])
    return replace(found, slices=(named, *rest))

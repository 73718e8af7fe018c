"""Formats that libsndfile does not read, by their first bytes: named as what they are."""

from __future__ import annotations

from pathlib import Path

_NAMES: tuple[tuple[int, bytes, str], ...] = (
    (4, b"ftypM4A", "MPEG-4 audio (m4a: AAC or ALAC)"),
    (4, b"ftypqt", "a QuickTime film"),
    (4, b"ftyp3g", "a 3GPP recording (3gp: AMR or AAC)"),
    (4, b"ftyp", "an MPEG-4 file (mp4: AAC as a rule)"),
    (0, b"\xff\xf1", "AAC without a container (ADTS)"),
    (0, b"\xff\xf9", "AAC without a container (ADTS)"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media (WMA or WMV)"),
    (0, b"\x1a\x45\xdf\xa3", "WebM or Matroska"),
    (0, b"#!AMR", "an AMR recording"),
    (0, b"wvpk", "WavPack"),
    (0, b"MAC ", "Monkey's Audio (ape)"),
    (0, b"TTA1", "True Audio (tta)"),
    (0, b"MPCK", "Musepack"),
    (0, b"MP+", "Musepack"),
    (0, b"DSD ", "DSD"),
    (0, b"FRM8", "DSD"),
    (8, b"AVI ", "a film (avi)"),
    (0, b"\x0b\x77", "Dolby Digital (ac3)"),
    (0, b"\x7f\xfe\x80\x01", "DTS"),
    (0, b"FLV\x01", "Flash video (flv)"),
    (0, b"tBaK", "TAK"),
)
_SIDE_FILE = b"\x00\x05\x16\x07"
_NO_SOUND: tuple[tuple[int, bytes, str], ...] = (
    (0, b"MThd", "a MIDI file: notes, not sound"),
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"%PDF", "a PDF"),
    (0, b"\x89PNG", "a picture"),
    (0, b"\xff\xd8\xff", "a picture"),
    (0, _SIDE_FILE, "the side file that macOS keeps beside another one"),
    (0, b"version https://git-lfs", "a Git LFS pointer in place of the file"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"Rar!", "a rar archive"),
    (0, b"<!DOCTYPE", "a web page in place of the file"),
    (0, b"<!doctype", "a web page in place of the file"),
    (0, b"<html", "a web page in place of the file"),
    (0, b"<svg", "a picture"),
    (0, b"<?xml", "XML in place of the file"),
    (0, b'{"', "JSON, a server's answer in place of the file"),
    (0, b"data:audio", "a sound as base64 text: decode it first"),
    (0, b"UklGR", "a sound as base64 text: decode it first"),
    (0, b"#EXTM3U", "a playlist: it names sounds and holds none"),
    (0, b"[playlist]", "a playlist: it names sounds and holds none"),
    (0, b"d8:announce", "a torrent: it names files and holds none"),
    (0, b"\x93NUMPY", "a numpy array, which has no rate of its own"),
    (0, b"FLhd", "a project of FL Studio"),
    (8, b"sfbk", "a SoundFont"),
    (0, b"\0\0\0\1Bud1", "the list that macOS keeps of a folder"),
    (0, bytes(32), "a file of zeros: its content never arrived"),
)


def foreign_format(path: Path) -> tuple[str, bool]:
    """Return what a file is, and whether sound is in it; an empty name for what is not known."""
    with path.open("rb") as file:
        head = file.read(32)
    for table, sounds in ((_NAMES, True), (_NO_SOUND, False)):
        for at, magic, name in table:
            if head[at : at + len(magic)] == magic:
                return name, sounds
    return "", False


_HOLDS_MANY_CODECS = (b"RIFF", b"RF64", b"FORM", b"OggS", b"caff", b"ID3", b"riff")


def is_side_file(path: Path) -> bool:
    """Return whether a file is AppleDouble: what macOS keeps beside another one, as ``._song.wav``."""
    with path.open("rb") as file:
        return file.read(len(_SIDE_FILE)) == _SIDE_FILE


def is_foreign(path: Path) -> bool:
    """Return whether a file is of a format that libsndfile does not read."""
    return foreign_format(path)[1]


def may_be_foreign(path: Path) -> bool:
    """Return whether a file's container may hold a codec that libsndfile does not read."""
    with path.open("rb") as file:
        head = file.read(4)
    return head.startswith(_HOLDS_MANY_CODECS) or head[:1] == b"\xff"

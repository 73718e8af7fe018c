"""Where a MIDI file begins: within a RIFF, behind what programs put in front; what it is when nowhere."""

from __future__ import annotations

from core.errors import InputError

ANOTHER = "Upload a Standard MIDI File of type 0 or 1 (.mid), as a sequencer or notation program exports it."
_HEAD = b"MThd\0\0\0"
_FURTHEST = 4096
"""Bytes in front of a header: a byte order mark, MacBinary's 128, a server's answer that was saved."""
_UNPACK = "Unpack it, and upload the .mid file inside."
_AS_SOUND = "Upload it as a sound; a MIDI file holds the notes."
_OTHERS = (
    (0, b"PK\x03\x04", "a zip archive", _UNPACK),
    (0, b"\x1f\x8b", "a gzip archive", _UNPACK),
    (0, b"<?xml", "XML, as MusicXML is", "Open it in a notation program, and export it as MIDI."),
    (0, b"<score-", "MusicXML", "Open it in a notation program, and export it as MIDI."),
    (0, b"XMF_", "an XMF ringtone", "Convert it to a Standard MIDI File."),
    (8, b"WAVE", "a WAV file: sound, not notes", _AS_SOUND),
    (0, b"ID3", "an MP3 file: sound, not notes", _AS_SOUND),
    (0, b"fLaC", "a FLAC file: sound, not notes", _AS_SOUND),
    (0, b"OggS", "an Ogg file: sound, not notes", _AS_SOUND),
)


def from_header(content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return ``content`` from its MIDI header on, and what stands in front; raises InputError without one."""
    riff = content[:4] == b"RIFF" and content[8:12] == b"RMID"
    what, remedy = _other(content)
    at = -1 if what else content.find(_HEAD, 0, len(content) if riff else _FURTHEST)
    if at < 0 and content[:4] != b"MThd":
        raise InputError(
            f"The file is no MIDI file: it is {what}."
            if what
            else "The file is no MIDI file: it does not begin with a MIDI header.",
            causes=("it is another kind of file with that name",),
            remedy=remedy,
        )
    if at <= 0 or riff:
        return content[max(0, at) :], ()
    return content[at:], (f"Skipped: {at} bytes in front of the MIDI header.",)


def _other(content: bytes) -> tuple[str, str]:
    """Return what a file is that is no MIDI file, and what to do; an empty name for what is not known."""
    start = content.lstrip(b"\xef\xbb\xbf \r\n\t")
    for at, magic, name, remedy in _OTHERS:
        if start[at : at + len(magic)] == magic:
            return name, remedy
    return "", ANOTHER

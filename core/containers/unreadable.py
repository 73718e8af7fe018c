"""What a file that is not read as sound is, in one sentence with the remedy."""

from __future__ import annotations

from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from core.containers.foreign import installed
from core.containers.names import foreign_format
from core.errors import AudioFileError

USUAL_SUFFIXES = (".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff")


class UnreadableError(AudioFileError):
    """A file that a decoder does not read at all."""


def unreadable(source: Path | BinaryIO | RawIOBase, name: str, detail: str) -> UnreadableError:
    """Return why a file cannot be read, by what its first bytes are; ``name`` is what the person calls it."""
    format_name, sounds = foreign_format(source) if isinstance(source, Path) else ("", False)
    stem = name.rpartition(".")[0] or name
    if format_name and sounds:
        return UnreadableError(
            f"{name} is {format_name}, and cannot be decoded.",
            causes=(
                "it is damaged, or cut off before its index was written",
                "it is protected against copies",
            )
            if installed()
            else ("the decoder of such formats, PyAV, is not installed",),
            remedy=f'Fetch or export it again, or convert it: ffmpeg -i "{name}" "{stem}.wav"',
            detail=detail,
        )
    if format_name:
        return UnreadableError(
            f"{name} is {format_name}, which the studio does not read.",
            remedy=f"Use a sound file: {', '.join(USUAL_SUFFIXES)}.",
            detail=detail,
        )
    return UnreadableError(
        f"{name} cannot be read as sound.",
        causes=("it is not a sound file, whatever its name says", "it is damaged or cut off"),
        remedy=f"Use one of {', '.join(USUAL_SUFFIXES)}, and check that the file plays elsewhere.",
        detail=detail,
    )

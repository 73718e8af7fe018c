"""By what name a MIDI file is known before it is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from core.errors import InputError

SUFFIXES = (".mid", ".midi", ".kar", ".rmi")


def is_midi(files: Sequence[PurePath]) -> bool:
    """Whether the upload is a MIDI file; raises InputError for one among other files."""
    found = [file for file in files if file.suffix.lower() in SUFFIXES]
    if found and len(files) > 1:
        raise InputError(
            f"{found[0].name} is a MIDI file, and {len(files) - 1} more files came with it.",
            remedy="Upload a MIDI file alone: it is a whole song.",
        )
    return bool(found)

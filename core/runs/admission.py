"""Whether a song is taken on: its length against memory, and its owner's share of the disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.errors import InputError, SettingsError, StorageError
from core.machine.limits import MB, NONE, Limits
from core.machine.longest import Longest
from core.runs.housekeeping import free_bytes
from core.runs.index import RunIndex
from core.runs.store import Store
from core.runs.usage import owner_bytes
from core.song import SongRequest


def refuse_too_long(request: SongRequest, store: Store, most: Longest) -> None:
    """Raise SettingsError for a song that is longer than this machine's memory or its operator allows.

    An upload is as long as its longest sound; of a MIDI file the band knows the length when it reads it.
    """
    if request.midi is not None:
        return
    keys = request.upload.sounds.values() if request.upload else ()
    seconds = max((store.measurement(key).duration_s for key in keys), default=request.duration_s)
    if seconds > most.seconds:
        raise SettingsError(
            f"A song of {seconds:.0f} s is too long here: {most.because}.",
            causes=("memory would run out in the middle of it",) if "memory" in most.because else (),
            remedy=f"Choose at most {most.seconds:.0f} s, or make it where there is more memory.",
        )


def refuse_without_space(home: Path, index: RunIndex, limits: Limits, owner: str) -> None:
    """Raise StorageError when the disk, or the share of it that one owner has, is used up."""
    if limits.free_mb != NONE and limits.free_mb > 0 and free_bytes(home) < limits.free_mb * MB:
        raise StorageError(
            "This studio's disk is nearly full: no song is begun that could not be finished.",
            causes=("earlier songs take the space",),
            remedy="Delete songs of yours in the library, or come back later.",
        )
    if limits.owner_mb == NONE:
        return
    used_mb = owner_bytes(home, index, owner) / MB
    if used_mb >= limits.owner_mb:
        raise StorageError(
            f"Your songs take {used_mb:.0f} MB here, and {limits.owner_mb:.0f} MB are yours.",
            remedy="Delete songs of yours in the library.",
        )


def refuse_too_large(files: Mapping[str, Path], limits: Limits) -> None:
    """Raise InputError for an upload that is larger than the operator allows. Raises OSError for none."""
    for name, path in files.items():
        size_mb = path.stat().st_size / MB
        if size_mb > limits.upload_mb:
            raise InputError(
                f"{name} has {size_mb:.0f} MB, and {limits.upload_mb:.0f} MB are taken here.",
                remedy="Upload it as FLAC or MP3, or a shorter part of it.",
            )

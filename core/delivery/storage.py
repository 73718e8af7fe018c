"""What a failed write means, in words."""

from __future__ import annotations

from pathlib import Path

from core.errors import StorageError


def cannot_create(path: Path, error: BaseException) -> StorageError:
    """Return the error to raise when a file could not even be begun."""
    return StorageError(
        f"{path.name} could not be written.",
        causes=("the folder is read-only, missing, or not a folder", "the disk is full"),
        remedy="Choose a folder you may write to, or free some space, and export again.",
        detail=str(error),
    )


def cut_short(path: Path, error: BaseException | None) -> StorageError:
    """Return the error to raise when a file was begun and could not be finished.

    libsndfile does not report the reason; a file that could be opened fails later only when the disk is full.
    """
    return StorageError(
        f"{path.name} could not be finished: no free space was left for it.",
        causes=("the disk is full, or a limit on its use is reached", "the disk or its connection failed"),
        remedy="Free some space, or choose a folder on another disk, and export again.",
        detail=str(error or "fewer frames on the disk than were written"),
    )

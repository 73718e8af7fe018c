"""What a failed write means, in words."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from core.errors import StorageError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def storage_error(path: Path, error: BaseException | None) -> StorageError:
    """Return the error to raise for a file that could not be written, with the likeliest cause first."""
    number = _errno(error)
    if number in _FULL or _is_full(path.parent):
        return StorageError(
            f"{path.name} could not be written: there is no room left for it.",
            causes=("the disk is full, or a limit on its use is reached",),
            remedy="Free some space, or choose a folder on another disk, and export again.",
            detail=str(error or ""),
        )
    return StorageError(
        f"{path.name} could not be written.",
        causes=("the folder is read-only, missing, or not a folder", "the disk is full"),
        remedy="Choose a folder you may write to, or free some space, and export again.",
        detail=str(error or ""),
    )


def _errno(error: BaseException | None) -> int | None:
    """Return the system's error number, looked for in the errors that caused this one too."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, OSError) and error.errno is not None:
            return error.errno
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return None


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < 1_000_000
    except OSError:
        return False

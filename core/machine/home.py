"""Where the studio keeps what it makes: ``GAINSTAGE_HOME``, else ``~/.gainstage``."""

from __future__ import annotations

import errno
import os
import re
import uuid
from pathlib import Path

from core.errors import StorageError

VARIABLE = "GAINSTAGE_HOME"
DAMAGED_INDEX = "index.damaged-"
"""How the name of an index of songs begins that was set aside."""
_SHORT_WRITE = re.compile(r"\d+ requested and \d+ written")
"""How numpy reports a write that the disk cut short: an OSError without a number."""


def home_folder() -> Path:
    """Return the studio's home, made and proved writable.

    Raises StorageError that names the folder's variable when it cannot be made or written.
    """
    named = os.environ.get(VARIABLE, "").strip()
    try:
        home = Path(named or "~/.gainstage").expanduser()
    except RuntimeError as error:
        raise StorageError(
            f"The studio's home {named or '~/.gainstage'} names a user who is not there.",
            remedy=f"Set {VARIABLE} to a folder that you may write to.",
            detail=str(error),
        ) from error
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / f".probe-{uuid.uuid4().hex}"
        probe.write_bytes(b"gainstage")
        probe.unlink()
    except OSError as error:
        raise storage_error(error, f"The studio's home {home} cannot be written.") from error
    return home


def storage_error(error: OSError, message: str) -> StorageError:
    """Turn an operating system's refusal into the studio's error, with the remedy that fits."""
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return StorageError(
            "Too many files are open: the system lends no more to this process.",
            causes=("many songs are made or played at once", "the limit of open files is low (ulimit -n)"),
            remedy="Try again in a moment; raise the limit, such as with ulimit -n 4096, and start again.",
            detail=str(error),
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or _SHORT_WRITE.search(str(error)):
        return disk_full(str(error))
    return StorageError(
        message,
        causes=("the folder is read-only", "it belongs to another user"),
        remedy=f"Set {VARIABLE} to a folder that you may write to.",
        detail=str(error),
    )


def disk_full(detail: str) -> StorageError:
    """Return the error of a full disk, whoever met it."""
    return StorageError(
        "The disk is full.",
        causes=("earlier songs take the space", "another program filled the disk"),
        remedy=f"Delete old songs in the library, or set {VARIABLE} to a folder on a larger disk.",
        detail=detail,
    )


def still_there(home: Path) -> None:
    """Raise StorageError when the studio's home is gone: nothing is written where its disk was mounted."""
    if not home.is_dir():
        raise StorageError(
            f"The studio's home {home} is gone.",
            causes=("its disk was unmounted or unplugged", "the folder was moved or deleted"),
            remedy=f"Put it back where it was, or set {VARIABLE} to another folder and start again.",
        )

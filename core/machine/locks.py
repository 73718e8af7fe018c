"""A lock on an open file that the system lets go of when its process ends, however it ends."""

from __future__ import annotations

import sys
from typing import IO


def take(file: IO[bytes]) -> bool:
    """Take the file's lock if it is free, and return whether; it is let go of with the file."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

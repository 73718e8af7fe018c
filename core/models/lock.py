"""One download at a time into one place, whichever process it is in; a process that dies lets go."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import BusyError

TAKEN = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


@contextmanager
def held(file: Path, name: str) -> Iterator[None]:
    """Hold the lock ``file``; raises BusyError when another download of ``name`` holds it, or OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as opened:
        try:
            _take(opened.fileno())
        except OSError as error:
            # Some network disks know no locks: two downloads at once then spoil each other's checksums,
            # which is seen.
            if error.errno not in TAKEN:
                yield
                return
            raise BusyError(
                f"{name} is being downloaded already, by another program or page.",
                remedy="Wait until that is done, or cancel it there.",
            ) from error
        yield


def _take(descriptor: int) -> None:
    """Lock an open file without waiting; closing it lets go."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

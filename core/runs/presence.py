"""Which servers are at work on a home: each holds a lock that the system lets go of when it dies.

No clock is asked: a server that was killed is gone at once, and one whose clock jumped is still there. Where
a file system has no locks nothing can be said, and the index's signs of life are asked instead.
"""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from pathlib import Path
from typing import IO

from core.machine import locks

SILENT_AFTER_S = 30.0
"""A run that claims to be at work, but has shown no sign of life for so long, was interrupted."""
BEGINS_WITHIN_S = 5.0
"""A run of this process has its job so long after it was entered."""


class Presence:
    """This process's mark in a home, and the question whether another one's still stands."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "servers"
        self.token = uuid.uuid4().hex
        self._file: IO[bytes] | None = None
        with contextlib.suppress(OSError):  # a home that cannot be written is reported by whoever writes
            self._folder.mkdir(exist_ok=True)
            file = self._path(self.token).open("wb")
            if locks.take(file):
                self._file = file
            else:
                file.close()

    def alive(self, token: str) -> bool | None:
        """Whether the server of this token is at work; None where the file system does not tell."""
        if token == self.token:
            return True
        if not token or self._file is None:
            return None
        try:
            with self._path(token).open("rb") as file:
                free = locks.take(file)
        except OSError:
            return False
        if free:
            with contextlib.suppress(OSError):
                self._path(token).unlink()
        return not free

    def others(self) -> int:
        """Return how many other servers are at work on this home; marks of dead ones are removed."""
        tokens = [path.stem for path in self._folder.glob("*.lock") if path.stem != self.token]
        return sum(self.alive(token) is True for token in tokens)

    def close(self) -> None:
        """Take the mark away."""
        if self._file is not None:
            self._file.close()
            self._file = None
            with contextlib.suppress(OSError):
                self._path(self.token).unlink()

    def _path(self, token: str) -> Path:
        return self._folder / f"{os.path.basename(token)}.lock"


def shows_life(presence: Presence, server: str, beat: float) -> bool:
    """Whether a run that claims to be at work, and has no job here, is: its server stands.

    Where that cannot be said, its last sign of life counts: ``beat``, in seconds since the epoch. A clock
    that was set back makes none young.
    """
    if server == presence.token:
        return abs(time.time() - beat) <= BEGINS_WITHIN_S
    alive = presence.alive(server)
    return abs(time.time() - beat) <= SILENT_AFTER_S if alive is None else alive

"""A layer under the studio's writes that fails the n-th of them, in the manner of a disk that refuses.

Every way is counted in which the studio writes: files opened, written and put in place, folders made, sound
files, and the index's statements. SQLite's own tests do the same for its pages.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import sqlite3
from pathlib import Path

import soundfile

CODES = {"full": errno.ENOSPC, "short": errno.ENOSPC, "readonly": errno.EROFS, "files": errno.EMFILE}
SAID_BY_SQLITE = {
    "full": "database or disk is full",
    "short": "database or disk is full",
    "readonly": "attempt to write a readonly database",
    "files": "unable to open database file",
}
COUNTED_WRITES = 2
"""Of a file's many writes, the first and the second: a file that is empty, and one that is half there."""


class FailingDisk:
    """Fails from the n-th write on, or the n-th alone when files run out, below one folder."""

    def __init__(self, root, monkeypatch):
        self._root = str(root)
        self._at, self._how, self._count = 0, "", 0
        opening, connect, replace, mkdir = io.open, sqlite3.connect, os.replace, os.mkdir
        rename, wav = os.rename, soundfile.SoundFile
        disk = self

        def opened(file, mode="r", *args, **more):
            if not (isinstance(file, (str, Path)) and set(mode) & set("wax+") and disk._ours(file)):
                return opening(file, mode, *args, **more)
            disk.write(opens=True)
            return _Counted(opening(file, mode, *args, **more), disk)

        def counted(real):
            def call(first, *rest, **more):
                if disk._ours(first):
                    disk.write()
                return real(first, *rest, **more)

            return call

        class Connection(sqlite3.Connection):
            def execute(self, statement, *rest):
                if statement.split()[0] in ("BEGIN", "INSERT", "UPDATE", "DELETE", "COMMIT"):
                    disk.write(by_sqlite=True)
                return super().execute(statement, *rest)

        class Sounds(wav):
            def __init__(self, file, mode="r", *args, **more):
                if mode != "r" and disk._ours(file):
                    disk.write(by_sound=True)
                super().__init__(file, mode, *args, **more)

            def write(self, data):
                disk.write(by_sound=True)
                super().write(data)

        monkeypatch.setattr(io, "open", opened)
        monkeypatch.setattr(builtins, "open", opened)
        monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, factory=Connection, **k))
        for name, real in (("replace", replace), ("mkdir", mkdir), ("rename", rename)):
            monkeypatch.setattr(os, name, counted(real))
        monkeypatch.setattr(soundfile, "SoundFile", Sounds)

    def fail(self, at, how):
        """Fail from the ``at``-th write from now on."""
        self._at, self._how, self._count = at, how, 0

    def heal(self):
        """Let every write pass; returns whether any had failed."""
        failed, self._at = self._failed(), 0
        return failed

    def write(self, *, opens=False, by_sqlite=False, by_sound=False):
        """Count one write; raise what the disk would."""
        self._count += 1
        fails = self._count == self._at if self._how == "files" else self._failed()
        if not fails:
            return
        if by_sqlite:
            raise sqlite3.OperationalError(SAID_BY_SQLITE[self._how])
        if by_sound:
            raise soundfile.LibsndfileError(2, "Error opening: ")
        if self._how == "short" and not opens:
            raise OSError("117600 requested and 65536 written")  # numpy's, without a number
        raise OSError(CODES[self._how], os.strerror(CODES[self._how]))

    def _failed(self):
        return 0 < self._at <= self._count

    def _ours(self, path):
        return str(path).startswith(self._root)


class _Counted:
    """A file open for writing whose first writes are counted."""

    def __init__(self, file, disk):
        self._file, self._disk, self._left = file, disk, COUNTED_WRITES

    def write(self, content):
        if self._left:
            self._left -= 1
            try:
                self._disk.write()
            except OSError:
                self._file.write(content[: len(content) // 2])
                raise
        return self._file.write(content)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def __getattr__(self, name):
        return getattr(self._file, name)

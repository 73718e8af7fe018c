"""The index's database file: opened, written in transactions, proved, and replaced when it is damaged."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from core.errors import StorageError
from core.machine.home import DAMAGED_INDEX, VARIABLE, disk_full, still_there
from core.runs.run_files import RunFiles

logger = logging.getLogger("gainstage.index")
SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, created TEXT NOT NULL, request TEXT NOT NULL,
    state TEXT NOT NULL, revision INTEGER NOT NULL, elapsed_s REAL NOT NULL DEFAULT 0, beat REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS revisions (
    run TEXT NOT NULL, number INTEGER NOT NULL, settings TEXT NOT NULL, PRIMARY KEY (run, number)
);
CREATE TABLE IF NOT EXISTS run_steps (
    run TEXT NOT NULL, stage TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (run, stage)
);
CREATE TABLE IF NOT EXISTS probes (run TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS kept (run TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS takes (
    run TEXT NOT NULL, number INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (run, number)
);
CREATE TABLE IF NOT EXISTS steps (key TEXT PRIMARY KEY, result TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS judgements (key TEXT PRIMARY KEY, step TEXT NOT NULL, findings TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS summaries (
    run TEXT PRIMARY KEY, code TEXT NOT NULL, readable INTEGER NOT NULL, title TEXT NOT NULL,
    verdict TEXT NOT NULL, blame TEXT, duration_s REAL, integrated_lufs REAL
);
CREATE INDEX IF NOT EXISTS runs_by_time ON runs (created);
CREATE INDEX IF NOT EXISTS runs_by_owner ON runs (owner, created);
CREATE TRIGGER IF NOT EXISTS step_put AFTER INSERT ON run_steps
    BEGIN DELETE FROM summaries WHERE run=NEW.run; END;
CREATE TRIGGER IF NOT EXISTS step_changed AFTER UPDATE ON run_steps
    BEGIN DELETE FROM summaries WHERE run=NEW.run; END;
CREATE TRIGGER IF NOT EXISTS step_gone AFTER DELETE ON run_steps
    BEGIN DELETE FROM summaries WHERE run=OLD.run; END;
CREATE TRIGGER IF NOT EXISTS run_changed AFTER UPDATE OF request ON runs
    BEGIN DELETE FROM summaries WHERE run=NEW.id; END;
CREATE TRIGGER IF NOT EXISTS run_gone AFTER DELETE ON runs
    BEGIN DELETE FROM summaries WHERE run=OLD.id; END;
"""
"""A home of an earlier version gets what it lacks when it is opened.

A run's summary is written when it is first listed, and dropped by the triggers, whoever changes its steps.
"""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Database:
    """One connection for all threads, by turns.

    An index that is damaged is set aside and rebuilt from the copies of its runs; one that was moved away
    under the studio's feet is opened anew where it should be, or the loss is reported.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self.files = RunFiles(path.parent)
        self._closed = False
        self.notice = ""
        """One sentence when the index was set aside and rebuilt by this process."""
        try:
            if self._open():
                self._fill("was gone or empty: it was rebuilt")
        except sqlite3.Error as error:
            if not _is_damage(error):
                raise _storage(error) from error
            self._rebuild(error)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._closed = True
            self._db.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection; raises StorageError."""
        with self._lock:
            try:
                self._follow()
                yield self._db
            except sqlite3.Error as error:
                raise self._failed(error) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection within a transaction: all of it is written, or none. Raises StorageError."""
        with self._lock:
            try:
                self._follow()
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                self._roll_back()
                raise self._failed(error) from error
            except BaseException:
                self._roll_back()
                raise

    def prove(self) -> None:
        """Read the whole file once, and rebuild it when it is damaged. Raises StorageError."""
        with self.reading() as db:
            (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                self._rebuild(sqlite3.DatabaseError(found))

    def copy_runs(self) -> None:
        """Write the copies that are missing, as in a home of an earlier version. Raises StorageError."""
        with self.reading() as db:
            missing = [run for (run,) in db.execute("SELECT id FROM runs") if not self.files.has(run)]
        for run in missing:
            with self.reading() as db:
                self.files.save(db, run)

    def _open(self) -> bool:
        """Open the file, with all tables; returns whether it had none."""
        db = sqlite3.connect(self._path, check_same_thread=False, timeout=30, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            # A power cut may cost the last step, which is then made again; the index itself stays whole.
            db.execute("PRAGMA synchronous=NORMAL")
            new = db.execute("SELECT 1 FROM sqlite_master WHERE name='runs'").fetchone() is None
            db.executescript(SCHEMA)
            if "server" not in {row[1] for row in db.execute("PRAGMA table_info(runs)")}:
                db.execute("ALTER TABLE runs ADD COLUMN server TEXT NOT NULL DEFAULT ''")
        except BaseException:
            db.close()
            raise
        self._db = db
        self._identity = _identity(self._path)
        return new

    def _fill(self, became: str) -> None:
        """Put the copies of the runs into the index, and say what became of it, if there are any."""
        back, lost = self.files.rebuild(self._db)
        if back + lost:
            self.notice = f"The index of songs {became}, with {back} of {back + lost} songs."
            logger.error("state=rebuilt %s", self.notice)

    def _follow(self) -> None:
        """See to it that the open file is the one at its path."""
        if self._closed or _identity(self._path) == self._identity:
            return
        still_there(self._path.parent)
        self._db.close()
        logger.warning("state=opened-anew index=%s", self._path)
        if self._open():
            self._fill("was gone: it was rebuilt")

    def _roll_back(self) -> None:
        try:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        except sqlite3.Error:
            logger.warning("state=not-rolled-back index=%s", self._path)

    def _failed(self, error: sqlite3.Error) -> StorageError:
        if _is_damage(error):
            self._rebuild(error)
            return StorageError(self.notice, remedy="Do the last thing again.", detail=str(error))
        return _storage(error)

    def _rebuild(self, error: sqlite3.Error) -> None:
        """Set the damaged file aside, and make a new one from the copies of the runs."""
        with self._lock:
            if hasattr(self, "_db"):
                self._db.close()
            named = f"{DAMAGED_INDEX}{datetime.now(UTC):%Y%m%dT%H%M%S%f}.sqlite"
            try:
                for suffix in ("", "-wal", "-shm"):
                    path = self._path.with_name(f"{self._path.name}{suffix}")
                    if path.exists():
                        os.replace(path, path.with_name(f"{named}{suffix}"))
                self._open()
            except (OSError, sqlite3.Error) as again:
                raise StorageError(
                    "The index of songs is damaged and cannot be set aside.",
                    causes=("the studio's home is read-only", "the disk is full"),
                    remedy=f"Free some space or make {self._path.parent} writable, and start again.",
                    detail=f"{error}; {again}",
                ) from again
            logger.error("state=damaged index=%s reason=%s", self._path, error)
            self.notice = (
                f"The index of songs was damaged: it was set aside as {named} and rebuilt, with no song."
            )
            self._fill(f"was damaged: it was set aside as {named} and rebuilt")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_damage(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def _storage(error: sqlite3.Error) -> StorageError:
    if "disk is full" in str(error):
        return disk_full(str(error))
    if "locked" in str(error):
        return StorageError(
            "Another program holds the index of songs, and has not let go of it.",
            causes=("a backup or a database tool reads it", "another server works on the same home"),
            remedy="Do the last thing again in a moment; end the other program if it stays so.",
            detail=str(error),
        )
    return StorageError(
        "The index of songs cannot be read or written.",
        causes=("the disk is full", "the studio's home is read-only", "the index is damaged"),
        remedy=f"Free some space or set {VARIABLE} to a folder you may write to.",
        detail=str(error),
    )

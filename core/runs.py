"""The index of runs and steps, in SQLite. Only the runner and the studio write it.

A run's steps are kept as JSON of :class:`core.run.StepRecord`: the index answers "which runs, which steps",
never "which steps have a crest under 6 dB".
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from core.errors import NotFoundError, StorageError
from core.pipeline import STAGES, RunSettings
from core.run import RunRecord, RunState, StepRecord
from core.song import SongRequest

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
CREATE TABLE IF NOT EXISTS steps (key TEXT PRIMARY KEY, result TEXT NOT NULL);
"""
_KEY = re.compile(r"[0-9a-f]{64}")
"""A key of a sound or of a step, wherever it stands in a row."""


class RunIndex:
    """Runs, their settings' history, and results by step key."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        try:
            self._db = sqlite3.connect(path, check_same_thread=False, timeout=30, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise _storage(error) from error

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def add(self, run_id: str, owner: str, request: SongRequest, settings: RunSettings, beat: float) -> None:
        """Record a new run with its first settings."""
        with self._writing() as db:
            db.execute(
                "INSERT INTO runs (id, owner, created, request, state, revision, beat)"
                " VALUES (?,?,?,?,?,0,?)",
                (
                    run_id,
                    owner,
                    datetime.now(UTC).isoformat(),
                    request.model_dump_json(),
                    RunState.QUEUED,
                    beat,
                ),
            )
            db.execute("INSERT INTO revisions VALUES (?,0,?)", (run_id, settings.model_dump_json()))

    def run(self, run_id: str) -> tuple[RunRecord, float]:
        """Return a run and the time of its last sign of life. Raises NotFoundError."""
        with self._lock:
            row = self._db.execute(
                "SELECT owner, created, request, state, revision, elapsed_s, beat FROM runs WHERE id=?",
                (run_id,),
            ).fetchone()
            if row is None:
                raise _not_found()
            settings, last = self._db.execute(
                "SELECT settings, (SELECT max(number) FROM revisions WHERE run=:run)"
                " FROM revisions WHERE run=:run AND number=:number",
                {"run": run_id, "number": row[4]},
            ).fetchone()
            rows = self._db.execute("SELECT stage, record FROM run_steps WHERE run=?", (run_id,)).fetchall()
        done = {stage: StepRecord.model_validate_json(record) for stage, record in rows}
        steps = tuple(done.get(s.name) or StepRecord(stage=s.name, title=s.title) for s in STAGES)
        record = RunRecord(
            id=run_id,
            owner=row[0],
            created=datetime.fromisoformat(row[1]),
            request=SongRequest.model_validate_json(row[2]),
            settings=RunSettings.model_validate_json(settings),
            state=RunState(row[3]),
            revision=row[4],
            can_undo=row[4] > 0,
            can_redo=row[4] < last,
            tainted=any(step.continued for step in steps),
            elapsed_s=row[5],
            steps=steps,
        )
        return record, row[6]

    def readable(self) -> Iterator[RunRecord]:
        """Yield every run, newest first; one made by an incompatible older version is passed over."""
        with self._lock:
            ids = self._db.execute("SELECT id FROM runs ORDER BY created DESC").fetchall()
        for (run_id,) in ids:
            try:
                yield self.run(run_id)[0]
            except (ValidationError, NotFoundError):
                continue

    def set_state(self, run_id: str, state: RunState, beat: float, elapsed_s: float | None = None) -> None:
        """Record where a run stands."""
        with self._writing() as db:
            db.execute(
                "UPDATE runs SET state=?, beat=?, elapsed_s=coalesce(?, elapsed_s) WHERE id=?",
                (state, beat, elapsed_s, run_id),
            )

    def put_step(self, run_id: str, record: StepRecord) -> None:
        """Record one stage of a run."""
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO run_steps VALUES (?,?,?)",
                (run_id, record.stage, record.model_dump_json()),
            )

    def forget_steps(self, run_id: str, stages: tuple[str, ...]) -> None:
        """Set stages of a run back to "not run"; their results stay under their keys."""
        with self._writing() as db:
            db.executemany("DELETE FROM run_steps WHERE run=? AND stage=?", [(run_id, s) for s in stages])

    def add_revision(self, run_id: str, settings: RunSettings) -> None:
        """Put new settings after the current revision; what was undone before is dropped."""
        with self._writing() as db:
            (number,) = db.execute("SELECT revision FROM runs WHERE id=?", (run_id,)).fetchone() or (None,)
            if number is None:
                raise _not_found()
            db.execute("DELETE FROM revisions WHERE run=? AND number>?", (run_id, number))
            db.execute(
                "INSERT INTO revisions VALUES (?,?,?)", (run_id, number + 1, settings.model_dump_json())
            )
            db.execute("UPDATE runs SET revision=? WHERE id=?", (number + 1, run_id))

    def set_revision(self, run_id: str, number: int) -> None:
        """Move to an existing revision."""
        with self._writing() as db:
            db.execute("UPDATE runs SET revision=? WHERE id=?", (number, run_id))

    def result(self, key: str) -> str | None:
        """Return a kept step result as JSON."""
        with self._lock:
            row = self._db.execute("SELECT result FROM steps WHERE key=?", (key,)).fetchone()
        return row[0] if row else None

    def keep_result(self, key: str, result: str) -> None:
        """Keep a step's result under its key."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO steps VALUES (?,?)", (key, result))

    def delete(self, run_id: str) -> None:
        """Delete a run from the index."""
        with self._writing() as db:
            for table, column in (("runs", "id"), ("revisions", "run"), ("run_steps", "run")):
                db.execute(f"DELETE FROM {table} WHERE {column}=?", (run_id,))

    def keys_of(self, run_id: str) -> set[str]:
        """Return every key of a sound or step that a run's rows name."""
        with self._lock:
            rows = [
                *self._db.execute("SELECT request FROM runs WHERE id=?", (run_id,)),
                *self._db.execute("SELECT settings FROM revisions WHERE run=?", (run_id,)),
                *self._db.execute("SELECT record FROM run_steps WHERE run=?", (run_id,)),
            ]
        return {key for (text,) in rows for key in _KEY.findall(text)}

    def held_keys(self, *, with_results: bool = True) -> set[str]:
        """Return every key that any row names, in any table, also in rows that this version cannot read.

        ``with_results`` False leaves out the kept results of steps: they hold a sound only while a run holds
        them.
        """
        held: set[str] = set()
        with self._lock:
            tables = [row[0] for row in self._db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
            for table in tables:
                if table == "steps" and not with_results:
                    continue
                for row in self._db.execute(f'SELECT * FROM "{table.replace(chr(34), chr(34) * 2)}"'):
                    for value in row:
                        text = value.decode("latin-1") if isinstance(value, bytes) else value
                        if isinstance(text, str):
                            held.update(_KEY.findall(text))
        return held

    def drop_results_except(self, keys: set[str]) -> set[str]:
        """Forget step results that no run refers to; returns the keys that they named."""
        with self._writing() as db:
            gone = [row for row in db.execute("SELECT key, result FROM steps") if row[0] not in keys]
            db.executemany("DELETE FROM steps WHERE key=?", [(key,) for key, _ in gone])
        return {named for row in gone for text in row for named in _KEY.findall(text)}

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise _storage(error) from error
            except BaseException:
                self._db.execute("ROLLBACK")
                raise


def _not_found() -> NotFoundError:
    return NotFoundError(
        "There is no such song here.",
        causes=("it was deleted", "its address was copied incompletely", "another home is in use"),
        remedy="Open it from the library, or make a new one.",
    )


def _storage(error: sqlite3.Error) -> StorageError:
    if "disk is full" in str(error):
        return StorageError(
            "The disk is full.",
            causes=("earlier songs take the space", "another program filled the disk"),
            remedy="Delete old songs in the library, or set GAINSTAGE_HOME to a folder on a larger disk.",
            detail=str(error),
        )
    return StorageError(
        "The index of songs cannot be read or written.",
        causes=("the disk is full", "the studio's home is read-only", "the index is damaged"),
        remedy="Free some space or set GAINSTAGE_HOME to a folder you may write to.",
        detail=str(error),
    )

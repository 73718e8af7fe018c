"""A copy of each run's rows beside the sounds: what the index is rebuilt from when it is damaged.

    <home>/runs/<run id>.json

A copy is written when a run begins and when it comes to rest, and goes with the run.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sqlite3
import uuid
from pathlib import Path
from typing import Any

from core.machine.home import still_there, storage_error
from core.runs.seal import sealed, unsealed
from core.values import bounded_json

logger = logging.getLogger("gainstage.index")
MOST_CHARACTERS = 1 << 30
"""Of one copy: it holds all that was measured of a song, with every take."""
TABLES = {
    "runs": "id",
    "revisions": "run",
    "run_steps": "run",
    "probes": "run",
    "kept": "run",
    "takes": "run",
}
"""The tables that hold a run, and the column of each that names it."""


class RunFiles:
    """The copies of one home."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / "runs"

    def save(self, db: sqlite3.Connection, run_id: str) -> None:
        """Write a run's rows, and the results of its steps; nothing for a run that is gone.

        Raises StorageError; what was written before is whole then.
        """
        rows = {table: _rows(db, table, column, run_id) for table, column in TABLES.items()}
        if not rows["runs"]:
            return
        results = _results(db, rows["run_steps"])
        text = sealed(json.dumps({"format": 1, "rows": rows, "results": results}, separators=(",", ":")))
        part = self._folder / f".{uuid.uuid4().hex}"
        still_there(self._home)
        try:
            self._folder.mkdir(exist_ok=True)
            part.write_text(text, encoding="utf-8")
            os.replace(part, self._path(run_id))
        except OSError as error:
            with contextlib.suppress(OSError):  # what went wrong first is said
                part.unlink(missing_ok=True)
            raise storage_error(error, f"{self._folder} cannot be written.") from error

    def has(self, run_id: str) -> bool:
        """Whether there is a copy of the run."""
        return self._path(run_id).is_file()

    def forget(self, run_id: str) -> None:
        """Delete a run's copy."""
        self._path(run_id).unlink(missing_ok=True)

    def rebuild(self, db: sqlite3.Connection) -> tuple[int, int]:
        """Put every run that has a copy into an empty index; returns how many came back and how many did not.

        A copy that is damaged itself is left where it is, and logged.
        """
        back = lost = 0
        for path in sorted(self._folder.glob("*.json")):
            try:
                _put_back(
                    db,
                    bounded_json(unsealed(path.read_text(encoding="utf-8")), most_characters=MOST_CHARACTERS),
                )
                back += 1
            except (OSError, ValueError, KeyError, TypeError, AttributeError, sqlite3.Error) as error:
                lost += 1
                logger.warning("state=not-rebuilt run=%s reason=%s", path.stem, error)
        return back, lost

    def _path(self, run_id: str) -> Path:
        return self._folder / f"{os.path.basename(run_id)}.json"


def _rows(db: sqlite3.Connection, table: str, column: str, run_id: str) -> list[dict[str, Any]]:
    found = db.execute(f"SELECT * FROM {table} WHERE {column}=? ORDER BY rowid", (run_id,))
    names = [name for name, *_ in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def _results(db: sqlite3.Connection, steps: list[dict[str, Any]]) -> list[list[str]]:
    """Return the cached results of a run's steps, each with its key."""
    keys = []
    for step in steps:
        try:
            keys.append(json.loads(step["record"])["key"])
        except (ValueError, KeyError, TypeError):
            continue  # a record of another version: its result is made again
    found = (db.execute("SELECT key, result FROM steps WHERE key=?", (key,)).fetchone() for key in keys)
    return [list(row) for row in found if row]


def _put_back(db: sqlite3.Connection, copy: dict[str, Any]) -> None:
    db.execute("BEGIN")
    try:
        for table in TABLES:
            known = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
            for row in copy["rows"].get(table, ()):
                kept = {name: value for name, value in row.items() if name in known}
                marks = ",".join("?" * len(kept))
                db.execute(
                    f"INSERT OR REPLACE INTO {table} ({','.join(kept)}) VALUES ({marks})", (*kept.values(),)
                )
        db.executemany("INSERT OR REPLACE INTO steps VALUES (?,?)", copy["results"])
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise

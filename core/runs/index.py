"""The index of runs and steps, in SQLite. Only the runner and the studio write it.

A run's steps are stored as JSON of :class:`core.runs.record.StepRecord`: the index answers "which runs, which
steps", never "which steps have a crest under 6 dB".
"""

from __future__ import annotations

import logging
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from core.contract import Finding, Severity
from core.errors import NotFoundError, StorageError, UnreadableRunError
from core.machine.code_version import code_version
from core.runs.database import Database
from core.runs.pipeline import RunSettings
from core.runs.record import RunRecord, RunState, RunSummary, StepRecord
from core.runs.run_files import TABLES
from core.runs.take_rows import TakeRows
from core.song import SongRequest
from core.stages.table import STAGES

logger = logging.getLogger("gainstage.index")
_FINDINGS = TypeAdapter(tuple[Finding, ...])
_KEY = re.compile(r"[0-9a-f]{64}")
"""A key of a sound or of a step, wherever it stands in a row."""


class RunIndex(TakeRows):
    """Runs, their settings' history, and results by step key."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path)

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def save(self, run_id: str) -> None:
        """Write the run's copy beside the sounds; a disk that refuses is logged, for the index holds it."""
        try:
            with self.database.reading() as db:
                self.database.files.save(db, run_id)
        except StorageError as error:
            logger.warning("state=not-copied run=%s reason=%s", run_id, error.message)

    def add(
        self,
        run_id: str,
        owner: str,
        request: SongRequest,
        settings: RunSettings,
        beat: float,
        *,
        probed: bool = False,
        server: str = "",
    ) -> None:
        """Record a new run with its first settings; ``probed``: its steps are another program's.

        ``server``: the token of the process that is to make it (:mod:`core.runs.presence`).
        """
        with self.database.writing() as db:
            db.execute(
                "INSERT INTO runs (id, owner, created, request, state, revision, beat, server)"
                " VALUES (?,?,?,?,?,0,?,?)",
                (
                    run_id,
                    owner,
                    datetime.now(UTC).isoformat(),
                    request.model_dump_json(),
                    RunState.QUEUED,
                    beat,
                    server,
                ),
            )
            db.execute("INSERT INTO revisions VALUES (?,0,?)", (run_id, settings.model_dump_json()))
            if probed:
                db.execute("INSERT INTO probes VALUES (?)", (run_id,))

    def run(self, run_id: str) -> tuple[RunRecord, float]:
        """Return a run and the time of its last sign of life.

        Raises NotFoundError, and UnreadableRunError for one that another version of the studio wrote.
        """
        try:
            return self._read(run_id)
        except ValueError as error:
            raise _unreadable(error) from error

    def _read(self, run_id: str) -> tuple[RunRecord, float]:
        with self.database.reading() as db:
            row = db.execute(
                "SELECT owner, created, request, state, revision, elapsed_s, beat FROM runs WHERE id=?",
                (run_id,),
            ).fetchone()
            if row is None:
                raise _not_found()
            found = db.execute(
                "SELECT settings, (SELECT max(number) FROM revisions WHERE run=:run)"
                " FROM revisions WHERE run=:run AND number=:number",
                {"run": run_id, "number": row[4]},
            ).fetchone()
            if found is None:
                raise ValueError(f"the settings of revision {row[4]} are missing")
            settings, last = found
            rows = db.execute(
                "SELECT stage, record FROM run_steps WHERE run=? ORDER BY rowid", (run_id,)
            ).fetchall()
            probed = db.execute("SELECT 1 FROM probes WHERE run=?", (run_id,)).fetchone() is not None
        done = {stage: StepRecord.model_validate_json(record) for stage, record in rows}
        steps = (
            tuple(done.values())
            if probed
            else tuple(done.get(s.name) or StepRecord(stage=s.name, title=s.title) for s in STAGES)
        )
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
            probed=probed,
            steps=steps,
        )
        return record, row[6]

    def page(self, *, owner: str | None, most: int, after: int) -> list[tuple[RunSummary, float]]:
        """Return summaries, newest first, each with the time of its last sign of life.

        ``owner``: None for everybody's; ``most``: -1 for all; ``after``: how many newer ones are left out.
        A run is read in full only when it changed, or the code did, since it was last listed.
        """
        with self.database.reading() as db:
            rows = db.execute(
                "SELECT id, owner, created, state, beat, title, verdict, blame, duration_s, integrated_lufs,"
                " readable FROM runs LEFT JOIN summaries ON run=id AND code=:code"
                f"{'' if owner is None else ' WHERE owner=:owner'}"
                " ORDER BY created DESC, runs.rowid DESC LIMIT :most OFFSET :after",
                {"code": code_version(), "owner": owner, "most": most, "after": after},
            ).fetchall()
        new = {row[0]: self._summary(row[0]) for row in rows if row[5] is None}
        if new:
            with self.database.writing() as db:
                db.executemany(
                    "INSERT OR REPLACE INTO summaries (code, run, title, verdict, blame, duration_s,"
                    " integrated_lufs, readable) VALUES (?,?,?,?,?,?,?,?)",
                    [(code_version(), run_id, *summary) for run_id, summary in new.items()],
                )
        return [(_listed(row, new.get(row[0], row[5:])), row[4]) for row in rows]

    def count(self, owner: str | None) -> int:
        """Return how many runs there are; ``owner``: None for everybody's."""
        where = "" if owner is None else " WHERE owner=?"
        with self.database.reading() as db:
            row = db.execute(f"SELECT count(*) FROM runs{where}", (owner,) if where else ()).fetchone()
        return int(row[0])

    def _summary(self, run_id: str) -> tuple[Any, ...]:
        """Return a run's columns in the table of summaries, from ``title`` on."""
        try:
            record, _ = self.run(run_id)
        except UnreadableRunError:
            return "", Severity.OK, None, None, None, False
        main = next((step.main for step in reversed(record.steps) if step.main), None)
        reading = main.measurement if main else None
        return (
            record.title,
            record.verdict,
            record.blame,
            reading.duration_s if reading else None,
            reading.integrated_lufs if reading else None,
            True,
        )

    def state(self, run_id: str) -> RunState:
        """Return where the index says that a run stands. Raises NotFoundError."""
        with self.database.reading() as db:
            row = db.execute("SELECT state FROM runs WHERE id=?", (run_id,)).fetchone()
        if row is None:
            raise _not_found()
        return RunState(row[0])

    def live(self) -> dict[str, tuple[str, float]]:
        """Return the runs that claim to wait or to be at work: server's token and last sign of life."""
        states = [state.value for state in RunState if state.live]
        with self.database.reading() as db:
            rows = db.execute(
                f"SELECT id, server, beat FROM runs WHERE state IN ({','.join('?' * len(states))})", states
            ).fetchall()
        return {run_id: (server, beat) for run_id, server, beat in rows}

    def ages(self) -> dict[str, float]:
        """Return the runs that are at rest, each with the seconds since its last sign of life."""
        states = [state.value for state in RunState if state.live]
        with self.database.reading() as db:
            rows = db.execute(
                f"SELECT id, beat FROM runs WHERE state NOT IN ({','.join('?' * len(states))})", states
            ).fetchall()
        return {run_id: time.time() - beat for run_id, beat in rows}

    def kept(self) -> set[str]:
        """Return the runs that no limit takes."""
        with self.database.reading() as db:
            return {row[0] for row in db.execute("SELECT run FROM kept")}

    def keep(self, run_id: str, *, kept: bool) -> None:
        """Say whether a limit of age or size may take a run."""
        with self.database.writing() as db:
            db.execute("DELETE FROM kept WHERE run=?", (run_id,))
            if kept:
                db.execute("INSERT INTO kept VALUES (?)", (run_id,))

    def run_of(self, key: str) -> str | None:
        """Return a run one of whose steps delivered this sound."""
        with self.database.reading() as db:
            row = db.execute(
                "SELECT run FROM run_steps WHERE instr(record, ?) ORDER BY rowid DESC", (key,)
            ).fetchone()
        return row[0] if row else None

    def owned_by(self, owner: str) -> list[str]:
        """Return the ids of an owner's runs."""
        with self.database.reading() as db:
            return [row[0] for row in db.execute("SELECT id FROM runs WHERE owner=?", (owner,))]

    def set_state(
        self,
        run_id: str,
        state: RunState,
        beat: float,
        elapsed_s: float | None = None,
        *,
        server: str | None = None,
    ) -> None:
        """Record where a run stands; ``server``: whose job it is from now on."""
        with self.database.writing() as db:
            db.execute(
                "UPDATE runs SET state=?, beat=?, elapsed_s=coalesce(?, elapsed_s),"
                " server=coalesce(?, server) WHERE id=?",
                (state, beat, elapsed_s, server, run_id),
            )

    def put_step(self, run_id: str, record: StepRecord) -> None:
        """Record one stage of a run."""
        with self.database.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO run_steps VALUES (?,?,?)",
                (run_id, record.stage, record.model_dump_json()),
            )

    def forget_steps(self, run_id: str, stages: tuple[str, ...]) -> None:
        """Set stages of a run back to "not run"; their results stay under their keys."""
        with self.database.writing() as db:
            db.executemany("DELETE FROM run_steps WHERE run=? AND stage=?", [(run_id, s) for s in stages])

    def add_revision(self, run_id: str, settings: RunSettings) -> None:
        """Put new settings after the current revision; what was undone before is dropped."""
        with self.database.writing() as db:
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
        with self.database.writing() as db:
            db.execute("UPDATE runs SET revision=? WHERE id=?", (number, run_id))

    def result(self, key: str) -> str | None:
        """Return a cached step result as JSON."""
        with self.database.reading() as db:
            row = db.execute("SELECT result FROM steps WHERE key=?", (key,)).fetchone()
        return row[0] if row else None

    def keep_result(self, key: str, result: str) -> None:
        """Cache a step's result under its key."""
        with self.database.writing() as db:
            db.execute("INSERT OR REPLACE INTO steps VALUES (?,?)", (key, result))

    def judgement(self, key: str) -> tuple[Finding, ...] | None:
        """Return cached findings."""
        with self.database.reading() as db:
            row = db.execute("SELECT findings FROM judgements WHERE key=?", (key,)).fetchone()
        try:
            return _FINDINGS.validate_json(row[0]) if row else None
        except ValueError:
            return None  # of another version, or damaged: judged again

    def keep_judgement(self, key: str, step: str, findings: tuple[Finding, ...]) -> None:
        """Cache findings under what they rest on; ``step`` is the key of the step that they are about."""
        text = _FINDINGS.dump_json(findings).decode()
        with self.database.writing() as db:
            db.execute("INSERT OR REPLACE INTO judgements VALUES (?,?,?)", (key, step, text))

    def delete(self, run_id: str) -> None:
        """Delete a run from the index, readable or not. Raises NotFoundError."""
        with self.database.writing() as db:
            if db.execute("SELECT 1 FROM runs WHERE id=?", (run_id,)).fetchone() is None:
                raise _not_found()
            for table, column in TABLES.items():
                db.execute(f"DELETE FROM {table} WHERE {column}=?", (run_id,))
        self.database.files.forget(run_id)

    def keys_of(self, run_id: str) -> set[str]:
        """Return every key of a sound or step that a run's rows name."""
        with self.database.reading() as db:
            rows = [
                *db.execute("SELECT request FROM runs WHERE id=?", (run_id,)),
                *db.execute("SELECT settings FROM revisions WHERE run=?", (run_id,)),
                *db.execute("SELECT record FROM run_steps WHERE run=?", (run_id,)),
                *db.execute("SELECT record FROM takes WHERE run=?", (run_id,)),
            ]
        return {key for (text,) in rows for key in _KEY.findall(text)}

    def held_keys(self, *, with_results: bool = True) -> set[str]:
        """Return every key that any row names, in any table, also in rows that this version cannot read.

        ``with_results`` False leaves out the cached results and judgements of steps: they hold a sound only
        while a run holds them.
        """
        held: set[str] = set()
        with self.database.reading() as db:
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
            for table in tables:
                # A judgement follows its step and holds nothing.
                if table == "judgements" or (table == "steps" and not with_results):
                    continue
                for row in db.execute(f'SELECT * FROM "{table.replace(chr(34), chr(34) * 2)}"'):
                    for value in row:
                        text = value.decode("latin-1") if isinstance(value, bytes) else value
                        if isinstance(text, str):
                            held.update(_KEY.findall(text))
        return held

    def drop_results_except(self, keys: set[str]) -> set[str]:
        """Forget results and judgements of steps that no run refers to; returns the keys that they named."""
        with self.database.writing() as db:
            gone = [row for row in db.execute("SELECT key, result FROM steps") if row[0] not in keys]
            db.executemany("DELETE FROM steps WHERE key=?", [(key,) for key, _ in gone])
            judged = {row[0] for row in db.execute("SELECT DISTINCT step FROM judgements")}
            db.executemany("DELETE FROM judgements WHERE step=?", [(key,) for key in judged - keys])
        return {named for row in gone for text in row for named in _KEY.findall(text)}


def _listed(row: tuple[Any, ...], summary: tuple[Any, ...]) -> RunSummary:
    run_id, owner, created, state, *_ = row
    title, verdict, blame, duration_s, integrated_lufs, readable = summary
    return RunSummary(
        id=run_id,
        owner=owner,
        created=datetime.fromisoformat(created),
        title=title,
        state=RunState(state) if readable else RunState.STOPPED,
        verdict=verdict,
        blame=blame,
        duration_s=duration_s,
        integrated_lufs=integrated_lufs,
        readable=bool(readable),
    )


def _unreadable(error: ValueError) -> UnreadableRunError:
    return UnreadableRunError(
        "This song was made by another version of the studio and cannot be opened here.",
        causes=("the studio was updated, or set back to an earlier version", "the index is damaged"),
        remedy="Open it with the version that made it, or delete it. Its sounds and files are still there.",
        detail=str(error),
    )


def _not_found() -> NotFoundError:
    return NotFoundError(
        "There is no such song here.",
        causes=(
            "it was deleted",
            "its address was copied incompletely",
            "this server uses a different data folder",
        ),
        remedy="Open it from the library, or make a new one.",
    )

"""The rows of the index that hold a run's takes."""

from __future__ import annotations

from core.runs.database import Database
from core.runs.record import StepRecord


class TakeRows:
    """Part of the index: what a run's takes are, each a step of its own."""

    database: Database

    def put_take(self, run_id: str, number: int, record: StepRecord) -> None:
        """Record one take of a run; it holds its sounds as long as the run is there."""
        with self.database.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO takes VALUES (?,?,?)", (run_id, number, record.model_dump_json())
            )

    def takes(self, run_id: str) -> dict[int, StepRecord]:
        """Return a run's takes by their numbers; those that another version wrote are left out."""
        with self.database.reading() as db:
            rows = db.execute(
                "SELECT number, record FROM takes WHERE run=? ORDER BY number", (run_id,)
            ).fetchall()
        found = {}
        for number, text in rows:
            try:
                found[int(number)] = StepRecord.model_validate_json(text)
            except ValueError:
                continue
        return found

    def drop_takes(self, run_id: str, numbers: tuple[int, ...]) -> None:
        """Forget takes that are none of the run's settings any more."""
        with self.database.writing() as db:
            db.executemany("DELETE FROM takes WHERE run=? AND number=?", [(run_id, n) for n in numbers])

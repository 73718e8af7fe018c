"""What an operator looks at: the queue, the disk, the memory, the last failures; not a word of a song."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.machine.resources import Memory, memory
from core.runs.housekeeping import free_bytes
from core.runs.index import RunIndex
from core.runs.jobs import Lane
from core.runs.presence import Presence
from core.runs.record import StepRecord, StepState
from core.runs.usage import Usage, usage

MOST_FAILURES = 20
SHOWN_DIGITS = 8
"""So much of an owner's or a run's id is shown: whoever holds a whole one holds the song."""


@dataclass(frozen=True)
class Waiting:
    """One job of the queue; its first one runs."""

    run: str
    owner: str
    running: bool
    elapsed_s: float
    starts_in_s: float | None
    message: str


@dataclass(frozen=True)
class Failure:
    """A stage that failed."""

    when: datetime
    run: str
    stage: str
    kind: str
    sentence: str


@dataclass(frozen=True)
class Overview:
    """The state of a studio at one moment."""

    queue: tuple[Waiting, ...]
    usage: Usage
    owners: Mapping[str, int]
    """Bytes of each owner's songs, the largest first."""
    free_bytes: int
    memory: Memory
    engines_mb: Mapping[str, int | None]
    servers: int
    """Servers at work on this home, this one counted."""
    failures: tuple[Failure, ...]
    notice: str


def overview(
    home: Path, index: RunIndex, lane: Lane, presence: Presence, engines_mb: Mapping[str, int | None]
) -> Overview:
    """Look at everything once. Raises StorageError."""
    used = usage(home, index)
    owners: dict[str, int] = {}
    for song in used.songs:
        owners[song.owner] = owners.get(song.owner, 0) + song.bytes
    return Overview(
        queue=tuple(
            Waiting(
                job.name,
                job.owner,
                job.started is not None,
                job.elapsed_s,
                lane.starts_in_s(job),
                job.message,
            )
            for job in lane.jobs()
        ),
        usage=used,
        owners=dict(sorted(owners.items(), key=lambda one: -one[1])),
        free_bytes=free_bytes(home),
        memory=memory(),
        engines_mb=engines_mb,
        servers=1 + presence.others(),
        failures=tuple(
            Failure(created, run_id, step.stage, step.error.kind, step.error.message)
            if step.error
            else Failure(created, run_id, step.stage, "check", _failed_checks(step.findings))
            for run_id, created, step in _failed_steps(index)
        ),
        notice=index.database.notice,
    )


def _failed_checks(findings: tuple[object, ...]) -> str:
    names = [getattr(f, "check", "") for f in findings if getattr(f, "severity", "") == "fail"]
    return f"It failed {', '.join(dict.fromkeys(names))}."


def _failed_steps(index: RunIndex) -> list[tuple[str, datetime, StepRecord]]:
    """Return the last steps that failed, with run and time; those of another version are left out."""
    with index.database.reading() as db:
        rows = db.execute(
            "SELECT run, created, record FROM run_steps JOIN runs ON runs.id=run"
            " WHERE json_valid(record) AND json_extract(record, '$.state') IN (?,?)"
            " ORDER BY run_steps.rowid DESC LIMIT ?",
            (StepState.FAILED, StepState.ERROR, MOST_FAILURES),
        ).fetchall()
    found = []
    for run_id, created, record in rows:
        try:
            found.append((run_id, datetime.fromisoformat(created), StepRecord.model_validate_json(record)))
        except ValueError:
            continue
    return found

"""One round of the monitor: call, judge, write the history, report a change of verdict."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.contract import Severity
from core.inspect import inspect_audio
from core.watch.answers import Answer, CallFailedError
from core.watch.calls import call
from core.watch.config import Watch
from core.watch.history import Entry, History, summary
from core.watch.web import post

logger = logging.getLogger("gainstage.watch")


@dataclass(frozen=True)
class Round:
    """A call, and whether it came out otherwise than the one before."""

    entry: Entry
    changed: bool
    not_reported: str = ""
    """Why the webhook was not notified of the change."""


def one_round(watch: Watch, folder: Path, history: History) -> Round:
    """Call once, with retries, and return how it came out; raises StorageError for a history that is lost."""
    before = history.entries()
    entry = _called(watch, folder)
    history.add(entry)
    last = before[-1] if before else None
    changed = (
        (last.verdict, last.what) != (entry.verdict, entry.what) if last else entry.verdict is Severity.FAIL
    )
    logger.info(
        "watch=%s verdict=%s what=%s seconds=%.2f", watch.name, entry.verdict, entry.what, entry.seconds
    )
    return Round(entry, changed, _report(watch, last, entry, [*before, entry]) if changed else "")


def _called(watch: Watch, folder: Path) -> Entry:
    at, began = datetime.now(UTC), time.monotonic()
    for attempt in range(1, watch.call.retries + 2):
        try:
            answer = call(watch, folder)
        except CallFailedError as error:
            failed, attempts = error, attempt
        else:
            return _judged(answer, at, time.monotonic() - began, attempt)
    return Entry(
        at=at,
        verdict=Severity.FAIL,
        what=failed.what,
        sentence=failed.message,
        remedy=failed.remedy,
        sounded=False,
        seconds=round(time.monotonic() - began, 3),
        attempts=attempts,
        labels=failed.labels,
    )


def _judged(answer: Answer, at: datetime, seconds: float, attempts: int) -> Entry:
    found = inspect_audio(answer.audio, "the answer")
    worst = found.findings[0] if found.findings and found.verdict.rank >= Severity.WARN.rank else None
    return Entry(
        at=at,
        verdict=found.verdict,
        what=worst.check if worst else "",
        sentence=worst.evidence if worst else "",
        remedy=worst.remedy if worst else "",
        seconds=round(seconds, 3),
        attempts=attempts,
        labels=answer.labels,
        integrated_lufs=found.measurement.integrated_lufs,
    )


def _report(watch: Watch, last: Entry | None, entry: Entry, entries: list[Entry]) -> str:
    """Post a change to the webhook; return why that failed."""
    if watch.webhook is None:
        return ""
    message = {
        "watch": watch.name,
        "text": f"{watch.name}: {entry.verdict.value}. {entry.sentence or 'The sound is well again.'}",
        "was": last.verdict.value if last else None,
        "is": entry.verdict.value,
        "what": entry.what,
        "sentence": entry.sentence,
        "remedy": entry.remedy,
        "labels": entry.labels,
        "at": entry.at.isoformat(),
        "history": summary(entries),
    }
    try:
        post(watch.webhook.url, watch.webhook.headers, message)
    except CallFailedError as error:
        logger.warning("watch=%s webhook=failed reason=%s", watch.name, error.message)
        return error.message
    return ""

"""The history of what is watched: a line of JSON for each call, and what it says in a sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from core.contract import Severity
from core.machine.home import home_folder, storage_error

KEPT = 10_000
"""Calls that are read back; older lines stay in the file."""
_WORDS = {"not_silent": "silent", "finite": "broken by NaN", "not_noise": "noise", "tone": "a test tone"}


class Entry(BaseModel):
    """One call, as it came out."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    verdict: Severity
    """Fail too for a call without sound."""
    what: str = ""
    """What is wrong, in a word: a check's name, or why there was no sound. Empty for what is well."""
    sentence: str = ""
    remedy: str = ""
    sounded: bool = True
    """Whether there was a sound to judge."""
    seconds: float
    attempts: int = 1
    labels: dict[str, str] = {}
    integrated_lufs: float | None = None

    @property
    def problem(self) -> str:
        """What is wrong, as a person says it."""
        return _WORDS.get(self.what, self.what.replace("_", " "))


class History:
    """The calls of one name."""

    def __init__(self, name: str) -> None:
        plain = re.sub(r"[^\w-]+", "_", name)[:60]
        self.path = home_folder() / "watch" / f"{plain}.jsonl"

    def entries(self) -> list[Entry]:
        """Return the calls so far, oldest first; a line that is damaged is passed over."""
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()[-KEPT:]
        except FileNotFoundError:
            return []
        found = []
        for line in lines:
            try:
                found.append(Entry.model_validate_json(line))
            except ValidationError:
                continue
        return found

    def add(self, entry: Entry) -> None:
        """Write a call behind the others; raises StorageError."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(entry.model_dump_json() + "\n")
        except OSError as error:
            raise storage_error(error, f"The history {self.path} cannot be written.") from error


def summary(entries: Sequence[Entry]) -> str:
    """Return what went wrong how often, since when, and what those calls have in common.

    "silent in 3 of 40 calls, always with worker half, since Tuesday 24 Nov 08:00; the last call is ok."
    """
    if not entries:
        return "No call yet."
    wrong = Counter(entry.problem for entry in entries if entry.verdict is Severity.FAIL)
    last = f"the last call is {entries[-1].verdict.value}"
    since = f"since {entries[0].at:%A %d %b %H:%M}"
    if not wrong:
        return f"{len(entries)} calls {since}, none failed; {last}."
    said = [
        f"{what} in {count} of {len(entries)} calls{_in_common(what, entries)}"
        for what, count in wrong.most_common()
    ]
    return f"{'; '.join(said)}, {since}; {last}."


def _in_common(what: str, entries: Sequence[Entry]) -> str:
    """Return the labels that all calls of one failure share and others do not."""
    failed = [e for e in entries if e.verdict is Severity.FAIL and e.problem == what]
    others = [e for e in entries if e not in failed]
    shared = set(failed[0].labels.items()).intersection(*(e.labels.items() for e in failed))
    telling = sorted(
        f"{name} {value}" for name, value in shared if any(e.labels.get(name) != value for e in others)
    )
    return f", always with {' and '.join(telling)}" if telling and len(failed) > 1 else ""

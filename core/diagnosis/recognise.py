"""From what was said to what happened: ``diagnose(error)``."""

from __future__ import annotations

import re
import traceback

from core.diagnosis.catalogue import CATALOGUE
from core.diagnosis.entry import Diagnosis, Entry, Reach
from core.diagnosis.text import Parts, parts_of
from core.errors import ErrorReport, GainstageError

SHOWN = 300
"""Characters of a line that is shown as evidence."""


def diagnose(error: BaseException | ErrorReport | str) -> Diagnosis | None:
    """Return the diagnosis of an error, or of any text that an engine or a traceback printed.

    None for a failure that the catalogue does not know: then its own words are all there is.
    """
    return _first(_parts(error))


def own_words(text: str) -> str:
    """Return the line of a text that says most: the first of its last error; empty when there is none."""
    parts = parts_of(text)
    lines = [line.strip() for line in (parts.last or parts.earlier or parts.warned).splitlines()]
    return next((line[:SHOWN] for line in lines if line), "")


def claimants(text: str) -> tuple[str, ...]:
    """Return the names of every entry that recognises something in ``text``: one, when it is a clear case."""
    parts = parts_of(text)
    seen = (parts.last, parts.earlier, parts.warned)
    return tuple(entry.name for entry in CATALOGUE if any(entry.found_in(part, parts.whole) for part in seen))


def _parts(error: BaseException | ErrorReport | str) -> Parts:
    if isinstance(error, GainstageError):
        error = error.report()
    if isinstance(error, ErrorReport):
        return parts_of(error.detail, error.message)
    if isinstance(error, str):
        return parts_of(error)
    return parts_of("".join(traceback.format_exception(error)))


def _first(parts: Parts) -> Diagnosis | None:
    """Believe the last error first, warnings last; entries that say little wait for those that say much."""
    errors = (parts.message, parts.last, parts.earlier)
    for reach, part in (
        *((Reach.EXACT, part) for part in errors),
        *((Reach.GENERAL, part) for part in errors),
        (Reach.EXACT, parts.warned),
    ):
        for entry in CATALOGUE:
            found = entry.found_in(part, parts.whole) if entry.reach is reach else None
            if found:
                return _diagnosis(entry, found)
    return None


def _diagnosis(entry: Entry, found: re.Match[str]) -> Diagnosis:
    names = {name: value or "" for name, value in found.groupdict().items()}
    return Diagnosis(
        name=entry.name,
        scenario=entry.scenario,
        sentence=entry.sentence.format(**names),
        evidence=(_line_around(found),),
        causes=entry.causes,
        remedy=entry.remedy.format(**names),
    )


def _line_around(found: re.Match[str]) -> str:
    """Return the line that a sign stands in, cut around the sign when it is long."""
    text = found.string
    begin, end = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.end())
    line = text[begin : end if end >= 0 else len(text)]
    if len(line) <= SHOWN:
        return line.strip()
    at = max(0, min(found.start() - begin - SHOWN // 3, len(line) - SHOWN))
    cut = line[at : at + SHOWN].strip()
    return f"{'… ' if at else ''}{cut}{' …' if at + SHOWN < len(line) else ''}"

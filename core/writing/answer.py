"""A language model's answer read as lyrics: its talk left out, its sections found by their headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.song import Line, SectionKind
from core.writing.brief import Part
from core.writing.typed import kind_of_heading, parse_typed

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.S | re.I)
_TITLE = re.compile(
    r"^[#*_\s]*(?:song\s+)?title[*_\s]*:[*_\s\"'“]*(?P<title>[^\n\"”*]{1,80}?)[\"'”*_\s]*$", re.I
)
_NUMBER = re.compile(r"^\s*(?:(?:line\s+)?\d{1,2}\s*[.):]|[-*•–]\s)\s*", re.I)
_COUNT = re.compile(
    r"(?<!\s)\s*+(?:[(\[{]\s*\d{1,2}\s*(?:syllables?|syl\.?)?\s*[)\]}]|[–—-]\s*\d{1,2}\s*syllables?)\s*$",
    re.I,
)
_AFTERWORD = re.compile(
    r"^[(*_\s]*(?:note\b|let me know\b|i hope\b|i've\b|these (?:lyrics|lines|words)\b|"
    r"this (?:song|version)\b|each line\b|syllable|explanation|rhyme scheme\b|the (?:lyrics|rhyme|syllable))",
    re.I,
)
_QUOTES = '"“”«»'


@dataclass(frozen=True)
class Found:
    """What an answer holds: its title, and its sections in order, each with its lines."""

    title: str
    sections: tuple[tuple[SectionKind | None, tuple[Line, ...]], ...]


def read_answer(text: str, finished: bool = True) -> Found:
    """Return what ``text`` says; a text that was cut off loses its last line, which may be half a line.

    A section's kind is None where no heading says it.
    """
    plain = _THOUGHT.sub("", text)
    rows = plain.splitlines()
    if not finished and rows:
        rows.pop()
    title, chunks = "", [_Chunk(None, [])]
    for row in rows:
        titled = _TITLE.match(row)
        kind = None if titled else kind_of_heading(row.strip())
        if titled:
            title = title or titled["title"].strip()
        elif kind is not None:
            chunks.append(_Chunk(kind, [row]))
        elif not row.strip().startswith("```"):
            chunks[-1].rows.append(_tidy(row))
    if len(chunks) > 1:
        # What stands before the first heading is talk.
        chunks = chunks[1:]
    read = [(chunk.kind, _lines(chunk)) for chunk in chunks]
    return Found(title, tuple((kind, lines) for kind, lines in read if lines))


def given_to(parts: Sequence[Part], found: Found) -> dict[str, tuple[Line, ...]]:
    """Return the lines of each part by its heading: the sections of its kind, in their order.

    One part alone takes whatever there is, whether its heading stands over it or not.
    """
    if len(parts) == 1:
        ((part),) = parts
        fitting = [lines for kind, lines in found.sections if kind in (part.kind, None)]
        every = fitting or [lines for _, lines in found.sections]
        return {part.heading: every[0]} if every else {}
    left = list(found.sections)
    given = {}
    for part in parts:
        at = next((n for n, (kind, _) in enumerate(left) if kind is part.kind), None)
        if at is not None:
            given[part.heading] = left.pop(at)[1]
    return given


@dataclass
class _Chunk:
    """A heading (None at the start) and the rows under it; the heading's own row is the first."""

    kind: SectionKind | None
    rows: list[str]


def _lines(chunk: _Chunk) -> tuple[Line, ...]:
    rows: list[str] = []
    for number, row in enumerate(chunk.rows):
        opens_paragraph = number and not chunk.rows[number - 1].strip()
        if opens_paragraph and _AFTERWORD.match(row):
            break
        if row.strip().endswith(":") and chunk.kind is None and not rows:
            continue
        rows.append(row)
    return tuple(line for section in parse_typed("\n".join(rows)).sections for line in section.lines)


def _tidy(row: str) -> str:
    """Take numbers before a line, syllable counts behind it, stars and quotation marks off it."""
    plain = _COUNT.sub("", _NUMBER.sub("", row.replace("**", "")))
    bare = plain.strip().strip("*_").strip()
    if bare[:1] in _QUOTES and bare[-1:] in _QUOTES:
        bare = bare.strip(_QUOTES)
    return bare

"""Classified lines become sections: a section is sung as often as it was written.

Blocks are parted by blank lines. A block that comes again is a chorus, and so is a "[Chorus]" that stands
alone after the first: it is sung again. A blank line never repeats anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from core.song import Line, Lyrics, LyricSection, SectionKind
from core.writing.language import tongue_of
from core.writing.syllables import line_of
from core.writing.typed.rows import RowKind, classify

_LONGEST_LINE = 18
"""Syllables above which a line is parted: nobody sings more on one breath."""
_PARTED_TO = 12
_MOST_LINES = 8
_CHUNK = 4
_NO_VOICE = re.compile(
    r"\b(?:inst|instrumental|no (?:vocals?|voice|lyrics|singing)|without vocals?|karaoke)\b", re.I
)


@dataclass
class _Part:
    """What stands under one heading, in paragraphs; ``kind`` None where no heading says what it is."""

    kind: SectionKind | None = None
    times: int = 1
    paragraphs: list[list[str]] = field(default_factory=lambda: [[]])

    def filled(self) -> list[list[str]]:
        """Return the paragraphs that hold lines."""
        return [lines for lines in self.paragraphs if lines]


def parse_typed(text: str) -> Lyrics:
    """Return typed ``text`` as lyrics; any script is fine, and a text without words has no sections."""
    title, parts = _parts(text)
    parts = _recalled(parts)
    seen = Counter(_fingerprint(lines) for part in parts for lines in part.filled())
    sections: list[LyricSection] = []
    for part in parts:
        for _ in range(part.times):
            for lines in part.filled():
                kind = part.kind or (
                    SectionKind.CHORUS if seen[_fingerprint(lines)] > 1 else SectionKind.VERSE
                )
                sections += _cut_up(kind, tuple(line for words in lines for line in _parted(words)))
    tongue = tongue_of("\n".join(line.text for section in sections for line in section.lines))
    return Lyrics(
        title=title,
        sections=tuple(sections),
        language=tongue.code if sections else "en",
        source="typed",
        singable=tongue.singable,
    )


def no_voice_asked(text: str) -> bool:
    """Whether typed lyrics ask for an instrumental: no words, and a heading such as "[instrumental]"."""
    rows = classify(text)
    return not any(row.words and row.kind is not RowKind.TITLE for row in rows) and any(
        (row.heading is not None and row.heading.kind is SectionKind.SOLO)
        or bool(_NO_VOICE.search(row.typed))
        for row in rows
        if row.kind in (RowKind.HEADING, RowKind.DIRECTION)
    )


def _parts(text: str) -> tuple[str, list[_Part]]:
    title, parts = "", [_Part()]
    for row in classify(text):
        if row.kind is RowKind.TITLE:
            title = title or row.words
        elif row.kind is RowKind.HEADING and row.heading is not None:
            parts.append(_Part(row.heading.kind, row.heading.times))
            if row.heading.rest:
                parts[-1].paragraphs[-1].append(row.heading.rest)
        elif row.kind is RowKind.WORDS:
            parts[-1].paragraphs[-1] += [row.words] * row.times
        elif row.kind is RowKind.REPEAT and parts[-1].paragraphs[-1]:
            parts[-1].paragraphs[-1] *= row.times
        elif row.kind in (RowKind.BLANK, RowKind.STAMP) and parts[-1].paragraphs[-1]:
            parts[-1].paragraphs.append([])
    return title, parts


def _recalled(parts: Sequence[_Part]) -> list[_Part]:
    """Give a "[Chorus]" that stands alone the words of the first chorus; drop other parts without words."""
    first: list[list[str]] = []
    out = []
    for part in parts:
        if part.kind is SectionKind.CHORUS:
            first = first or part.filled()
            out.append(part if part.filled() else _Part(part.kind, part.times, first))
        else:
            out.append(part)
    return [part for part in out if part.filled()]


def _fingerprint(lines: Iterable[str]) -> str:
    return "\n".join(re.sub(r"[\W_]+", " ", line).strip().lower() or line for line in lines)


def _parted(words: str) -> list[Line]:
    """Return a line, or several where it is too long for one breath: at a comma if it can."""
    line = line_of(words)
    if len(line.syllables) <= _LONGEST_LINE:
        return [line]
    tokens = words.split()
    sizes = [len(line_of(token).syllables) for token in tokens]
    parts: list[list[str]] = [[]]
    count = 0
    for token, size in zip(tokens, sizes, strict=True):
        if parts[-1] and count + size > _PARTED_TO:
            parts.append([])
            count = 0
        parts[-1].append(token)
        count += size
        if token[-1] in ",;:.!?…" and count >= _PARTED_TO // 2:
            parts.append([])
            count = 0
    return [line_of(" ".join(part)) for part in parts if part]


def _cut_up(kind: SectionKind, lines: tuple[Line, ...]) -> list[LyricSection]:
    """Return one section, or several of four lines when there are more than eight."""
    if len(lines) <= _MOST_LINES:
        return [LyricSection(kind=kind, lines=lines)]
    cuts = list(range(0, len(lines), _CHUNK))
    if len(lines) - cuts[-1] == 1:
        cuts.pop()
    edges = [*cuts, len(lines)]
    return [LyricSection(kind=kind, lines=lines[start:stop]) for start, stop in pairwise(edges)]

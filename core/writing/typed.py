"""Typed lyrics in any layout, read into sections of lines.

Headings may stand in brackets, alone or before the words ("[Chorus]", "Verse 2:", "## Bridge", "CHORUS x2");
blocks are parted by blank lines; a block that comes again is a chorus, and so is an empty "[Chorus]" after
the first. Stage directions and chords are left out, every line of words is kept, in order.
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

_KIND_WORDS = {
    SectionKind.INTRO: "intro introduction opening",
    SectionKind.VERSE: "verse verses strophe stanza couplet rap vers part",
    SectionKind.PRE_CHORUS: "pre-chorus prechorus pre-hook build lift",
    SectionKind.CHORUS: "chorus refrain hook post-chorus drop",
    SectionKind.BRIDGE: "bridge middle-eight middle-8 middle breakdown c-part",
    SectionKind.SOLO: "solo instrumental interlude break",
    SectionKind.OUTRO: "outro ending coda end fade",
}
_KIND_OF = {word: kind for kind, words in _KIND_WORDS.items() for word in words.split()}
_LABEL = re.compile(
    r"(?:(?:final|last|first|second|third|repeat|guitar|piano|sax|drum)\s+)?"
    r"(?P<name>(?:(?:pre|post|middle)[ -])?[a-z][a-z/-]*)"
    r"(?:\s*#?\s*(?:\d+|[ivx]+|[a-d])(?![a-z\d]))?"
    r"(?:\s*[x×*]\s*(?P<times>\d)|\s*\(?\s*(?P<times2>\d)\s*[x×]\s*\)?|\s*\(?repeat\)?)?",
    re.I,
)
_BRACKETED = re.compile(r"^[#*_\s]*[\[({<]\s*(?P<inside>[^\[\](){}<>]*?)\s*[\])}>][#*_\s:]*(?P<rest>.*)$")
_OPENED = re.compile(r"^[#*_\s]*(?P<inside>[^:]{2,24}?)[*_\s]*:[*_\s]*(?P<rest>.*)$")
_ALONE = (
    SectionKind.VERSE,
    SectionKind.PRE_CHORUS,
    SectionKind.CHORUS,
    SectionKind.BRIDGE,
    SectionKind.OUTRO,
)
"""Kinds whose bare name on a line of its own is a heading."""
_DIRECTION = re.compile(r"^\s*\[[^\[\]]*\]\s*$")
_TITLE = re.compile(r"^\s*(?:title|song|name)\s*:\s*(?P<title>\S.*)$", re.I)
_CHORD = r"[A-G][#b♯♭]?(?:maj|min|m|M|dim|aug|sus|add)?\d{0,2}(?:sus[24])?(?:/[A-G][#b]?)?"
_CHORDS = re.compile(rf"^\s*(?:\|?\s*{_CHORD}\s*\|?\s*){{2,}}$")
_INLINE_CHORD = re.compile(rf"\[{_CHORD}\]")
_RULE = re.compile(r"^[\W_]*$")
_LONGEST_LINE = 18
"""Syllables above which a line is parted: nobody sings more on one breath."""
_PARTED_TO = 12
_MOST_LINES = 8
_CHUNK = 4


@dataclass
class _Block:
    """A run of lines under one heading; ``kind`` None when no heading said what it is."""

    kind: SectionKind | None = None
    lines: list[str] = field(default_factory=list)
    times: int = 1


def parse_typed(text: str) -> Lyrics:
    """Return typed ``text`` as lyrics; any script is fine, and a text without words has no sections."""
    title, blocks = _blocks(text)
    blocks = _recalled(blocks)
    kinds = _kinds(blocks)
    sections: list[LyricSection] = []
    for block, kind in zip(blocks, kinds, strict=True):
        lines = tuple(part for words in block.lines for part in _parted(words))
        sections += [section for _ in range(block.times) for section in _cut_up(kind, lines)]
    tongue = tongue_of("\n".join(line.text for section in sections for line in section.lines))
    return Lyrics(
        title=title,
        sections=tuple(sections),
        language=tongue.code if sections else "en",
        source="typed",
        singable=tongue.singable,
    )


def kind_of_heading(line: str) -> SectionKind | None:
    """Return the section that a line is the heading of; None for a line of words."""
    heading = _heading(line)
    return heading.kind if heading else None


def _blocks(text: str) -> tuple[str, list[_Block]]:
    title = ""
    blocks = [_Block()]
    for raw in text.lstrip("\ufeff").splitlines():
        line = _INLINE_CHORD.sub("", raw).strip()
        titled = _TITLE.match(line)
        if titled and not title and not any(block.lines for block in blocks):
            title = titled["title"].strip("\"'“” ")
        elif not line or _is_rule(line):
            blocks.append(_Block(blocks[-1].kind if blocks[-1].lines else None))
            if not blocks[-2].lines and blocks[-2].kind is not None:
                blocks.pop()
        elif _CHORDS.match(raw):
            continue
        elif heading := _heading(line):
            blocks.append(heading)
        elif not _DIRECTION.match(line):
            blocks[-1].lines.append(line)
    return title, [block for block in blocks if block.lines or block.kind is not None]


def _is_rule(line: str) -> bool:
    """Whether a line is a mere separator ("---", "* * *"); emoji are words of a kind and stay."""
    return bool(_RULE.match(line)) and all(ord(sign) < 0x2100 for sign in line)


def _heading(line: str) -> _Block | None:
    """Read a heading; None for a line of words. Words after it open the section."""
    found = _BRACKETED.match(line)
    if found:
        label = _label(re.split(r"[:|,–—]| - ", found["inside"])[0])
        return _Block(label[0], _opening(found["rest"]), label[1]) if label else None
    found = _OPENED.match(line)
    if found:
        label = _label(found["inside"])
        return _Block(label[0], _opening(found["rest"]), label[1]) if label else None
    bare = line.strip("#*_ .")
    label = _label(bare)
    if label and (label[0] in _ALONE or line[0] in "#*_"):
        return _Block(label[0], [], label[1])
    return None


def _opening(rest: str) -> list[str]:
    return [rest.strip()] if rest.strip("*_ ") else []


def _label(text: str) -> tuple[SectionKind, int] | None:
    """Return the kind that a heading names and how often it is sung; None when it names none."""
    found = _LABEL.fullmatch(text.strip())
    if not found:
        return None
    kind = _KIND_OF.get(found["name"].lower().replace(" ", "-"))
    return (kind, max(1, int(found["times"] or found["times2"] or 1))) if kind else None


def _recalled(blocks: Sequence[_Block]) -> list[_Block]:
    """Give an empty heading the words that stood under its kind before ("[Chorus]" alone: sing it again)."""
    out: list[_Block] = []
    last: dict[SectionKind, list[str]] = {}
    for block in blocks:
        lines = block.lines
        if not lines and block.kind is SectionKind.CHORUS:
            lines = last.get(block.kind, [])
        if block.kind is not None and lines:
            last.setdefault(block.kind, lines)
        if lines:
            out.append(_Block(block.kind, lines, block.times))
    return out


def _kinds(blocks: Sequence[_Block]) -> list[SectionKind]:
    """Name the blocks without a heading: one that comes again is a chorus, the others are verses."""
    seen = Counter(_fingerprint(block.lines) for block in blocks)
    return [
        block.kind or (SectionKind.CHORUS if seen[_fingerprint(block.lines)] > 1 else SectionKind.VERSE)
        for block in blocks
    ]


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

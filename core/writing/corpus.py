"""The store of hand-written lines: couplets and hooks by theme, in ``lines/*.txt``.

A theme's file names the words that call it, an image, and the themes near to it; then come its hooks and its
couplets, two rhyming lines each. Words in (brackets) may be left out, which fits a line to the melody. A line
that starts with + is only for bright songs and with - only for dark ones; one that starts with & needs the
line before it. ``{subject}`` is filled with what the prompt is about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from pathlib import Path

from core.writing.pronunciation import syllable_count
from core.writing.syllables import words_of

FOLDER = Path(__file__).parent / "lines"
ANYTHING = "any"
"""The theme that suits every song."""
_OPTIONAL = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class Wording:
    """One way to sing a line: its text, its syllables, and its last word, which rhymes."""

    text: str
    syllables: int
    last_word: str


@dataclass(frozen=True)
class Verse:
    """One stored line in all its wordings. ``tied``: it makes sense only after its couplet's first line."""

    theme: str
    place: int
    """Number of the line in its theme; couplets are (0, 1), (2, 3) ..."""
    source: str
    tied: bool = False
    tone: int = 0
    """As a couplet's."""

    def wordings(self, subject: str) -> tuple[Wording, ...]:
        """Return every wording, with ``subject`` filled in; none where each would say a word twice running.

        A subject may have such a word in itself ("bye bye"): that is how the prompt said it.
        """
        allowed = _stutters(subject) if "{subject}" in self.source else 0
        return tuple(
            one
            for one in _wordings(self.source.replace("{subject}", subject))
            if _stutters(one.text) <= allowed
        )


@dataclass(frozen=True)
class Couplet:
    """Two lines that rhyme. ``tone``: 1 only for bright songs, -1 only for dark ones, 0 for any."""

    first: Verse
    second: Verse
    tone: int
    has_subject: bool = False

    @classmethod
    def read(cls, theme: str, at: int, first: str, second: str, *, has_subject: bool = False) -> Couplet:
        """Return the couplet that stands in a file as these two lines."""
        return cls(
            Verse(theme, at, first.lstrip("+-& ")),
            Verse(theme, at + 1, second.lstrip("+-& "), tied="&" in second[:3]),
            _tone(first),
            has_subject,
        )

    def can_be_sung(self, subject: str) -> bool:
        """Return whether both lines have a wording with ``subject``."""
        return bool(self.first.wordings(subject) and self.second.wordings(subject))


@dataclass(frozen=True)
class Theme:
    """What a song can be about."""

    name: str
    words: frozenset[str]
    image: str
    near: tuple[str, ...]
    hooks: tuple[Verse, ...]
    couplets: tuple[Couplet, ...]
    subject_hooks: tuple[Verse, ...] = ()
    """Hooks that name the prompt's own subject."""


@cache
def themes() -> dict[str, Theme]:
    """Return all themes by name, :data:`ANYTHING` among them."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.txt"))}


def _read(path: Path) -> Theme:
    head: dict[str, str] = {}
    parts: dict[str, list[str]] = {
        "hooks": [],
        "subject hooks": [],
        "subject": [],
        "lines": [],
    }
    part = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("== "):
            part = line[3:].strip()
        elif part and line.strip():
            parts[part].append(line.strip())
        elif line.strip():
            name, _, value = line.partition(":")
            head[name] = value.strip()
    name = path.stem
    of_subject = tuple(
        Verse(name, -1001 - at, source.lstrip("+- "), tone=_tone(source))
        for at, source in enumerate(parts["subject hooks"])
    )
    hooks = tuple(Verse(name, -1 - at, source) for at, source in enumerate(parts["hooks"]))
    pairs = parts["subject"] + parts["lines"]
    couplets = tuple(
        Couplet.read(name, at, pairs[at], pairs[at + 1], has_subject=at < len(parts["subject"]))
        for at in range(0, len(pairs), 2)
    )
    return Theme(
        name,
        frozenset(head["words"].split()),
        head["image"],
        tuple(head["near"].split()),
        hooks,
        couplets,
        of_subject,
    )


def _tone(line: str) -> int:
    return {"+": 1, "-": -1}.get(line[0], 0)


@cache
def _wordings(source: str) -> tuple[Wording, ...]:
    pieces = _OPTIONAL.split(source)
    out: dict[str, Wording] = {}
    for kept in product((False, True), repeat=len(pieces) // 2):
        text = "".join(piece if at % 2 == 0 or kept[at // 2] else "" for at, piece in enumerate(pieces))
        text = re.sub(r"\s+([,.!?])", r"\1", " ".join(text.split())).lstrip(", ")
        text = text[:1].upper() + text[1:]
        words = words_of(text)
        out[text] = Wording(text, sum(syllable_count(word) for word in words), words[-1])
    return tuple(out.values())


@cache
def _stutters(text: str) -> int:
    """Count the words that follow themselves: a frame and what fills it may both hold one."""
    words = [word.lower() for word in words_of(text)]
    return sum(one == other for one, other in pairwise(words))

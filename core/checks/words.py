"""The words of a song against its plan: there are some, they can be sung, they fit, none comes twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from core.contract import Case, Finding, WholeCheck
from core.song import Line, Lyrics, Plan, SectionKind
from core.writing.language import NAMES

_SHOWN = 3
FEWEST_SAME = 3
"""So many lines that are all the same are no chorus any more."""


@dataclass(frozen=True)
class Sections(WholeCheck):
    """A song that is to be sung has words, and no section of them is empty."""

    name: ClassVar[str] = "sections_hold_lines"
    unasked: ClassVar[str] = "without words"

    def examine_all(self, case: Case) -> Finding | None:
        """Fail when a sung song has no words at all, or a section none."""
        words = _words(case)
        if words is None:
            return None
        plan, lyrics = words
        room = sum(plan.lines_in(section) for section in plan.sections)
        if not lyrics.sections and room:
            return self.fail(
                f"The plan has room for {room} sung lines and there are no words.",
                causes=("the writer wrote nothing",),
                remedy="Type the words, or make the song instrumental.",
            )
        empty = [section.kind.value for section in lyrics.sections if not section.lines]
        if empty:
            return self.fail(
                f"{len(empty)} sections have no lines: {', '.join(empty[:_SHOWN])}.",
                causes=("a writer returned a heading without words", "the words were edited"),
                remedy="Write lines under the heading, or take it out.",
            )
        return self.ok(f"{len(lyrics.lines)} lines in {len(lyrics.sections)} sections.")


@dataclass(frozen=True)
class Singable(WholeCheck):
    """The embedded voice can sing the words: it reads English, and other Latin-script words as if English."""

    name: ClassVar[str] = "singable"
    unasked: ClassVar[str] = "without words"

    def examine_all(self, case: Case) -> Finding | None:
        """Warn when the script cannot be sung, or the language will be sung with English sounds."""
        words = _words(case)
        if words is None or not words[1].sections:
            return None
        lyrics = words[1]
        language = NAMES.get(lyrics.language, lyrics.language)
        if not lyrics.singable:
            return self.warn(
                f"The words are in {language}; the embedded voice sings English.",
                causes=("the embedded voice knows English words and Latin letters only",),
                remedy="Make the song instrumental, type Latin letters, or choose another engine.",
            )
        if lyrics.language != "en":
            return self.warn(
                f"The words look {language}; they are sung with English sounds.",
                causes=("the embedded voice knows English pronunciation only",),
                remedy="Choose an engine that sings this language, or make the song instrumental.",
            )
        unread = sum(not line.syllables for line in lyrics.lines)
        skipped = f" {unread} lines hold no words to sing." if unread else ""
        return self.ok(f"The words can be sung ({language}).{skipped}")


@dataclass(frozen=True)
class LinesFit(WholeCheck):
    """No line has more syllables than its bars can hold.

    ``crowded_per_s``: syllables a second above which words run together; fast singing is about five.
    """

    name: ClassVar[str] = "syllables_fit"
    unasked: ClassVar[str] = "without words"
    crowded_per_s: float = 5.0
    breath_s: float = 0.4

    def examine_all(self, case: Case) -> Finding | None:
        """Warn of lines that are too long for the tempo."""
        words = _words(case)
        if words is None or not words[1].sections or not words[1].singable:
            return None
        plan, lyrics = words
        most = self._most(plan)
        crowded = [line for line in lyrics.lines if len(line.syllables) > most]
        longest = max((len(line.syllables) for line in lyrics.lines), default=0)
        if not crowded:
            aim = plan.syllables_per_line
            return self.ok(f"At most {longest} syllables a line; {most} fit, {aim} is the aim.")
        return self.warn(
            f"{len(crowded)} of {len(lyrics.lines)} lines have more than the {most} syllables that fit at"
            f" {plan.tempo_bpm:.0f} bpm (up to {longest}): {_quoted(crowded)}.",
            causes=("long typed lines", "a fast tempo"),
            remedy="Break long lines in two, or ask for a slower tempo.",
        )

    def _most(self, plan: Plan) -> int:
        room_s = plan.bars_per_line * plan.bar_s - self.breath_s
        return max(plan.syllables_per_line + 2, int(room_s * self.crowded_per_s))


@dataclass(frozen=True)
class LineRepeats(WholeCheck):
    """No line comes twice outside the chorus, unless the person typed it so."""

    name: ClassVar[str] = "no_accidental_repeats"
    unasked: ClassVar[str] = "without words"

    def examine_all(self, case: Case) -> Finding | None:
        """Warn of lines that the writer used twice."""
        words = _words(case)
        if words is None or not words[1].sections:
            return None
        lyrics = words[1]
        twice = _repeated(lyrics)
        one_line = len({line.text.casefold() for line in lyrics.lines}) == 1
        if one_line and len(lyrics.lines) >= FEWEST_SAME and lyrics.source != "typed":
            twice = [*lyrics.lines[:1]]
        if not twice:
            return self.ok("No line comes twice outside the chorus.")
        if lyrics.source == "typed":
            return self.ok(f"{len(twice)} lines come twice outside the chorus, as typed.")
        return self.warn(
            f"All {len(lyrics.lines)} lines are the same: {_quoted(twice)}."
            if one_line
            else f"{len(twice)} lines come twice outside the chorus: {_quoted(twice)}.",
            causes=("a placeholder stands in the writer's place: its words are one line again and again",)
            if one_line
            else ("a very long song uses up the writer's store",),
            remedy="Type some words of your own, or make the song shorter.",
        )


def _repeated(lyrics: Lyrics) -> list[Line]:
    lines = [
        line
        for section in lyrics.sections
        if section.kind is not SectionKind.CHORUS
        for line in section.lines
    ]
    seen = Counter(line.text.casefold() for line in lines)
    first: dict[str, Line] = {}
    for line in lines:
        first.setdefault(line.text.casefold(), line)
    return [first[text] for text, count in seen.items() if count > 1]


def _words(case: Case) -> tuple[Plan, Lyrics] | None:
    """Return the plan and words of a song that is to be sung; None when there is nothing to ask."""
    if case.plan is None or case.lyrics is None or case.plan.instrumental:
        return None
    return case.plan, case.lyrics


def _quoted(lines: list[Line]) -> str:
    shown = "; ".join(f"“{line.text[:60]}”" for line in lines[:_SHOWN])
    return shown + (" ..." if len(lines) > _SHOWN else "")

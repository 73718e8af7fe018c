"""Whether a song's words can be sung as planned: sections there, lines that fit, no accidental repeats."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from core.contract import Case, Finding, Severity
from core.song import SectionKind


@dataclass(frozen=True)
class SectionsHold:
    """Every section has lines, and every line has words."""

    name: ClassVar[str] = "sections_hold_lines"

    def examine_all(self, case: Case) -> Finding | None:
        """Count empty sections and lines; None for an instrumental."""
        lyrics = case.lyrics
        if lyrics is None or not lyrics.sections:
            return None
        empty = [
            str(s.kind) for s in lyrics.sections if not s.lines or not all(x.text.strip() for x in s.lines)
        ]
        evidence = f"{len(empty)} of {len(lyrics.sections)} sections are empty or hold empty lines (limit 0)."
        if not empty:
            return Finding(check=self.name, severity=Severity.OK, evidence=evidence)
        return Finding(
            check=self.name,
            severity=Severity.FAIL,
            evidence=evidence,
            causes=("the writer ran out of lines", "a model returned headings without words"),
            remedy="Re-run the lyrics with another seed, or type them.",
        )


@dataclass(frozen=True)
class SyllablesFit:
    """No line asks for more syllables than its bars hold at a singable pace."""

    name: ClassVar[str] = "syllables_fit"
    most_per_s: float = 5.0

    def examine_all(self, case: Case) -> Finding | None:
        """Compare the fullest line with the time it has; None without a plan or words."""
        plan, lyrics = case.plan, case.lyrics
        if plan is None or lyrics is None or not lyrics.lines:
            return None
        room = self.most_per_s * plan.bars_per_line * plan.bar_s
        fullest = max(lyrics.lines, key=lambda line: len(line.syllables))
        count = len(fullest.syllables)
        evidence = f"The fullest line has {count} syllables; {room:.0f} fit at {plan.tempo_bpm:.0f} bpm."
        if count <= room:
            return Finding(check=self.name, severity=Severity.OK, evidence=evidence)
        return Finding(
            check=self.name,
            severity=Severity.WARN,
            evidence=f"{evidence} It begins “{fullest.text[:40]}”.",
            causes=("a typed line is longer than a breath",),
            remedy="Part the line in two, or ask for a slower tempo.",
        )


@dataclass(frozen=True)
class NoAccidentalRepeats:
    """Outside choruses no line comes twice."""

    name: ClassVar[str] = "no_accidental_repeats"

    def examine_all(self, case: Case) -> Finding | None:
        """Count lines that come again outside choruses; None without words, or when they were typed."""
        lyrics = case.lyrics
        if lyrics is None or not lyrics.lines or lyrics.source == "typed":
            return None
        meant = (SectionKind.CHORUS, SectionKind.OUTRO, SectionKind.INTRO)
        lines = [x.text.casefold() for s in lyrics.sections if s.kind not in meant for x in s.lines]
        again = [text for text, count in Counter(lines).items() if count > 1]
        evidence = f"{len(again)} of {len(lines)} lines outside choruses come twice (limit 0)."
        if not again:
            return Finding(check=self.name, severity=Severity.OK, evidence=evidence)
        return Finding(
            check=self.name,
            severity=Severity.WARN,
            evidence=evidence,
            causes=("the song is longer than the writer has lines for",),
            remedy="Make the song shorter, or type the lyrics.",
        )


@dataclass(frozen=True)
class Singable:
    """The embedded voice can sing the words' script and language."""

    name: ClassVar[str] = "singable"

    def examine_all(self, case: Case) -> Finding | None:
        """Report words that the voice cannot sing; None without words."""
        lyrics = case.lyrics
        if lyrics is None or not lyrics.lines:
            return None
        if lyrics.singable:
            evidence = f"The voice sings {lyrics.language}."
            return Finding(check=self.name, severity=Severity.OK, evidence=evidence)
        return Finding(
            check=self.name,
            severity=Severity.WARN,
            evidence=f"The embedded voice sings English; these words are in {lyrics.language}.",
            causes=("the words are in another script or language",),
            remedy="Type English words, or choose instrumental; an instrument plays the tune meanwhile.",
        )

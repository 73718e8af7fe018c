"""What a language model is asked: the plan's sung sections, and the question that stands for them.

A chorus is written once and sung each time; every other section has words of its own.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.song import Plan, SectionKind
from core.writing.language import NAMES, tongue_of
from core.writing.lyricist import Scheme
from core.writing.syllables import words_of
from core.writing.themes import matter_of

MOST_LINES = 24
"""Lines asked for at once; a longer song is written in several goes."""
_LANGUAGE_NAMES = {code: name for code, name in NAMES.items() if name[0].isupper()}
_RHYMES = {
    Scheme.ABAB: "lines 1 and 3 rhyme, and lines 2 and 4 rhyme (ABAB)",
    Scheme.AABB: "lines 1 and 2 rhyme, and lines 3 and 4 rhyme (AABB)",
    Scheme.ABCB: "lines 2 and 4 rhyme (ABCB)",
}
_FORM = "Answer with the headings and the lines alone: no explanations, chords, numbers or syllable counts."


@dataclass(frozen=True)
class Part:
    """Words to be written once. ``places``: which of the plan's sung sections sing them."""

    heading: str
    kind: SectionKind
    lines: int
    places: tuple[int, ...]


@dataclass(frozen=True)
class Brief:
    """All that shapes the words beside the plan."""

    plan: Plan
    scheme: Scheme
    hook: bool
    language: str
    """In English: "English", "Spanish"."""
    slack: int = 2
    """Syllables that a line may be off the plan."""
    tries: int = 3
    """How often a part may be written."""


def brief_of(plan: Plan, scheme: Scheme | None, hook: bool, language: str, slack: int, tries: int) -> Brief:
    """Return the brief; what was left open is drawn from the seed (rhymes) or read off the prompt."""
    drawn = random.Random(f"scheme {plan.seed} {plan.prompt}").choice(list(Scheme))
    given = language.strip().title() or language_of(plan.prompt)
    return Brief(plan, scheme or drawn, hook, given, slack, tries)


def language_of(prompt: str) -> str:
    """Return the language that a prompt names ("a ballad in Spanish"), else the one that it is in."""
    said = {word.lower() for word in words_of(prompt)}
    for name in _LANGUAGE_NAMES.values():
        if name.lower() in said:
            return name
    return _LANGUAGE_NAMES.get(tongue_of(prompt).code, "English")


def parts_of(plan: Plan) -> tuple[Part, ...]:
    """Return what is to be written, in the order in which it is first sung."""
    sung = [(section.kind, plan.lines_in(section)) for section in plan.sections if plan.lines_in(section)]
    choruses = tuple(at for at, (kind, _) in enumerate(sung) if kind is SectionKind.CHORUS)
    often = Counter(kind for kind, _ in sung)
    seen: Counter[SectionKind] = Counter()
    parts = []
    for at, (kind, lines) in enumerate(sung):
        seen[kind] += 1
        name = kind.value.capitalize()
        if kind is SectionKind.CHORUS:
            if seen[kind] == 1:
                parts.append(Part(name, kind, max(sung[place][1] for place in choruses), choruses))
            continue
        parts.append(Part(f"{name} {seen[kind]}" if often[kind] > 1 else name, kind, lines, (at,)))
    return tuple(parts)


def in_goes(parts: Sequence[Part]) -> list[list[Part]]:
    """Group the parts so that no question asks for more than :data:`MOST_LINES` lines, or for one part."""
    goes: list[list[Part]] = []
    for part in parts:
        if goes and sum(one.lines for one in goes[-1]) + part.lines <= MOST_LINES:
            goes[-1].append(part)
        else:
            goes.append([part])
    return goes


def question(brief: Brief, parts: Sequence[Part], before: str = "") -> str:
    """Return the question for ``parts``; ``before`` is what was written already, as text."""
    aim = brief.plan.syllables_per_line
    listed = [f"[{part.heading}] {part.lines} {'line' if part.lines == 1 else 'lines'}" for part in parts]
    low, high = max(1, aim - brief.slack), aim + brief.slack
    rules = [
        f"Every line has about {aim} syllables, never fewer than {low} or more than {high}.",
        f"In each group of four lines {_RHYMES[brief.scheme]}.",
        "No line comes twice, except in the chorus.",
    ]
    if brief.hook and any(part.kind is SectionKind.CHORUS for part in parts):
        rules.append("The chorus has one short, catchy line, the hook, that comes back within it.")
    going_on = f"These words stand already; go on from them:\n{before}\n\n" if before else ""
    return (
        f"{_about(brief)}\n\n{going_on}"
        f"Write exactly these sections, each under its heading in square brackets:\n"
        + "\n".join(listed)
        + "\n\n"
        + "\n".join(f"- {rule}" for rule in rules)
        + f"\n\n{_FORM}"
    )


def question_again(brief: Brief, part: Part, faults: Sequence[str], before: str = "") -> str:
    """Return the question for one part that did not fit; ``faults`` says why, a sentence each."""
    given = "\n".join(f"- {fault}" for fault in faults)
    return f"{question(brief, [part], before)}\n\nAn earlier answer did not fit:\n{given}\nWrite it anew."


def longest_answer(brief: Brief, parts: Sequence[Part]) -> int:
    """Return how many tokens an answer may take: four for a syllable leaves room for any script."""
    lines = sum(part.lines for part in parts)
    return 4 * lines * (brief.plan.syllables_per_line + brief.slack) + 16 * len(parts) + 64


def _about(brief: Brief) -> str:
    plan = brief.plan
    matter = matter_of(plan, random.Random(f"words {plan.seed} {plan.prompt}"))
    images = [*plan.not_understood[:12], *(theme.image for theme in matter.nearest[:2])]
    facts = {
        "What it is about": plan.prompt.strip(),
        "Title": plan.title,
        "Genre": plan.genre,
        "Mood": ", ".join(plan.moods),
        "Tempo": f"{plan.tempo_bpm:.0f} bpm",
        "Pictures to draw on": ", ".join(dict.fromkeys(images)),
        "Language": brief.language,
    }
    given = "\n".join(f"{name}: {value}" for name, value in facts.items() if value)
    return f"Write the words of a song in {brief.language}.\n\n{given}"

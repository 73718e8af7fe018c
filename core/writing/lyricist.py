"""The embedded writer: whole lines from a store, chosen by theme and seed, so that they rhyme and fit.

Couplets are never used twice in a song; the chorus keeps its words each time it comes.
"""

from __future__ import annotations

import random
import re
from typing import TypeVar

from core.song import Lyrics, LyricSection, Plan, SectionKind
from core.writing.syllables import line_of
from core.writing.verses import ANY, THEMES, Couplet, Theme

T = TypeVar("T")


def write_lyrics(plan: Plan, *, couplets: bool = False) -> Lyrics:
    """Return words for every sung section of ``plan``; the same plan gives the same words.

    ``couplets``: rhyme AABB rather than ABAB.
    """
    rng = random.Random(f"lyrics {plan.seed} {plan.prompt}")
    first, *others = _themes(plan, rng)
    chorus = rng.choice(first.choruses)
    pool = [*_shuffled(first.couplets, rng), *_shuffled(ANY, rng)]
    for theme in others:
        pool += _shuffled(theme.couplets, rng)
    sections = []
    for section in plan.sections:
        count = plan.lines_in(section)
        if not count:
            continue
        if section.kind is SectionKind.CHORUS:
            lines = [chorus[i % 4] for i in range(count)]
        else:
            lines = _verse(pool, count, couplets=couplets)
        if lines:
            texts = tuple(line_of(text) for text in lines)
            sections.append(LyricSection(kind=section.kind, lines=texts))
    return Lyrics(title=plan.title, sections=tuple(sections), source="writer")


def _themes(plan: Plan, rng: random.Random) -> list[Theme]:
    """Return the themes, the one whose words the prompt has most of first."""
    said = set(re.findall(r"[a-z]+", plan.prompt.lower())) | {mood.lower() for mood in plan.moods}
    order = _shuffled(THEMES, rng)
    return sorted(order, key=lambda theme: -len(theme.words & said))


def _verse(pool: list[Couplet], count: int, *, couplets: bool) -> list[str]:
    """Take ``count`` lines off the pool, rhyming as asked."""
    lines: list[str] = []
    while len(lines) < count and pool:
        first = pool.pop(0)
        if couplets or len(lines) + 2 >= count or not pool:
            lines += first
            continue
        second = pool.pop(0)
        lines += [first[0], second[0], first[1], second[1]]
    return lines[:count]


def _shuffled(items: tuple[T, ...], rng: random.Random) -> list[T]:
    return rng.sample(items, len(items))

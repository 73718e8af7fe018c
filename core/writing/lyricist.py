"""The embedded writer: verses, a chorus with a hook, rhymes and syllables that fit the plan.

Lines come whole from the store (:mod:`corpus`) in rhyming couplets; a scheme says how couplets are laid
together. What is chosen is what costs least: theme, tone, syllables, and words not used a moment ago.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from core.song import Line, Lyrics, LyricSection, Plan, PlanSection, SectionKind
from core.writing.corpus import ANYTHING, Couplet, Verse, Wording, themes
from core.writing.pronunciation import rhyme_sounds
from core.writing.story import Stage, draw_story
from core.writing.syllables import line_of, words_of
from core.writing.themes import Matter, matter_of, tones_allowed


class Scheme(StrEnum):
    """Which lines of a four-line verse rhyme."""

    ABAB = "ABAB"
    AABB = "AABB"
    ABCB = "ABCB"


@dataclass(frozen=True)
class Style:
    """How to write: the rhyme scheme, and whether the chorus has a hook.

    Without a scheme verses are in couplets, and the seed draws the chorus's.
    """

    scheme: Scheme | None = None
    hook: bool = True


_SMALL_TEXT = """
a an the and or but of in on at to for from with by as is are was were be been i i'm i've i'd i'll you you've
you're we we're we've it it's he she they me my your our us them their his her that this there there's so oh
no not don't can can't will all its like let up down out
"""
_SMALL = frozenset(_SMALL_TEXT.split())
_OFF_BY_ONE, _OFF_BY_MORE = 0.7, 3.2
_ECHO, _SAME_START, _RECENT_RHYME = 1.6, 0.5, 2.0
_TASTE = 2.6
"""How far the seed's own taste goes: two songs on one theme are to be two songs."""
_HELD_BACK = 0.5
"""Share of the store that a song leaves to others while the rest lasts."""
_SUBJECT_DUE = -4.0
_TELLING = (SectionKind.VERSE, SectionKind.BRIDGE)
_NEAR_THEMES = 8
"""Themes drawn from while their lines last."""
_OPENS_LIGHTLY = 0.35
"""Price of a line that starts with "And" or "Oh"; four times that for the first of a section."""


def write_lyrics(plan: Plan, style: Style | None = None) -> Lyrics:
    """Return lyrics for every sung section of ``plan``; the same plan gives the same words.

    A section has ``plan.lines_in(section)`` lines of about ``plan.syllables_per_line`` syllables. The chorus
    has the same words each time; no other line comes twice while the store lasts.
    """
    if plan.instrumental:
        return Lyrics(title=plan.title, sections=(), source="writer")
    writer = _Writer(plan, style or Style())
    sections = tuple(
        LyricSection(kind=section.kind, lines=writer.section(section))
        for section in plan.sections
        if plan.lines_in(section)
    )
    return Lyrics(title=plan.title, sections=sections, source="writer")


@dataclass
class _Writer:
    """One song's writing under way: what has been used, and what was used last."""

    plan: Plan
    style: Style
    used: set[tuple[str, int]] = field(default_factory=set)
    chorus: tuple[Line, ...] = ()
    recent: list[frozenset[str]] = field(default_factory=list)
    endings: list[frozenset[str]] = field(default_factory=list)
    wordings: dict[tuple[str, int, bool], tuple[float, Wording]] = field(default_factory=dict)
    reach: int = _NEAR_THEMES
    opening: bool = False
    """Whether the next line is the first of its section."""

    def __post_init__(self) -> None:
        self.rng = random.Random(f"words {self.plan.seed} {self.plan.prompt}")
        self.matter: Matter = matter_of(self.plan, self.rng)
        self.scheme = self.style.scheme or Scheme.AABB
        self.chorus_scheme = self.style.scheme or self.rng.choice((Scheme.ABAB, Scheme.AABB, Scheme.ABCB))
        self.target = self.plan.syllables_per_line
        self.story = draw_story(self.matter.nearest[0].name, self.rng)
        self.couplets_of_story = 0
        sings_hook = self.style.hook and any(
            section.kind is SectionKind.CHORUS and self.plan.lines_in(section)
            for section in self.plan.sections
        )
        self.subject_due = not sings_hook
        self.held_back = {
            (couplet.first.theme, couplet.first.place)
            for theme in themes().values()
            for couplet in theme.couplets
            if self.rng.random() < _HELD_BACK and not couplet.has_subject
        }
        self.hook = self._choose_hook()

    def section(self, section: PlanSection) -> tuple[Line, ...]:
        """Write one section of the form."""
        count = self.plan.lines_in(section)
        self.opening = True
        if section.kind is not SectionKind.CHORUS:
            tells = section.kind in _TELLING and count >= 4 and self.scheme is Scheme.AABB
            begun = self._story_pair() if tells else ()
            return (*begun, *self._verse(count - len(begun)))
        if not self.chorus or len(self.chorus) < count:
            more = count - len(self.chorus)
            self.chorus += tuple(self._chorus(more) if self.style.hook else self._verse(more))
        return self.chorus[:count]

    def _verse(self, count: int) -> Iterator[Line]:
        """Write ``count`` lines in fours by the scheme; a rest of two rhymes, a rest of three ends alone."""
        for start in range(0, count, 4):
            size = min(4, count - start)
            if size == 4:
                yield from self._four()
            else:
                if size >= 2:
                    yield from self._pair(adjacent=True)
                if size % 2:
                    yield self._single()

    def _four(self) -> list[Line]:
        if self.scheme is Scheme.AABB:
            return [*self._pair(adjacent=True), *self._pair(adjacent=True)]
        if self.scheme is Scheme.ABAB:
            one, three = self._pair(adjacent=False)
        else:
            one, three = self._single(), self._single()
        two, four = self._pair(adjacent=False)
        return [one, two, three, four]

    def _chorus(self, count: int) -> list[Line]:
        """Write a chorus with its hook as lines 1 and 3 (ABAB), 3 and 4 (AABB), or 2 and 4 (ABCB)."""
        out: list[Line] = []
        while count - len(out) >= 4:
            if self.chorus_scheme is Scheme.AABB:
                out += [*self._pair(adjacent=True), self.hook, self.hook]
            elif self.chorus_scheme is Scheme.ABAB:
                one, two = self._pair(adjacent=False)
                out += [self.hook, one, self.hook, two]
            else:
                out += [self._single(), self.hook, self._single(), self.hook]
        rest = count - len(out)
        if rest == 3:
            out += self._pair(adjacent=True)
        elif rest == 2:
            out.append(self._single())
        return [*out, self.hook] if rest else out

    def _choose_hook(self) -> Line:
        """Take a hook that fits: one that names the prompt's own subject, else one of the nearest themes."""
        if self.matter.own_subject:
            named = self._subject_hooks()
            if named:
                return line_of(min(named)[2])
        hooks = [
            (
                3.0 * self.matter.rank[theme.name] + self.rng.uniform(0, 1.5) + self._wording(verse)[0],
                at,
                verse,
            )
            for theme in self.matter.nearest[:2]
            for at, verse in enumerate(theme.hooks)
        ]
        return line_of(self._wording(min(hooks, key=lambda hook: hook[:2])[2])[1].text)

    def _subject_hooks(self) -> list[tuple[float, int, str]]:
        """Return what each hook that can be sung with the subject costs, its place and its wording."""
        allowed = tones_allowed(self.matter.tone)
        return [
            (self.rng.uniform(0, 1.5) + self._wording(verse)[0], at, self._wording(verse)[1].text)
            for at, verse in enumerate(themes()[ANYTHING].subject_hooks)
            if verse.tone in allowed and verse.wordings(self.matter.subject)
        ]

    def _story_pair(self) -> tuple[Line, ...]:
        """Tell the next stage of the story, in a couplet that fits; nothing when none does."""
        stage = list(Stage)[min(self.couplets_of_story, len(Stage) - 1)]
        allowed = tones_allowed(self.matter.tone)
        choices = [
            (self._cost(couplet), number, couplet)
            for number, couplet in enumerate(self.story.couplets(stage))
            if couplet.tone in allowed
            and not self._is_used(couplet.first)
            and all(self._off(verse) <= 1 for verse in (couplet.first, couplet.second))
        ]
        if not choices:
            return ()
        self.couplets_of_story += 1
        couplet = min(choices)[2]
        return self._take(couplet.first), self._take(couplet.second)

    def _off(self, verse: Verse) -> int:
        """Return how many syllables the verse's best wording is off the plan."""
        return abs(self._wording(verse)[1].syllables - self.target)

    def _pair(self, *, adjacent: bool) -> tuple[Line, Line]:
        """Choose a couplet; lines that need each other only where they stand together."""
        choices = [
            (self._cost(couplet), number, couplet)
            for number, couplet in enumerate(self._couplets())
            if (adjacent or not couplet.second.tied)
            and not self._is_used(couplet.first)
            and not self._is_used(couplet.second)
        ]
        if not choices:
            self._look_further()
            return self._pair(adjacent=adjacent)
        couplet = min(choices)[2]
        if couplet.has_subject:
            self.subject_due = False
        return self._take(couplet.first), self._take(couplet.second)

    def _single(self) -> Line:
        """Choose one line that rhymes with nothing near it."""
        choices = [
            (self._verse_cost(verse) + self._theme_cost(verse), number, verse)
            for number, couplet in enumerate(self._couplets())
            for verse in (couplet.first, couplet.second)
            if not verse.tied
            and not couplet.second.tied
            and not self._is_used(verse)
            and not couplet.has_subject
        ]
        if not choices:
            self._look_further()
            return self._single()
        return self._take(min(choices, key=lambda choice: choice[:2])[2])

    def _couplets(self) -> Iterator[Couplet]:
        allowed = tones_allowed(self.matter.tone)
        for theme in (themes()[ANYTHING], *self.matter.nearest[: self.reach]):
            yield from (
                couplet
                for couplet in theme.couplets
                if couplet.tone in allowed
                and (couplet.first.theme, couplet.first.place) not in self.held_back
                and couplet.can_be_sung(self.matter.subject)
            )

    def _look_further(self) -> None:
        """Lines are used up: draw from those held back too, then from all themes, at last from the start."""
        if self.held_back:
            self.held_back = set()
        elif self.reach < len(themes()):
            self.reach = len(themes())
        else:
            self.used.clear()

    def _is_used(self, verse: Verse) -> bool:
        return (verse.theme, verse.place) in self.used

    def _cost(self, couplet: Couplet) -> float:
        cost = self._theme_cost(couplet.first)
        cost += self._verse_cost(couplet.first) + self._verse_cost(couplet.second)
        if couplet.has_subject:
            cost += _SUBJECT_DUE if self.subject_due and self.matter.own_subject else 2.0
        if couplet.tone and couplet.tone == self.matter.tone:
            cost -= 0.4
        return cost

    def _theme_cost(self, verse: Verse) -> float:
        return 1.5 * self.matter.rank.get(verse.theme, 0.0) + self.rng.uniform(0, _TASTE)

    def _verse_cost(self, verse: Verse) -> float:
        cost, wording = self._wording(verse)
        words, ending = _content(wording.text), rhyme_sounds(wording.last_word)
        cost += _ECHO * sum(len(words & before) for before in self.recent[-3:])
        return cost + _RECENT_RHYME * sum(bool(ending & before) for before in self.endings[-4:])

    def _wording(self, verse: Verse) -> tuple[float, Wording]:
        """Return the wording that fits the melody best, and what it costs."""
        key = (verse.theme, verse.place, self.opening)
        if key not in self.wordings:
            choices = [
                (self._wording_cost(one), one.text, one) for one in verse.wordings(self.matter.subject)
            ]
            cost, _, wording = min(choices, key=lambda choice: choice[:2])
            self.wordings[key] = (cost, wording)
        return self.wordings[key]

    def _wording_cost(self, wording: Wording) -> float:
        off = abs(wording.syllables - self.target)
        cost = 0.0 if off == 0 else _OFF_BY_ONE if off == 1 else _OFF_BY_MORE * (off - 1)
        if wording.text.startswith(("And ", "Oh ", "So ")):
            cost += _OPENS_LIGHTLY * (4 if self.opening else 1)
        return cost

    def _take(self, verse: Verse) -> Line:
        wording = self._wording(verse)[1]
        self.used.add((verse.theme, verse.place))
        self.opening = False
        self.recent.append(_content(wording.text))
        self.endings.append(rhyme_sounds(wording.last_word))
        return line_of(wording.text)


@lru_cache(maxsize=8192)
def _content(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in words_of(text)) - _SMALL

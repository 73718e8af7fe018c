"""The times of LRC, SRT, WebVTT and UltraStar as a plan's form: each section begins where its words do."""

from __future__ import annotations

import re
from itertools import pairwise

from core.song import Lyrics, Plan, PlanSection, SectionKind
from core.writing.typed.rows import RowKind, classify
from core.writing.typed.timed import timed_lines

_SHORTEST_SOLO = 4
"""Bars without words after a section's lines that become a part of their own; fewer are its own end."""
_FIRST_WORDS = 3


def with_times(plan: Plan, lyrics: Lyrics, text: str) -> Plan | None:
    """Return the plan with its sung sections at the times of ``text``, at the plan's tempo.

    ``lyrics``: those that ``text`` was parsed to; each section is sung once. The introduction is as long as
    the first words wait, and where the words pause for four bars or more, the band plays alone. A section
    whose lines need more bars than its times leave keeps them, and what follows comes later; the plan's notes
    say so. None without times, and where the plan has no room for every section.
    """
    starts = section_starts(lyrics, text)
    if starts is None:
        return None
    sung = [section for section in plan.sections if section.sung][: len(starts)]
    if [section.kind for section in sung] != [section.kind for section in lyrics.sections]:
        return None
    made: list[PlanSection] = []
    late = 0
    at = 0
    for number, (section, words, start_s) in enumerate(zip(sung, lyrics.sections, starts, strict=True)):
        wanted = round(start_s / plan.bar_s)
        if wanted > at:
            made.append(_alone(SectionKind.SOLO if number else SectionKind.INTRO, wanted - at))
            at = wanted
        late = max(late, at - wanted)
        needed = len(words.lines) * plan.bars_per_line
        until = round(starts[number + 1] / plan.bar_s) if number + 1 < len(starts) else at + needed
        own = needed if until - at - needed >= _SHORTEST_SOLO else max(needed, until - at)
        made.append(section.model_copy(update={"bars": own, "chords": ()}))
        at += own
    last = plan.sections[-1]
    if not last.sung:
        made.append(last)
    notes = (*plan.notes, _late(late, plan)) if late else plan.notes
    return plan.model_copy(update={"sections": tuple(made), "notes": notes})


def section_starts(lyrics: Lyrics, text: str) -> tuple[float, ...] | None:
    """Return when each section of ``lyrics`` begins, in seconds; None where one has no time."""
    timed = [(at, _plain(words)) for at, words in timed_lines(text)]
    timed = [(at, words) for at, words in timed if words]
    starts: list[float] = []
    place = 0
    for section in lyrics.sections:
        first = _plain(section.lines[0].text)[:_FIRST_WORDS] if section.lines else []
        found = next(
            (n for n in range(place, len(timed)) if first and timed[n][1][: len(first)] == first), None
        )
        if found is None:
            return None
        starts.append(timed[found][0])
        place = found + 1
    in_order = all(a <= b for a, b in pairwise(starts))
    return tuple(starts) if starts and in_order else None


def _plain(words: str) -> list[str]:
    """Return a line's sung words, in small letters and without signs."""
    sung = [row.words for row in classify(words) if row.kind is RowKind.WORDS]
    return re.findall(r"\w+", " ".join(sung).lower())


def _alone(kind: SectionKind, bars: int) -> PlanSection:
    return PlanSection(kind=kind, bars=bars, energy=0.4 if kind is SectionKind.INTRO else 0.6)


def _late(bars: int, plan: Plan) -> str:
    return (
        f"At {plan.tempo_bpm:.0f} bpm the lines need more time than the lyrics' times leave: a section "
        f"begins {bars * plan.bar_s:.0f} s later than written. A faster tempo brings it to its time."
    )

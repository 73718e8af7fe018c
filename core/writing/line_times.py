"""When each line of the lyrics is to be sung by the plan: a section's words, and its lines' bars."""

from __future__ import annotations

from dataclasses import dataclass

from core.song import Lyrics, LyricSection, Plan


@dataclass(frozen=True)
class LineTime:
    """One line of the lyrics and the seconds that the plan gives it."""

    text: str
    start_s: float
    stop_s: float


def words_by_section(plan: Plan, lyrics: Lyrics) -> dict[int, LyricSection]:
    """Give every sung section of the form its words: in order, else the next ones of its kind, else any.

    Returns the words by the section's number in the plan.
    """
    sung = [index for index, section in enumerate(plan.sections) if plan.lines_in(section)]
    words = [section for section in lyrics.sections if section.lines]
    if not words:
        return {}
    in_order = [plan.sections[index].kind for index in sung]
    cycled = [words[k % len(words)] for k in range(len(sung))]
    if [section.kind for section in cycled] == in_order or len(words) == len(sung):
        return dict(zip(sung, cycled, strict=True))
    chosen = {}
    used: dict[str, int] = {}
    for position, index in enumerate(sung):
        kind = plan.sections[index].kind
        alike = [section for section in words if section.kind is kind] or words
        turn = used.get(kind, 0)
        used[kind] = turn + 1
        chosen[index] = alike[turn % len(alike)] if alike is not words else words[position % len(words)]
    return chosen


def line_times(plan: Plan, lyrics: Lyrics) -> tuple[LineTime, ...]:
    """Return the lines that the form has room for, each with the bars that the plan gives it."""
    words = words_by_section(plan, lyrics)
    lasts_s = plan.bars_per_line * plan.bar_s
    found: list[LineTime] = []
    start_s = 0.0
    for index, section in enumerate(plan.sections):
        lines = words[index].lines[: plan.lines_in(section)] if index in words else ()
        for number, line in enumerate(lines):
            at_s = start_s + number * lasts_s
            found.append(LineTime(line.text, at_s, at_s + lasts_s))
        start_s += section.bars * plan.bar_s
    return tuple(found)

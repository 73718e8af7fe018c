"""Sections that some of the band sit out: an intro of one guitar, an outro of the piano alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.engines.composer.model import Bar, Note, Part
from core.song import Plan
from core.writing.instruments import BY_NAME


def where_they_play(
    plan: Plan, bars: Sequence[Bar], takes: Sequence[tuple[Sequence[Part], int]]
) -> Iterator[tuple[Part, int]]:
    """Yield each part and its take, without its notes where others are to play alone.

    Where none of those plays anyway, everybody does: no section falls silent.
    """
    parts = [(part, take) for row, take in takes for part in row]
    alone: dict[int, frozenset[str]] = {}
    for index, section in enumerate(plan.sections):
        names = frozenset(section.only)
        if names and any(_is_one(part, names) and _inside(part, bars, index) for part, _ in parts):
            alone[index] = names
    for part, take in parts:
        closed = {index for index, names in alone.items() if not _is_one(part, names)}
        notes = tuple(note for note in part.notes if _section(note, bars) not in closed)
        yield replace(part, notes=notes), take


def _is_one(part: Part, names: frozenset[str]) -> bool:
    if part.stem == "drums":
        return "drums" in names
    return part.program in {BY_NAME[name].program for name in names if name in BY_NAME}


def _inside(part: Part, bars: Sequence[Bar], index: int) -> bool:
    return any(_section(note, bars) == index for note in part.notes)


def _section(note: Note, bars: Sequence[Bar]) -> int:
    beats = bars[1].start_beat if len(bars) > 1 else 1e9
    return bars[min(len(bars) - 1, max(0, int(note.start_beat // beats)))].section_index

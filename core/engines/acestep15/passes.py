"""Where the clips of a song lie, and which passages each pass of the model plays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from core.engines.acestep15.words import Passage, grouped
from core.engines.shared.clips import Cut, cut_at

GRID_HZ = 100
"""Edges lie on hundredths of a second: whole frames at every usual rate, so that clips that are resampled one
by one still agree where they overlap."""


@dataclass(frozen=True)
class Schedule:
    """The clips as spans of frames of the song, and the passes that each performance takes.

    There is one performance for the whole song, which the clips are cut from, or one for each clip.
    """

    cut: Cut
    performances: tuple[tuple[tuple[Passage, ...], ...], ...]
    frames: tuple[int, ...]
    """Length of each performance."""


def schedule(
    parts: Sequence[Passage],
    rate: int,
    clips: int,
    overlap_s: float,
    context_s: float,
    tokens: Callable[[str], int],
    *,
    one_performance: bool,
) -> Schedule:
    """Lay the passages out; raises EngineInputError for one that the model cannot take."""
    ends = [round(end * GRID_HZ) * rate // GRID_HZ for end in accumulate(part.duration_s for part in parts)]
    parts = [
        Passage(part.text, (end - begin) / rate)
        for part, begin, end in zip(parts, [0, *ends[:-1]], ends, strict=True)
    ]
    cut = cut_at(ends[:-1], ends[-1], clips, round(overlap_s * rate))
    if one_performance:
        whole = _frozen(grouped(parts, tokens, context_s))
        return Schedule(cut, (whole,), (ends[-1],))
    performances = []
    for (start, stop), overlap in zip(cut.spans, (*cut.overlaps, 0), strict=True):
        inside = _inside(parts, ends, start, stop - overlap, overlap / rate)
        performances.append(_frozen(grouped(inside, tokens, context_s)))
    return Schedule(cut, tuple(performances), tuple(stop - start for start, stop in cut.spans))


def _inside(
    parts: Sequence[Passage], ends: Sequence[int], start: int, stop: int, overlap_s: float
) -> list[Passage]:
    """Return the passages from one section's start to another's end; the last goes on into the overlap."""
    begins = [0, *ends[:-1]]
    chosen = [
        part for part, begin, end in zip(parts, begins, ends, strict=True) if start <= begin and end <= stop
    ]
    last = chosen[-1]
    return [*chosen[:-1], Passage(last.text, last.duration_s + overlap_s)]


def _frozen(groups: Sequence[Sequence[Passage]]) -> tuple[tuple[Passage, ...], ...]:
    return tuple(tuple(group) for group in groups)

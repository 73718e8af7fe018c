"""Cutting one performance into clips at section joins, so that a crossfade puts it together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Cut:
    """Where the clips lie: frames from start to stop, and the overlap of each join in frames."""

    spans: tuple[tuple[int, int], ...]
    overlaps: tuple[int, ...]
    notes: tuple[str, ...] = ()


def cut_at(joins: Sequence[int], frames: int, clips: int, overlap: int) -> Cut:
    """Spread ``clips`` clips over the section ``joins`` (frames), each reaching ``overlap`` into the next.

    There are at most as many clips as sections. A span is its clip; two neighbours share the overlap, which
    is shortened where the next clip is shorter than twice its length.
    """
    inner = [join for join in joins if 0 < join < frames]
    wanted = min(clips, len(inner) + 1)
    notes = []
    if wanted < clips:
        notes.append(f"{clips} clips were asked for; the form has {wanted} sections, so {wanted} were made.")
    edges = [0, *_spread(inner, wanted, frames), frames]
    spans, overlaps = [], []
    for start, stop in pairwise(edges):
        overlap_frames = 0
        if stop < frames:
            following = edges[edges.index(stop) + 1]
            overlap_frames = min(overlap, (following - stop) // 2)
            overlaps.append(overlap_frames)
        spans.append((start, stop + overlap_frames))
    return Cut(tuple(spans), tuple(overlaps), tuple(notes))


def _spread(joins: Sequence[int], clips: int, frames: int) -> list[int]:
    """Choose ``clips - 1`` different joins, each the nearest still free to an even division."""
    chosen: list[int] = []
    for number in range(1, clips):
        ideal = frames * number / clips
        after = [join for join in joins if not chosen or join > chosen[-1]]
        usable = after[: len(after) - (clips - 1 - number)] if clips - 1 - number else after
        chosen.append(min(usable, key=lambda join: abs(join - ideal)))
    return chosen

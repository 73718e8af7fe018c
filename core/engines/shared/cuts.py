"""Where the clips of a song lie: at bar lines of the plan, each reaching into the next.

Standard library only, Python 3.9 syntax.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.engines.shared.plan_lengths import OfPlan


@dataclass(frozen=True)
class Cuts:
    """Spans of samples, start to stop; neighbours share the overlap of their join."""

    frames: int
    """Samples of the whole song."""
    spans: tuple[tuple[int, int], ...]
    overlaps: tuple[int, ...]
    notes: tuple[str, ...] = ()


def cut(order: OfPlan, rate: int) -> Cuts:
    """Cut the song at the bar lines nearest to an even division, at most one clip a bar.

    An overlap is shortened to half of the clip that it reaches into.
    """
    frames = round(order.duration_s * rate)
    bars = round(order.form_s / order.bar_s)
    clips = min(order.clips, bars)
    lines = [round(round(number * bars / clips) * order.bar_s * rate) for number in range(clips)]
    edges = [*lines, frames]
    spans, overlaps = [], []
    for number in range(clips):
        start, stop, shared = edges[number], edges[number + 1], 0
        if number + 1 < clips:
            shared = min(round(order.overlap_s * rate), (edges[number + 2] - stop) // 2)
            overlaps.append(shared)
        spans.append((start, stop + shared))
    notes = []
    if clips < order.clips:
        notes.append(f"{order.clips} clips were asked for; the song has {bars} bars, so {clips} were made.")
    return Cuts(frames, tuple(spans), tuple(overlaps), tuple(notes))

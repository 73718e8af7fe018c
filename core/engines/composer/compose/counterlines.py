"""Another counter-line: slow chord tones that rise, fall or arch over a section, in a rhythm of their own."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.engines.composer.compose.harmony import nearest
from core.engines.composer.compose.scenes import Scene, scene_of
from core.engines.composer.model import Bar, Note


class Shape(StrEnum):
    """Where a line goes in the course of a section."""

    RISE = "rise"
    FALL = "fall"
    ARCH = "arch"
    BOWL = "bowl"


_HEIGHT: dict[Shape, Callable[[float], float]] = {
    Shape.RISE: lambda at: at,
    Shape.FALL: lambda at: 1.0 - at,
    Shape.ARCH: lambda at: 1.0 - abs(2.0 * at - 1.0),
    Shape.BOWL: lambda at: abs(2.0 * at - 1.0),
}
_CUTS: tuple[tuple[float, ...], ...] = ((), (0.5,), (0.75,), (0.25,), (0.5, 0.75))
"""Where within a bar the line moves on, in parts of the bar."""


@dataclass(frozen=True)
class CounterTake:
    """One take of the line: for each scene its shape, and the cuts of an even and of an odd bar."""

    shapes: Mapping[Scene, Shape]
    cuts: Mapping[Scene, tuple[tuple[float, ...], tuple[float, ...]]]


def draw_counter_take(rng: random.Random) -> CounterTake:
    """Draw a take."""
    shapes = rng.sample(tuple(Shape), len(Scene))
    cuts = {scene: (rng.choice(_CUTS), rng.choice(_CUTS[1:])) for scene in Scene}
    return CounterTake(dict(zip(Scene, shapes, strict=True)), cuts)


def play_counter_take(
    bars: Sequence[Bar], low: int, high: int, beats_per_bar: int, take: CounterTake, rng: random.Random
) -> tuple[Note, ...]:
    """Return the line, from ``low`` to ``high``: every note a tone of its chord, and not the one before."""
    notes: list[Note] = []
    key = (low + high) // 2
    for bar in bars:
        scene = scene_of(bar.section.kind)
        starts = _starts(take.cuts[scene][bar.bar_in_section % 2], beats_per_bar)
        for start, stop in zip(starts, [*starts[1:], float(beats_per_bar)], strict=True):
            at = (bar.bar_in_section + start / beats_per_bar) / bar.section.bars
            target = low + 2 + (high - low - 4) * _HEIGHT[take.shapes[scene]](at)
            key = _next(bar, key, target, low, high)
            velocity = round(min(120.0, max(30.0, 66 + 26 * bar.section.energy + rng.uniform(-4, 4))))
            notes.append(Note(bar.start_beat + start, (stop - start) * 0.97, key, velocity))
    return tuple(notes)


def _starts(cuts: Sequence[float], beats_per_bar: int) -> list[float]:
    """Return the whole beats on which notes begin."""
    return [0.0, *(float(round(cut * beats_per_bar)) for cut in cuts if round(cut * beats_per_bar) > 0)]


def _next(bar: Bar, key: int, target: float, low: int, high: int) -> int:
    """Return the tone that leads towards ``target`` by a small step; the root is left to the bass."""
    tones = bar.chord.tones[1:] or bar.chord.tones
    choices = {nearest(tone, towards, low, high) for tone in tones for towards in (key, round(target))}
    moving = [choice for choice in choices if choice != key] or list(choices)
    return min(moving, key=lambda choice: (abs(choice - key) + 0.8 * abs(choice - target), choice))

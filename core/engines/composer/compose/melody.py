"""Which pitches the notes of a line take: a motif's contour, bent to the chords.

Strong places and long notes take chord tones, weak places move by step, and the line ends where its
place in the section asks: open in the middle, on the tonic at the end.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.engines.composer.compose.rhythm import strength
from core.engines.composer.model import Chord


class Ending(StrEnum):
    """How a line closes."""

    OPEN = "open"
    """On a chord tone that is not the tonic: more is to come."""
    CLOSED = "closed"
    """On the tonic or its third."""
    FREE = "free"


@dataclass(frozen=True)
class Contour:
    """A motif's shape: height -1 to 1 at each eighth part of a line, and a small wobble per half beat."""

    heights: tuple[float, ...]
    wobble: tuple[float, ...]


@dataclass(frozen=True)
class Place:
    """One note to be pitched: beat in the song, its length, the chord and scale there, its target pitch."""

    beat: float
    length: float
    chord: Chord
    scale: frozenset[int]
    target: float


@dataclass(frozen=True)
class Compass:
    """The range in MIDI keys, both ends included, and the tonic's pitch class."""

    low: int
    high: int
    tonic: int
    beats_per_bar: int


_SHAPES = (
    (-0.6, -0.2, 0.2, 0.7, 0.9, 0.5, 0.1, -0.2),
    (0.7, 0.6, 0.3, 0.1, -0.1, -0.3, -0.6, -0.7),
    (-0.3, 0.4, -0.2, 0.5, -0.1, 0.6, 0.1, -0.3),
    (0.4, 0.4, 0.4, 0.8, 0.2, 0.2, -0.2, -0.4),
    (-0.7, -0.7, -0.3, -0.3, 0.2, 0.2, 0.6, 0.4),
    (0.8, 0.3, -0.3, -0.5, -0.2, 0.2, 0.5, 0.2),
    (-0.5, 0.5, 0.7, 0.3, 0.6, 0.1, -0.2, -0.5),
    (0.1, 0.1, 0.9, 0.5, 0.1, -0.4, -0.1, 0.0),
)
_LEAP_PRICE = (0.6, 0.0, 0.0, 0.25, 0.3, 0.8, 3.2, 1.3, 2.2, 2.2, 3.5, 4.0, 1.8)


def draw_contour(rng: random.Random, *, plain: bool) -> Contour:
    """Draw a motif's shape; ``plain`` (a hook) keeps the wobble small and may repeat its opening note."""
    shape = rng.choice(_SHAPES)
    sign = rng.choice((1.0, 1.0, -0.8))
    heights = [sign * height + rng.uniform(-0.25, 0.25) for height in shape]
    middle = sum(heights) / len(heights)
    span = max(heights) - min(heights)
    heights = [1.7 * (height - middle) / span for height in heights]
    if plain and rng.random() < 0.5:
        heights[1] = heights[0]
    size = 0.25 if plain else 0.45
    return Contour(tuple(heights), tuple(rng.uniform(-size, size) for _ in range(64)))


def height_at(contour: Contour, beat: float, beats: float) -> float:
    """Return the contour's height at a beat of its line."""
    place = min(6.999, max(0.0, beat / beats * 7.0))
    left = int(place)
    share = place - left
    smooth = contour.heights[left] * (1 - share) + contour.heights[left + 1] * share
    return smooth + contour.wobble[int(beat * 2) % len(contour.wobble)]


def choose_pitches(places: Sequence[Place], compass: Compass, ending: Ending) -> tuple[int, ...]:
    """Return the row of pitches of least cost (Viterbi over the scale's keys within the compass)."""
    if not places:
        return ()
    rows = [_options(place, compass) for place in places]
    cost = [[_own_cost(place, key, compass) for key in row] for place, row in zip(places, rows, strict=True)]
    cost[-1] = [
        c + _end_cost(places[-1], key, compass, ending) for c, key in zip(cost[-1], rows[-1], strict=True)
    ]
    total = list(cost[0])
    back: list[list[int]] = []
    for i in range(1, len(places)):
        new, trail = [], []
        for k, key in enumerate(rows[i]):
            steps = [
                total[j] + _step_cost(before, key, places[i - 1]) for j, before in enumerate(rows[i - 1])
            ]
            j = min(range(len(steps)), key=steps.__getitem__)
            new.append(steps[j] + cost[i][k])
            trail.append(j)
        total = new
        back.append(trail)
    at = min(range(len(total)), key=total.__getitem__)
    picked = [at]
    for trail in reversed(back):
        picked.append(trail[picked[-1]])
    return tuple(row[k] for row, k in zip(rows, reversed(picked), strict=True))


def is_strong(place: Place, beats_per_bar: int) -> bool:
    """Whether a note stands on the bar's first or middle beat."""
    return strength(place.beat, beats_per_bar) >= 0.8


def _options(place: Place, compass: Compass) -> list[int]:
    return [key for key in range(compass.low, compass.high + 1) if key % 12 in place.scale]


def _own_cost(place: Place, key: int, compass: Compass) -> float:
    cost = 0.55 * abs(key - place.target)
    if key % 12 not in place.chord.tones:
        if is_strong(place, compass.beats_per_bar):
            cost += 5.0
        elif place.length >= 1.0:
            cost += 2.2
        else:
            cost += 0.35 + 0.6 * strength(place.beat, compass.beats_per_bar)
    elif len(place.chord.tones) > 3 and key % 12 == place.chord.tones[3]:
        cost += 0.5
    return cost


def _step_cost(before: int, key: int, place_before: Place) -> float:
    leap = abs(key - before)
    price = _LEAP_PRICE[leap] if leap < len(_LEAP_PRICE) else 6.0
    if leap > 2 and before % 12 not in place_before.chord.tones:
        price += 1.6
    return price


def _end_cost(place: Place, key: int, compass: Compass, ending: Ending) -> float:
    if key % 12 not in place.chord.tones:
        return 6.0
    is_tonic = key % 12 == compass.tonic
    if ending is Ending.CLOSED:
        return 0.0 if is_tonic else 2.5
    if ending is Ending.OPEN:
        return 1.8 if is_tonic else 0.0
    return 0.0

"""When the notes of a line fall: onsets chosen from a grid by one motif's taste and the words' stress.

A motif is a taste for places in the bar. Lines that share a motif share their rhythm as far as their
syllables allow, which is what makes a tune recognisable.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_CLOSEST_S = 0.21


@dataclass(frozen=True)
class Taste:
    """A motif's liking for each sixteenth of a line (index from 0), and where it comes in."""

    weights: tuple[float, ...]
    rest_beats: float
    """Beats of silence before the first syllable."""


@dataclass(frozen=True)
class LineTime:
    """The measure of one line: its beats, its meter and tempo, and the breath it ends with."""

    beats: float
    beats_per_bar: int
    beat_s: float

    @property
    def breath_beats(self) -> float:
        """Silence at the end of the line: a third of a second or more."""
        return max(0.5, 0.36 / self.beat_s)


def strength(beat: float, beats_per_bar: int) -> float:
    """Metrical weight of a place in the bar: 1 downbeat, .8 middle, .6 beat, .3 half, .1 quarter."""
    place = beat % beats_per_bar
    if place < 1e-6:
        return 1.0
    if abs(place - round(place)) > 1e-6:
        return 0.3 if abs(place * 2 - round(place * 2)) < 1e-6 else 0.1
    middle = beats_per_bar / 2
    if beats_per_bar % 2 == 0 and abs(place - middle) < 1e-6:
        return 0.8
    return 0.6


def draw_taste(
    rng: random.Random, beats: float, beats_per_bar: int, *, syncopation: float, plain: bool
) -> Taste:
    """Draw a motif. ``syncopation`` 0 to 1 favours off-beats; ``plain`` keeps a hook easy to remember."""
    cell = [rng.uniform(-0.5, 0.5) for _ in range(4 * beats_per_bar)]
    weights = []
    for step in range(int(beats * 4)):
        beat = step / 4
        weight = strength(beat, beats_per_bar)
        if abs(weight - 0.3) < 1e-6:
            weight += 0.45 * syncopation
        drift = 0.0 if plain else rng.uniform(-0.12, 0.12)
        weights.append(weight + cell[step % len(cell)] + drift)
    rest = rng.choice((0.0, 0.0, 0.0, 0.5, 0.5, 1.0) if not plain else (0.0, 0.0, 0.0, 0.5))
    return Taste(tuple(weights), rest)


def set_line(
    count: int, stresses: Sequence[float], taste: Taste, time: LineTime
) -> tuple[tuple[float, float], ...]:
    """Return ``count`` notes as (start, length) in beats from the line's start.

    ``stresses``: 0 to 1 for each syllable. The last note is long, and a breath follows it.
    """
    if count <= 0:
        return ()
    starts = _choose(count, tuple(stresses), taste, time)
    stop = time.beats - time.breath_beats
    notes = []
    for index, start in enumerate(starts):
        if index + 1 < len(starts):
            length = min(starts[index + 1] - start, 2.0 if time.beat_s > 0.4 else 4.0)
        else:
            hold = max(2.0, 1.6 / time.beat_s)
            length = max(0.2, min(stop - start, hold))
        notes.append((start, length))
    return tuple(notes)


def _grid(count: int, rest: float, time: LineTime) -> tuple[float, ...]:
    """Places where syllables may start: half beats if they suffice, else ever finer ones."""
    last = time.beats - time.breath_beats - max(0.75, 0.55 / time.beat_s)
    last = max(last, time.beats * 0.45)
    if (last - rest) * time.beat_s < 0.33 * count:
        rest = 0.0
    for step in (0.5, 0.25):
        places = [step * k for k in range(int(last / step + 1e-6) + 1) if step * k >= rest - 1e-6]
        if len(places) >= count * 1.1:
            return tuple(places)
    if rest > 0:
        return _grid(count, 0.0, time)
    return tuple((time.beats - time.breath_beats) * k / (count + 1) for k in range(count))


@lru_cache(maxsize=4096)
def _choose(count: int, stresses: tuple[float, ...], taste: Taste, time: LineTime) -> tuple[float, ...]:
    """Pick the onsets that suit motif, stress and even flow best (dynamic programming over the grid)."""
    places = _grid(count, taste.rest_beats, time)
    if len(places) <= count:
        return places[:count]
    flow = (places[-1] - places[0]) / max(1, count - 1)
    worth = [[_worth(i, place, stresses, taste, time) for place in places] for i in range(count)]
    best = [list(worth[0])]
    best[0] = [value - 0.8 * abs(places[k] - places[0]) for k, value in enumerate(best[0])]
    back: list[list[int]] = []
    for i in range(1, count):
        row, trail = [], []
        for k, place in enumerate(places):
            value, source = float("-inf"), -1
            for j in range(i - 1, k):
                gap = place - places[j]
                candidate = best[i - 1][j] - 0.4 * (gap / flow - 1.0) ** 2 - _rush(gap, time)
                if candidate > value:
                    value, source = candidate, j
            row.append(value + worth[i][k] if source >= 0 else float("-inf"))
            trail.append(source)
        best.append(row)
        back.append(trail)
    end = max(range(len(places)), key=lambda k: best[-1][k])
    picked = [end]
    for trail in reversed(back):
        picked.append(trail[picked[-1]])
    return tuple(places[k] for k in reversed(picked))


def _worth(index: int, place: float, stresses: tuple[float, ...], taste: Taste, time: LineTime) -> float:
    weight = taste.weights[min(len(taste.weights) - 1, round(place * 4))]
    stress = stresses[index] if index < len(stresses) else 0.5
    return weight + 1.1 * (stress - 0.4) * strength(place, time.beats_per_bar)


def _rush(gap_beats: float, time: LineTime) -> float:
    """A price for syllables closer than 0.21 s: there a vowel is hardly audible between its consonants."""
    gap_s = gap_beats * time.beat_s
    return 0.0 if gap_s >= _CLOSEST_S else 1.0 + 6.0 * (_CLOSEST_S - gap_s) / _CLOSEST_S

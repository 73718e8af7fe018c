"""The bass player: locked to the kick, walking, or a genre's own figure, on the root on the one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from core.engines.composer.compose.bass_keys import HIGH, LOW, approach, key_of
from core.engines.composer.compose.bass_takes import BassBar, BassTake, taken_figure
from core.engines.composer.compose.drums import fitted, swung
from core.engines.composer.compose.harmony import nearest
from core.engines.composer.model import Bar, Chord, Note
from core.engines.composer.stock.grooves import Groove
from core.engines.composer.stock.styles import Style
from core.song import SectionKind


def play_bass(
    bars: Sequence[Bar],
    style: Style,
    groove: Groove,
    beats_per_bar: int,
    kicks: Mapping[int, Sequence[float]],
    rng: random.Random,
    take: BassTake | None = None,
) -> tuple[Note, ...]:
    """Return the bass line, take 0 without ``take``.

    ``kicks``: the kick's places within each bar, in beats, by bar index.
    """
    notes: list[Note] = []
    root = 36
    for bar in bars:
        root = nearest(bar.chord.root, min(40, max(32, root)), LOW, HIGH)
        if bar.index == len(bars) - 1:
            notes.append(Note(bar.start_beat, float(beats_per_bar), root, 96))
            continue
        if _rests(bar):
            continue
        following = bars[bar.index + 1].chord
        if take:
            here = BassBar(bar, root, following, beats_per_bar, kicks.get(bar.index, ()))
            figure = taken_figure(here, take, groove, style.bass)
        elif style.bass == "walk":
            figure = list(_walk(bar, following, root, beats_per_bar, groove, rng))
        else:
            figure = list(
                _figure(bar, following, root, style, groove, beats_per_bar, kicks.get(bar.index, ()))
            )
        notes += _phrased(figure, bar, beats_per_bar, style, rng)
    return tuple(notes)


def _rests(bar: Bar) -> bool:
    """The bass waits in a quiet introduction."""
    section = bar.section
    return section.kind is SectionKind.INTRO and section.energy < 0.45 and section.bars > 1


def _figure(
    bar: Bar,
    following: Chord,
    root: int,
    style: Style,
    groove: Groove,
    beats_per_bar: int,
    kicks: Sequence[float],
) -> Iterator[tuple[float, int, int]]:
    """Yield (beat in bar, key, velocity)."""
    if style.bass == "kick" or (beats_per_bar % 3 == 0 and beats_per_bar > 3):
        places = sorted({0.0, *kicks})
        for index, place in enumerate(places):
            last = index == len(places) - 1 and len(places) > 2
            fifth = (bar.chord.tones[2] - bar.chord.root) % 12
            key = root + fifth if last and root + fifth <= HIGH + 5 and bar.bar_in_section % 2 else root
            yield place, key, 104 if index == 0 else 92
        return
    row = fitted(style.bass, beats_per_bar)
    if "R" not in row[:4] and bar.bar_in_section == 0:
        yield 0.0, root, 96
    for step, sign in enumerate(row):
        if sign != ".":
            yield (
                swung(step / 4, groove),
                key_of(sign, bar.chord, following, root),
                102 if step % 8 == 0 else 90,
            )


def _walk(
    bar: Bar, following: Chord, root: int, beats_per_bar: int, groove: Groove, rng: random.Random
) -> Iterator[tuple[float, int, int]]:
    """Quarter notes: the root, chord tones that lead on, and a step into the next root."""
    goal = approach(root, following)
    before = root
    for beat in range(beats_per_bar):
        if beat == 0:
            key = root
        elif beat == beats_per_bar - 1:
            key = goal
        else:
            on_the_way = root + (goal - root) * beat / (beats_per_bar - 1)
            wander = rng.choice((-3.0, 3.0))
            key = _chord_tone_near(bar.chord, on_the_way + wander, before)
        yield float(beat), key, 98 if beat % 2 == 0 else 92
        before = key
    if rng.random() < 0.2:
        yield swung(beats_per_bar - 0.5, groove), goal, 70


def _chord_tone_near(harmony: Chord, wanted: float, before: int) -> int:
    """The chord tone nearest to ``wanted`` that moves on, by no more than a fifth if it can."""
    keys = [key for key in range(LOW, HIGH + 1) if key % 12 in harmony.tones and key != before]
    return min(keys, key=lambda key: abs(key - wanted) + (4 if abs(key - before) > 7 else 0))


def _phrased(
    figure: Sequence[tuple[float, int, int]], bar: Bar, beats_per_bar: int, style: Style, rng: random.Random
) -> Iterator[Note]:
    """Give the figure its lengths and its touch."""
    push = 0.86 + 0.18 * bar.section.energy
    figure = sorted({place: (place, key, velocity) for place, key, velocity in figure}.values())
    for index, (place, key, velocity) in enumerate(figure):
        stop = figure[index + 1][0] if index + 1 < len(figure) else float(beats_per_bar)
        length = max(0.15, (stop - place) * style.bass_length)
        value = round(velocity * push + rng.uniform(-4, 4))
        yield Note(bar.start_beat + place, length, key, min(122, max(40, value)))

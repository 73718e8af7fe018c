"""The players who carry the harmony: chords in a genre's rhythm, held pads, and arpeggios."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from core.engines.composer.compose.chord_takes import ChordTake
from core.engines.composer.compose.drums import swung
from core.engines.composer.compose.harmony import Voicing, nearest
from core.engines.composer.model import Bar, Note
from core.engines.composer.stock.grooves import Groove
from core.engines.composer.stock.styles import Style

_LEFT_OUT = 0.07
"""How many of an arpeggio's notes are left out, so that no two bars are quite alike."""
_LEVEL = {"X": 98, "x": 82, "o": 64}


def play_chords(
    bars: Sequence[Bar],
    voicings: Sequence[Voicing],
    rows: Sequence[str],
    style: Style,
    groove: Groove,
    beats_per_bar: int,
    *,
    strum_beats: float,
    rng: random.Random,
) -> tuple[Note, ...]:
    """Play each bar's voicing in its row's rhythm; ``strum_beats`` spreads its notes like a guitar."""
    notes: list[Note] = []
    for bar, voicing, signs in zip(bars, voicings, rows, strict=True):
        push = 0.8 + 0.24 * bar.section.energy
        hits = [(step, sign) for step, sign in enumerate(signs) if sign != "."]
        for index, (step, sign) in enumerate(hits):
            start = swung(step / 4, groove)
            stop = swung(hits[index + 1][0] / 4, groove) if index + 1 < len(hits) else float(beats_per_bar)
            length = min(0.32, stop - start) if style.staccato else (stop - start) * 0.96
            velocity = _LEVEL[sign] * push + rng.uniform(-4, 4)
            up = step % 4 == 2
            notes += _strike(bar.start_beat + start, length, voicing, velocity, strum_beats, up, rng)
    return tuple(notes)


def play_power_chords(
    bars: Sequence[Bar],
    rows: Sequence[str],
    groove: Groove,
    beats_per_bar: int,
    low: int,
    rng: random.Random,
) -> tuple[Note, ...]:
    """Root, fifth and octave from ``low`` up; unaccented strokes are muted on the root."""
    notes: list[Note] = []
    for bar, signs in zip(bars, rows, strict=True):
        root = nearest(bar.chord.root, low + 5, low, low + 12)
        fifth = root + (bar.chord.tones[2] - bar.chord.root) % 12
        hits = [(step, sign) for step, sign in enumerate(signs) if sign != "."]
        for index, (step, sign) in enumerate(hits):
            start = swung(step / 4, groove)
            stop = swung(hits[index + 1][0] / 4, groove) if index + 1 < len(hits) else float(beats_per_bar)
            muted = sign != "X" and stop - start <= 0.5 and bar.section.energy < 0.8
            keys = (root, fifth) if muted else (root, fifth, root + 12)
            length = (stop - start) * (0.5 if muted else 0.95)
            velocity = _LEVEL[sign] * (0.85 + 0.2 * bar.section.energy) + rng.uniform(-4, 4)
            notes += [Note(bar.start_beat + start, length, key, _velocity(velocity)) for key in keys]
    return tuple(notes)


def play_pad(
    bars: Sequence[Bar], voicings: Sequence[Voicing], beats_per_bar: int, tied_bars: int = 4
) -> tuple[Note, ...]:
    """Hold each voicing for its bar; a note that stays is tied over, up to ``tied_bars``."""
    notes: list[Note] = []
    held: dict[int, Note] = {}
    for position, (bar, voicing) in enumerate(zip(bars, voicings, strict=True)):
        joined = position > 0 and bars[position - 1].index == bar.index - 1
        new: dict[int, Note] = {}
        for key in voicing:
            before = held.pop(key, None) if joined else None
            if before is not None and before.length_beats < tied_bars * beats_per_bar:
                new[key] = Note(before.start_beat, before.length_beats + beats_per_bar, key, before.velocity)
                continue
            if before is not None:
                notes.append(before)
            velocity = _velocity(58 + 34 * bar.section.energy)
            new[key] = Note(bar.start_beat, float(beats_per_bar), key, velocity)
        notes += held.values()
        held = new
    notes += held.values()
    return tuple(sorted(notes))


def play_arpeggio(
    bars: Sequence[Bar],
    voicings: Sequence[Voicing],
    style: Style,
    groove: Groove,
    beats_per_bar: int,
    rng: random.Random,
    take: ChordTake | None = None,
) -> tuple[Note, ...]:
    """Break each voicing in the style's order or the take's, louder on the beat."""
    notes: list[Note] = []
    for bar, voicing in zip(bars, voicings, strict=True):
        row = _order(voicing, take.arpeggio if take else style.arpeggio)
        steps = int(beats_per_bar / style.arpeggio_step)
        for step in range(steps):
            if step and rng.random() < _LEFT_OUT:
                continue
            beat = swung(step * style.arpeggio_step, groove)
            accent = 12 if step * style.arpeggio_step % 1 == 0 else 0
            velocity = 62 + accent + 22 * bar.section.energy + rng.uniform(-5, 5)
            length = style.arpeggio_step * 0.9
            notes.append(Note(bar.start_beat + beat, length, row[step % len(row)], _velocity(velocity)))
    return tuple(notes)


def play_counter(
    bars: Sequence[Bar], low: int, high: int, beats_per_bar: int, rng: random.Random
) -> tuple[Note, ...]:
    """A slow line through the chords' thirds, sevenths and fifths, each the nearest to the one before."""
    notes: list[Note] = []
    key = (low + high) // 2
    for position, bar in enumerate(bars):
        tones = bar.chord.tones[1:] or bar.chord.tones
        choices = [nearest(tone, key, low, high) for tone in tones]
        choices = [choice for choice in choices if choice != key] or choices
        key = min(choices, key=lambda choice: (abs(choice - key), choice))
        velocity = _velocity(66 + 26 * bar.section.energy + rng.uniform(-4, 4))
        halves = beats_per_bar >= 4 and bar.bar_in_section % 2 == 1 and position + 1 < len(bars)
        if not halves:
            notes.append(Note(bar.start_beat, beats_per_bar * 0.97, key, velocity))
            continue
        first = beats_per_bar / 2
        other = min(
            (nearest(tone, key + 3, low, high) for tone in bar.chord.tones),
            key=lambda k: (k == key, abs(k - key)),
        )
        notes.append(Note(bar.start_beat, first * 0.97, key, velocity))
        notes.append(Note(bar.start_beat + first, (beats_per_bar - first) * 0.97, other, velocity))
        key = other
    return tuple(notes)


def _order(voicing: Voicing, name: str) -> list[int]:
    keys = list(voicing)
    if name == "down":
        return keys[::-1]
    if name == "updown":
        return [*keys, keys[0] + 12, *keys[:0:-1]]
    if name == "skip":
        return [keys[0], keys[-1], keys[1], keys[0] + 12]
    if name == "fall":
        return [keys[0] + 12, *keys[::-1]]
    if name == "pedal":
        return [keys[0], keys[-1], keys[0], keys[1], keys[0], keys[0] + 12]
    if name == "alberti":
        return [keys[0], keys[-1], keys[len(keys) // 2], keys[-1]]
    return [*keys, keys[0] + 12]


def _strike(
    start: float, length: float, voicing: Voicing, velocity: float, strum: float, up: bool, rng: random.Random
) -> Iterator[Note]:
    keys = voicing[::-1] if up else voicing
    for order, key in enumerate(keys):
        delay = strum * order
        touch = velocity * (0.92 if up else 1.0) + rng.uniform(-3, 3)
        yield Note(start + delay, max(0.1, length - delay), key, _velocity(touch))


def _velocity(value: float) -> int:
    return int(min(120, max(30, round(value))))

"""What hands and breath do while notes sound: swells, late vibrato, slides, and the piano's pedal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.engines.composer.model import BEND, Bar, Control, Part, dice
from core.engines.composer.stock.sounds import Seat
from core.song import Plan
from core.writing.instruments import INSTRUMENTS

_MODULATION, _EXPRESSION, _PEDAL = 1, 11, 64
_SUSTAINS = frozenset(tool.program for tool in INSTRUMENTS if tool.sustains)
_PIANOS = frozenset((0, 1, 2, 4, 5, 11, 46))
_SLIDES = frozenset((22, 26, 27, 29, 30, 40, 42, 57, 65, 66, 75, 78, 110))
"""Who slides into a note: harmonica, guitars, bowed strings, trombone, saxophones, flutes, fiddle."""
_NO_VIBRATO = frozenset((16, 19, 21, 80))
_SEMITONE = 4096
"""A semitone of pitch bend, at the usual range of two."""
_LEAST_VIBRATO_S = 0.4


def expressed(part: Part, plan: Plan, bars: Sequence[Bar], take: int) -> Part:
    """Return ``part`` with the controllers that its instrument is played with."""
    beat_s = 60.0 / plan.tempo_bpm
    controls: list[Control] = []
    if part.program in _PIANOS and part.seat is Seat.CHORDS:
        controls += _pedal(part, plan.beats_per_bar)
    if part.program in _SUSTAINS and part.seat in (Seat.CHORDS, Seat.PAD, Seat.GUITARS):
        controls += _breathing(bars, plan.beats_per_bar)
    if part.program in _SUSTAINS and part.seat in (Seat.LINE, Seat.LEAD, Seat.ARPEGGIO):
        controls += _sung(part, beat_s, vibrato=part.program not in _NO_VIBRATO)
    if part.seat is Seat.LEAD and part.program in _SLIDES:
        controls += _slides(part, beat_s, plan, take)
    return replace(part, controls=tuple(sorted(controls)))


def _pedal(part: Part, beats_per_bar: int) -> Iterator[Control]:
    """Lift the pedal as a bar's first chord is struck and press it again just after."""
    starts = sorted({int(note.start_beat // beats_per_bar) for note in part.notes})
    for bar in starts:
        first = min(n.start_beat for n in part.notes if int(n.start_beat // beats_per_bar) == bar)
        yield Control(max(0.0, first - 0.02), _PEDAL, 0)
        yield Control(first + 0.12, _PEDAL, 127)
    if starts:
        yield Control((starts[-1] + 2.5) * beats_per_bar, _PEDAL, 0)


def _breathing(bars: Sequence[Bar], beats_per_bar: int) -> Iterator[Control]:
    """Swell over every two bars, more where the section is fuller."""
    for bar in bars:
        low = 88 + round(10 * bar.section.energy)
        rising = bar.bar_in_section % 2 == 0
        for eighth in range(8):
            place = eighth / 8.0 if rising else 1.0 - eighth / 8.0
            yield Control(bar.start_beat + eighth / 8.0 * beats_per_bar, _EXPRESSION, low + round(24 * place))


def _sung(part: Part, beat_s: float, *, vibrato: bool) -> Iterator[Control]:
    """Shape each note as breath or bow does: it grows, and past its third part it begins to vibrate."""
    for note in part.notes:
        length_s = note.length_beats * beat_s
        long = length_s >= _LEAST_VIBRATO_S
        for share, level in ((0.0, 92), (0.2, 104), (0.45, 116), (0.7, 110), (0.9, 94)):
            if long or share in (0.0, 0.45):
                yield Control(note.start_beat + share * note.length_beats, _EXPRESSION, level)
        if vibrato and long:
            yield Control(note.start_beat, _MODULATION, 0)
            for share, depth in ((0.35, 20), (0.5, 42), (0.65, 58)):
                yield Control(note.start_beat + share * note.length_beats, _MODULATION, depth)


def _slides(part: Part, beat_s: float, plan: Plan, take: int) -> Iterator[Control]:
    """Slide up into the first note of most phrases and into some others, by a semitone or less."""
    rng = dice(plan, f"slides {part.name}", take)
    stop = -1e9
    for note in part.notes:
        opens = (note.start_beat - stop) * beat_s > 0.25
        stop = note.stop_beat
        if rng.random() > (0.6 if opens else 0.15):
            continue
        depth = rng.uniform(0.5, 1.0)
        for step in range(6):
            left = 1.0 - step / 5.0
            bend = -round(_SEMITONE * depth * left * left)
            yield Control(note.start_beat + step * 0.014 / beat_s, BEND, bend)

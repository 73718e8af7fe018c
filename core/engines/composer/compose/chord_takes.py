"""Another take of the chords: other strokes, voicings, order of the arpeggio, and counter-line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.engines.composer.compose.counterlines import CounterTake, draw_counter_take
from core.engines.composer.compose.revoicing import Manner, Position
from core.engines.composer.compose.scenes import Scene, in_turn, scene_of
from core.engines.composer.model import Bar, dice
from core.engines.composer.stock.chord_stock import ARPEGGIOS, STROKES
from core.engines.composer.stock.styles import Style
from core.song import Plan

_LEANS_SEMITONES = (-4.0, 0.0, 4.0)
"""Over the middle of the register, where voicings tend to."""
_TIED_BARS = (1, 1, 2, 4)
"""How long a pad's note may stay before it is struck again."""
_NECKS = (0, 0, 5)
"""Semitones up the neck that power chords begin."""


@dataclass(frozen=True)
class ChordTake:
    """How one take is played."""

    quiet: Mapping[Scene, str]
    lively: Mapping[Scene, str]
    voicing: Manner
    pad_voicing: Manner
    arpeggio_voicing: Manner
    pad_tied_bars: int
    neck: int
    arpeggio: str
    counter: CounterTake


def draw_chord_take(plan: Plan, style: Style, number: int) -> ChordTake:
    """Draw a take from the genre's stock; one of pop's for a genre that the band does not know."""
    rng = dice(plan, "chord figures", number)
    strokes = STROKES.get(plan.genre, STROKES["pop"])
    return ChordTake(
        in_turn(strokes.quiet, number, dice(plan, "strokes in turn")),
        in_turn(strokes.lively or strokes.quiet, number, dice(plan, "strokes in turn")),
        Manner(rng.choice(tuple(Position)), rng.choice(_LEANS_SEMITONES)),
        Manner(rng.choice(tuple(Position)), rng.choice(_LEANS_SEMITONES)),
        Manner(Position.CLOSE, rng.choice(_LEANS_SEMITONES)),
        rng.choice(_TIED_BARS),
        rng.choice(_NECKS),
        rng.choice([order for order in ARPEGGIOS if order != style.arpeggio]),
        draw_counter_take(rng),
    )


def row_of(bar: Bar, style: Style, take: ChordTake | None) -> str:
    """Return the row of strokes of a bar: fuller in full sections where the genre knows a fuller one."""
    lively = style.lively_chords and bar.section.energy >= 0.6
    if take:
        return (take.lively if lively else take.quiet)[scene_of(bar.section.kind)]
    return style.lively_chords if lively else style.chords

"""What the singers are given: lines of words with their notes, in seconds, and where each singer stands."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.engines.composer.model import Role, Score, SungLineBeats

_LOOSE_S = 0.008
"""How far apart two takes of one line are, to either side of how late the singer usually is."""


@dataclass(frozen=True)
class SungNote:
    """One syllable's note; ``midi`` is its key, 69 being A4."""

    start_s: float
    duration_s: float
    midi: float


@dataclass(frozen=True)
class SungLine:
    """One line: its text, its written syllables, a note for each, and who sings it."""

    text: str
    syllables: tuple[str, ...]
    notes: tuple[SungNote, ...]
    role: Role = Role.LEAD


@dataclass(frozen=True)
class Place:
    """One singer's compass (``low`` to ``high`` in keys, where that voice is in tune), throat and place.

    The one network sings for all of them. A throat of -4 semitones is longer by that much: its resonances lie
    lower, as a man's do below a woman's, and so does the range in which it is in tune.
    """

    low: int
    high: int
    throat_semitones: float = 0.0
    pan: float = 0.0
    """-1 left to 1 right."""
    level_db: float = 0.0
    """Loudness against the lead's."""
    late_s: float = 0.0
    cents: float = 0.0


PLACES: Mapping[Role, Place] = {
    Role.LEAD: Place(57, 69),
    Role.SECOND: Place(50, 62, -4.0),
    Role.PARTNER: Place(49, 62, -4.0, 0.2, -3.5, 0.006),
    Role.ABOVE: Place(60, 69, 2.0, 0.5, -8.0, 0.012, 2.0),
    Role.BELOW: Place(52, 66, -1.0, -0.5, -8.0, 0.012, -2.0),
    Role.DOUBLE_LEFT: Place(57, 69, -0.4, -0.75, -11.0, 0.018, -8.0),
    Role.DOUBLE_RIGHT: Place(57, 69, 0.4, 0.75, -11.0, 0.026, 8.0),
}


def sung_lines(score: Score) -> tuple[SungLine, ...]:
    """Return the lines of the score's tune, in seconds, as they are written."""
    return tuple(_in_seconds(line, 60.0 / score.tempo_bpm) for line in score.sung)


def backing_lines(score: Score) -> tuple[SungLine, ...]:
    """Return the lines behind the tune, in seconds: each singer a little late and off, as takes are."""
    return _taken([_in_seconds(line, 60.0 / score.tempo_bpm) for line in score.backing])


def _in_seconds(line: SungLineBeats, beat_s: float) -> SungLine:
    notes = tuple(
        SungNote(note.start_beat * beat_s, note.length_beats * beat_s, float(note.pitch))
        for note in line.notes
    )
    return SungLine(line.text, line.syllables, notes, line.role)


def _taken(lines: Sequence[SungLine]) -> tuple[SungLine, ...]:
    out = []
    for number, line in enumerate(lines):
        place = PLACES[line.role]
        late_s = place.late_s + random.Random(f"{line.role} {number}").uniform(-_LOOSE_S, _LOOSE_S)
        notes = tuple(
            SungNote(note.start_s + max(0.0, late_s), note.duration_s, note.midi + place.cents / 100.0)
            for note in line.notes
        )
        out.append(SungLine(line.text, line.syllables, notes, line.role))
    return tuple(out)

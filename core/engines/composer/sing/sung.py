"""What the singers are given: lines of words with their notes, in seconds, and where each singer stands."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.engines.composer.model import Role, Score, SungLineBeats
from core.engines.composer.stock.feels import FEELS, USUAL
from core.engines.composer.stock.manners import MANNERS, Manner
from core.engines.composer.stock.manners import USUAL as USUAL_MANNER

_LOOSE_S = 0.008
"""How far apart two takes of one line are, to either side of how late the singer usually is."""
_LEAST_LATE_MS, _MOST_LATE_MS = 10.0, 30.0


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
    low_voice: bool = False
    """Whether a man's voice leads."""
    manner: Manner = USUAL_MANNER

    @property
    def place(self) -> Place:
        """Where its singer stands."""
        return place_of(self.role, low_voice=self.low_voice)


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
    Role.ABOVE: Place(60, 69, 2.0, 0.5, -10.5, 0.012, 2.0),
    Role.BELOW: Place(52, 66, -1.0, -0.5, -10.5, 0.012, -2.0),
    Role.DOUBLE_LEFT: Place(57, 69, -0.4, -0.75, -13.5, 0.018, -8.0),
    Role.DOUBLE_RIGHT: Place(57, 69, 0.4, 0.75, -13.5, 0.026, 8.0),
}


LOW_PLACES: Mapping[Role, Place] = {
    **PLACES,
    Role.LEAD: Place(50, 62, -4.0),
    Role.ABOVE: Place(53, 64, -2.0, 0.5, -10.5, 0.012, 2.0),
    Role.BELOW: Place(47, 60, -5.0, -0.5, -10.5, 0.012, -2.0),
    Role.DOUBLE_LEFT: Place(50, 62, -4.4, -0.75, -13.5, 0.018, -8.0),
    Role.DOUBLE_RIGHT: Place(50, 62, -3.6, 0.75, -13.5, 0.026, 8.0),
}
"""Where a man leads; his harmonies lie about his voice."""


def place_of(role: Role, *, low_voice: bool) -> Place:
    """Return the place of a role in a song that a woman's or a man's voice leads."""
    return (LOW_PLACES if low_voice else PLACES)[role]


def sung_lines(score: Score) -> tuple[SungLine, ...]:
    """Return the lines of the score's tune, in seconds, as they are written."""
    lines = behind_the_beat(score.sung, score)
    return tuple(_by_singer(_in_seconds(line, 60.0 / score.tempo_bpm), score) for line in lines)


def backing_lines(score: Score) -> tuple[SungLine, ...]:
    """Return the lines behind the tune, in seconds: each singer a little late and off, as takes are."""
    lines = behind_the_beat(score.backing, score)
    return _taken([_by_singer(_in_seconds(line, 60.0 / score.tempo_bpm), score) for line in lines])


def _by_singer(line: SungLine, score: Score) -> SungLine:
    manner = MANNERS.get(score.genre, USUAL_MANNER)
    return replace(line, low_voice=score.low_voice, manner=manner)


def behind_the_beat(lines: Sequence[SungLineBeats], score: Score) -> tuple[SungLineBeats, ...]:
    """Return the lines as they are sung: behind the beat by 10 to 30 ms, a phrase as a whole more or less.

    The first note comes latest, notes end where they are written, and all who sing a line together are late
    together. A score without a genre (an uploaded MIDI file) is sung as it stands.
    """
    if not score.genre:
        return tuple(lines)
    beat_ms = 60_000.0 / score.tempo_bpm
    usual = FEELS.get(score.genre, USUAL).voice_ms
    return tuple(_late(line, usual, beat_ms) for line in lines)


def _late(line: SungLineBeats, usual_ms: float, beat_ms: float) -> SungLineBeats:
    rng = random.Random(f"{line.text} {line.notes[0].start_beat:.3f}")
    phrase_ms = usual_ms + rng.uniform(-4.0, 4.0)
    stray, notes = 4.0, []
    for note in line.notes:
        late_ms = min(_MOST_LATE_MS, max(_LEAST_LATE_MS, phrase_ms + stray))
        # A short note keeps two thirds of its length.
        late = min(late_ms / beat_ms, note.length_beats / 3.0)
        notes.append(replace(note, start_beat=note.start_beat + late, length_beats=note.length_beats - late))
        stray = 0.5 * stray + rng.gauss(0.0, 2.5)
    return replace(line, notes=tuple(notes))


def _in_seconds(line: SungLineBeats, beat_s: float) -> SungLine:
    notes = tuple(
        SungNote(note.start_beat * beat_s, note.length_beats * beat_s, float(note.pitch))
        for note in line.notes
    )
    return SungLine(line.text, line.syllables, notes, line.role)


def _taken(lines: Sequence[SungLine]) -> tuple[SungLine, ...]:
    out = []
    for number, line in enumerate(lines):
        place = line.place
        late_s = place.late_s + random.Random(f"{line.role} {number}").uniform(-_LOOSE_S, _LOOSE_S)
        notes = tuple(
            SungNote(note.start_s + max(0.0, late_s), note.duration_s, note.midi + place.cents / 100.0)
            for note in line.notes
        )
        out.append(replace(line, notes=notes))
    return tuple(out)

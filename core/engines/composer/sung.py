"""What the singer is given: lines of words with their notes, in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from core.engines.composer.model import Score


@dataclass(frozen=True)
class SungNote:
    """One syllable's note; ``midi`` is its key, 69 being A4."""

    start_s: float
    duration_s: float
    midi: float


@dataclass(frozen=True)
class SungLine:
    """One line: its text, its written syllables, and a note for each."""

    text: str
    syllables: tuple[str, ...]
    notes: tuple[SungNote, ...]


def sung_lines(score: Score) -> tuple[SungLine, ...]:
    """Return the score's sung lines in seconds."""
    beat_s = 60.0 / score.tempo_bpm
    return tuple(
        SungLine(
            line.text,
            line.syllables,
            tuple(
                SungNote(note.start_beat * beat_s, note.length_beats * beat_s, float(note.pitch))
                for note in line.notes
            ),
        )
        for line in score.sung
    )

"""Key and time signatures of a song, as notation and MIDI write them."""

from __future__ import annotations

from core.writing import keys

_MAJORS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINORS = ("Cm", "C#m", "Dm", "Ebm", "Em", "Fm", "F#m", "Gm", "G#m", "Am", "Bbm", "Bm")
_ABOVE_ITS_MAJOR = {"dorian": 2, "phrygian": 4, "lydian": 5, "mixolydian": 7}
"""Semitones from the tonic of the major key with the same notes up to a mode's own tonic."""
COMPOUND = (6, 9, 12)
"""Beats of a bar that are eighths, in groups of three."""


def key_signature(key: str) -> str:
    """Return the signature of a key such as "F# minor": "F#m"; of a mode that of the major with its notes."""
    tonic, mode = keys.split(key)
    if mode == "minor":
        return _MINORS[tonic]
    return _MAJORS[(tonic - _ABOVE_ITS_MAJOR.get(mode, 0)) % 12]


def denominator(beats_per_bar: int) -> int:
    """Return what note a beat is: 4 for a quarter, 8 for the eighths of a compound meter."""
    return 8 if beats_per_bar in COMPOUND else 4

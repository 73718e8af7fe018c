"""Key names: finding one in a text, and the tonics that songs are set in."""

from __future__ import annotations

import re
from dataclasses import dataclass

PITCH_CLASS = {
    "C": 0,
    "C#": 1,
    "Db": 1,
    "D": 2,
    "D#": 3,
    "Eb": 3,
    "E": 4,
    "Fb": 4,
    "E#": 5,
    "F": 5,
    "F#": 6,
    "Gb": 6,
    "G": 7,
    "G#": 8,
    "Ab": 8,
    "A": 9,
    "A#": 10,
    "Bb": 10,
    "B": 11,
    "Cb": 11,
    "B#": 0,
}
"""Pitch class 0 to 11 of every tonic name."""

MODES = ("major", "minor", "dorian", "phrygian", "lydian", "mixolydian")
MINOR_MODES = ("minor", "dorian", "phrygian")

_TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")

USUAL_TONICS = {
    "major": ("C", "D", "Eb", "E", "F", "G", "A", "Bb"),
    "minor": ("A", "B", "C", "C#", "D", "E", "F#", "G"),
}
"""Tonics that a song is set in when the prompt names none."""

_MODE_WORDS = {
    "major": "major",
    "maj": "major",
    "dur": "major",
    "minor": "minor",
    "min": "minor",
    "moll": "minor",
    "m": "minor",
    "aeolian": "minor",
    "ionian": "major",
    **{mode: mode for mode in MODES[2:]},
}
_KEY = re.compile(
    r"(?P<lead>\b(?:in|key\s+of|key:?)\s+(?:the\s+key\s+of\s+)?)?(?<![^\W_])(?P<letter>[A-Ga-g])"
    r"(?P<accidental>\s?(?:#|♯|♭)|b(?![^\W_]*[ac-ln-z])|[-\s]?sharp|[-\s]?flat)?"
    r"(?:[-\s]*(?P<mode>major|minor|maj|min|dur|moll|dorian|phrygian|lydian|mixolydian|aeolian|ionian)|(?P<m>m))?"
    r"(?![^\W_#♯♭'])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FoundKey:
    """A key named in a text, at ``start`` to ``stop``; ``mode`` is None when only the tonic was named."""

    tonic: str
    mode: str | None
    text: str
    start: int
    stop: int


def find(text: str) -> FoundKey | None:
    """Return the first key that ``text`` names ("in F# minor", "Bbm", "key of C"), or None."""
    for match in _KEY.finditer(text):
        letter, mode = match["letter"], match["mode"] or match["m"]
        named = match["mode"] is not None
        accidental = _accidental(match["accidental"])
        if letter.islower() and not (named and (letter != "a" or match["lead"] or accidental)):
            continue
        if letter == "a" and re.match(r"\s+(?:key|mood|feel|chord)", text[match.end() :]):
            continue
        if not (named or match["m"] == "m" or match["lead"]):
            continue
        tonic = letter.upper() + accidental
        if tonic in PITCH_CLASS:
            spelled = _MODE_WORDS[mode.lower()] if mode else None
            name = f"{tonic} {spelled}" if spelled else tonic
            return FoundKey(tonic, spelled, name, match.start("letter"), match.end())
    return None


def split(key: str) -> tuple[int, str]:
    """Return the tonic's pitch class and the mode of a key such as "F# minor"; raises ValueError."""
    tonic, _, mode = key.strip().partition(" ")
    mode = mode.strip().lower() or "major"
    if tonic not in PITCH_CLASS or mode not in MODES:
        raise ValueError(f"not a key: {key!r}; a tonic and a mode are wanted, such as 'Eb major'")
    return PITCH_CLASS[tonic], mode


def _accidental(found: str | None) -> str:
    if not found:
        return ""
    word = found.strip(" -").lower()
    return "#" if word in ("#", "♯", "sharp") else "b"


def shifted(key: str, semitones: int) -> str:
    """Return the key that lies ``semitones`` above ``key``."""
    if not semitones:
        return key
    tonic, mode = split(key)
    names = _MINOR_TONICS if mode in MINOR_MODES else _TONICS
    return f"{names[(tonic + semitones) % 12]} {mode}"

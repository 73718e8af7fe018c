"""Scales and chords from their names: pitch classes 0 (C) to 11 (B)."""

from __future__ import annotations

from functools import lru_cache

from core.engines.composer.model import Chord
from core.writing import keys
from core.writing.chords import NUMERAL

_STEPS = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}
_DEGREES = {"i": 0, "ii": 2, "iii": 4, "iv": 5, "v": 7, "vi": 9, "vii": 11}
_QUALITIES = {
    "": None,
    "7": None,
    "maj7": (0, 4, 7, 11),
    "add9": None,
    "sus4": (0, 5, 7),
    "sus2": (0, 2, 7),
    "ø7": (0, 3, 6, 10),
    "dim": (0, 3, 6),
    "6": None,
    "9": None,
}
_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_FLAT_KEYS = frozenset({"F", "Bb", "Eb", "Ab", "Db", "Gb"})
_FLAT_MINOR_KEYS = frozenset({"D", "G", "C", "F", "Bb", "Eb"})


def scale(key: str) -> tuple[int, ...]:
    """Return the seven pitch classes of a key such as "F# minor", the tonic first."""
    tonic, mode = keys.split(key)
    return tuple((tonic + step) % 12 for step in _STEPS[mode])


@lru_cache(maxsize=512)
def chord(numeral: str, key: str) -> Chord:
    """Return the chord of a roman numeral (degrees of the major scale) in ``key``; raises ValueError."""
    tonic, _ = keys.split(key)
    match = NUMERAL.fullmatch(numeral)
    if match is None or match[3] not in _QUALITIES:
        raise ValueError(f"not a chord numeral: {numeral!r}")
    accidental, roman, suffix = match.groups()
    shift = {"b": -1, "#": 1, "": 0}[accidental]
    root = (tonic + _DEGREES[roman.lower()] + shift) % 12
    minor = roman.islower()
    intervals = _QUALITIES[suffix] or _stacked(suffix, minor)
    suffix_name = {"add9": "add9", "ø7": "m7b5"}.get(suffix, suffix)
    quality = "m" if minor and suffix not in ("ø7", "dim") else ""
    name = f"{note_name(root, key)}{quality}{suffix_name}"
    return Chord(numeral, name, root, tuple((root + step) % 12 for step in intervals), minor)


def chord_scale(harmony: Chord, key: str) -> frozenset[int]:
    """Return the scale to play over a chord: the key's, bent to chromatic chord tones."""
    pitches = set(scale(key))
    for tone in harmony.tones:
        if tone not in pitches:
            pitches -= {(tone + 1) % 12, (tone - 1) % 12} - set(harmony.tones)
            pitches.add(tone)
    return frozenset(pitches)


def note_name(pitch_class: int, key: str) -> str:
    """Spell a pitch class with the key's sharps or flats."""
    tonic, _, mode = key.partition(" ")
    flat = tonic in (_FLAT_MINOR_KEYS if mode in keys.MINOR_MODES else _FLAT_KEYS) or "b" in tonic
    return (_FLATS if flat else _SHARPS)[pitch_class % 12]


def _stacked(suffix: str, minor: bool) -> tuple[int, ...]:
    third = 3 if minor else 4
    extra = {"": (), "7": (10,), "add9": (2,), "6": (9,), "9": (10, 2)}[suffix]
    return (0, third, 7, *extra)

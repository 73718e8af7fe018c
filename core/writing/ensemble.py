"""What a prompt says of the band as a whole: who plays alone, which guitar and horns a genre means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.writing.instruments import DRUM_WORDS

A_CAPPELLA = re.compile(
    r"\b(?:a[\s-]?cappella|a[\s-]?capella|voices? only|only voices?|just voices?)\b", re.I
)
_BASS_PART = re.compile(r"\bbass(?:line)?\b", re.I)
_ALONE = "only|just|nothing but|solely|exclusively|solo|unaccompanied|lone"
_LENGTH = re.compile(
    r"\b(?P<figure>\d{1,3}(?:[.,]\d)?|one|two|three|four|five|six|ten)[\s-]*(?P<unit>minutes?|mins?|seconds?|secs?)\b",
    re.I,
)
_IN_WORDS = {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "ten": 10.0}
_BARE_TEMPO = re.compile(
    r"(?:^|,)\s*(?P<alone>\d{2,3})\s*(?=,|$)|\bat\s+(?P<at>\d{2,3})\b(?!\s*(?:%|\d|[a-z]))", re.I
)
_LOWEST_BPM, _HIGHEST_BPM = 50, 220

_GUITARS: Mapping[str, str] = {
    **dict.fromkeys(("metal", "punk", "grunge"), "distorted guitar"),
    "rock": "overdriven guitar",
    **dict.fromkeys(
        (
            "indie",
            "blues",
            "rock and roll",
            "funk",
            "disco",
            "soul",
            "r&b",
            "reggae",
            "ska",
            "afrobeat",
            "synthwave",
        ),
        "electric guitar",
    ),
    **dict.fromkeys(("jazz", "swing", "lo-fi", "hip hop", "chillout"), "jazz guitar"),
    **dict.fromkeys(("classical", "latin", "bossa nova", "lullaby"), "nylon guitar"),
}
_FRENCH_HORNS = frozenset(
    ("classical", "cinematic", "march", "waltz", "ambient", "celtic", "world", "lullaby")
)


def named_by_genre(instrument: str, word: str, genre: str) -> str:
    """Return what a bare ``word`` ("guitar", "horns") means in a genre, else ``instrument``."""
    if word in ("guitar", "guitars"):
        return _GUITARS.get(genre, instrument)
    if word == "horns" and genre and genre not in _FRENCH_HORNS:
        return "brass section"
    return instrument


def plays_alone(text: str, words: Sequence[str]) -> bool:
    """Return whether the prompt asks for these instruments and nobody else.

    "Solo harp", "piano only", "just guitar and cello", "piano and voice"; a "guitar solo" is no such thing.
    """
    plain = re.sub(r"\s+", " ", text.lower())
    for word in words:
        tool = re.escape(word)
        alone = (
            rf"\b(?:{_ALONE})\s+(?:an? |the |my |\w+ )?{tool}\b",
            rf"\b{tool}\s+(?:only|alone|and nothing else|unaccompanied)\b",
            rf"\b{tool}\s*(?:and|&|\+)\s*(?:a |one )?(?:voice|vocals?|singer)\b(?!\s*,)",
            rf"\b(?:voice|vocals?)\s*(?:and|&|\+)\s*(?:an? )?{tool}\b\s*(?:$|[,.;])",
        )
        if any(re.search(pattern, plain) for pattern in alone):
            return True
    return False


def left_out(text: str) -> tuple[str, ...]:
    """Return the parts that a band of its own leaves out: drums and bass, unless they are named."""
    words = f" {re.sub(r'[^a-z0-9]+', ' ', text.lower())} "
    drums = any(f" {word} " in words for word in DRUM_WORDS)
    bass = _BASS_PART.search(text) is not None
    return tuple(name for name, named in (("drums", drums), ("bass", bass)) if not named)


def length_s(text: str) -> tuple[str, float] | None:
    """Return the length that the prompt names, in its words and in seconds."""
    found = _LENGTH.search(text)
    if not found:
        return None
    figure = found["figure"].lower()
    value = _IN_WORDS.get(figure) or float(figure.replace(",", "."))
    return found[0], value * (60.0 if found["unit"].lower().startswith("min") else 1.0)


def bare_tempo(text: str) -> tuple[float, str] | None:
    """Return a tempo without a unit, as a tag of its own or after "at", and the text without it."""
    for found in _BARE_TEMPO.finditer(text):
        bpm = float(found["alone"] or found["at"])
        if _LOWEST_BPM <= bpm <= _HIGHEST_BPM:
            return bpm, text[: found.start()] + ", " + text[found.end() :]
    return None

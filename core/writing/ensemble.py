"""What a prompt says of the band as a whole: who plays alone, which guitar and horns a genre means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.writing.instruments import DRUM_WORDS

A_CAPPELLA = re.compile(
    r"\b(?:a[\s-]?cap+ella|(?:voices?|vocals?) only|(?:only|just) (?:voices?|vocals?)(?! and)|barbershop"
    r"|(?:no|without(?: any)?) instruments?(?= ?(?:$|[,.;])))\b",
    re.I,
)
_BASS_PART = re.compile(r"\bbass(?:line)?\b", re.I)
_ALONE = (
    "only|just|nothing but|solely|exclusively|solo|unaccompanied|lone|single"
    "|nur|seulement|sólo|solamente|soltanto|apenas|somente|alleen|bara"
)
_NOBODY_ELSE = re.compile(
    r"\b(?:nothing else|no(?:body| one) else|without (?:anything|anyone) else|(?:no|without(?: any)?) other"
    r" (?:instruments?|players?))\b"
)
_NOT_ONLY = re.compile(r"\bnot (?:only|just|solely)\b[^,;.]*")
_IN_WORDS = {
    "half": 0.5, "a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0,
    "six": 6.0, "seven": 7.0, "eight": 8.0, "nine": 9.0, "ten": 10.0, "twelve": 12.0, "fifteen": 15.0,
    "twenty": 20.0, "thirty": 30.0, "forty": 40.0, "forty-five": 45.0, "sixty": 60.0, "ninety": 90.0,
    "couple": 2.0, "zwei": 2.0, "drei": 3.0, "vier": 4.0, "eine": 1.0, "deux": 2.0, "trois": 3.0,
    "quatre": 4.0, "dos": 2.0, "tres": 3.0, "cuatro": 4.0, "due": 2.0, "tre": 3.0, "quattro": 4.0,
    "dois": 2.0, "três": 3.0,
}  # fmt: skip
_COUNT = "|".join(sorted(_IN_WORDS, key=len, reverse=True)) + r"|\d{1,3}(?:[.,]\d+)?"
_SECONDS = r"(?:seconds?|secs?)"
_LENGTH = re.compile(
    r"(?<!at )(?<![\d:/])\b(?P<clock>\d{1,2}:[0-5]\d)\b(?![:/\d]|\s*[ap]\.?m)"
    rf"|\b(?:a\s+)?(?P<count>{_COUNT})(?:\s+of)?(?P<half>\s+and\s+a\s+half)?[\s-]*(?:an?\s+)?"
    r"(?:(?P<minutes>minut(?:es?|en|os?|i)|mins?)\b(?P<more_half>\s+and\s+a\s+half)?"
    rf"(?:\s*(?:and\s+)?(?P<rest>{_COUNT})\s*{_SECONDS}\b|\s+(?P<odd>{_COUNT})(?=\s*(?:$|[,.;]|of\b)))?"
    rf"|{_SECONDS}\b)(?:[\s-]+long\b)?(?:\s+(?:de|di|d')(?=\s))?",
    re.I,
)

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
_LOUD_SOLOS = frozenset(
    ("", "metal", "punk", "grunge", "rock", "pop", "indie", "ballad", "synthwave", "hip hop", "cinematic")
)
_FRENCH_HORNS = frozenset(
    ("classical", "cinematic", "march", "waltz", "ambient", "celtic", "world", "lullaby")
)


FAMILIES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("guitar", "guitars"),
        ("acoustic guitar", "nylon guitar", "electric guitar", "jazz guitar", "overdriven guitar",
         "distorted guitar"),
    ),
    **dict.fromkeys(
        ("electric guitar", "electric guitars"), ("electric guitar", "overdriven guitar", "distorted guitar")
    ),
    **dict.fromkeys(
        ("horn", "horns", "brass"),
        ("french horn", "brass section", "trumpet", "trombone", "muted trumpet", "synth brass"),
    ),
    "strings": ("strings", "slow strings", "synth strings", "violin", "viola", "cello", "pizzicato"),
    **dict.fromkeys(
        ("synth", "synths", "synthesizer", "synthesizers", "synthesiser"),
        ("synth lead", "saw lead", "square lead", "polysynth", "synth pad", "synth strings", "new age pad"),
    ),
    **dict.fromkeys(("pad", "pads"), ("synth pad", "new age pad", "halo pad", "atmosphere")),
    **dict.fromkeys(("keys", "keyboard", "keyboards"), ("piano", "electric piano", "organ", "clavinet")),
    **dict.fromkeys(("sax", "saxophone", "saxophones"), ("saxophone", "alto saxophone")),
    **dict.fromkeys(("organ", "organs"), ("organ", "church organ")),
}  # fmt: skip
"""Everybody that a word means when it says who is not to play."""
_HEADS = frozenset(
    ("metal", "rock", "jazz", "hip hop", "punk", "funk", "house", "techno", "trance", "blues", "disco")
)
_NO_ADJECTIVES = frozenset(("lo-fi", "bossa nova", "swing", "waltz", "march", "ballad"))


def is_head(adjective: str, noun: str) -> bool:
    """Return whether of two genres that are named in a row the second one is the groove ("folk metal")."""
    return noun in _HEADS and adjective not in _NO_ADJECTIVES


def named_by_genre(instrument: str, word: str, genre: str) -> str:
    """Return what a bare ``word`` ("guitar", "horns") means in a genre, else ``instrument``."""
    if word in ("guitar", "guitars"):
        return _GUITARS.get(genre, instrument)
    if word == "horns" and genre and genre not in _FRENCH_HORNS:
        return "brass section"
    return instrument


def soloist(instrument: str, word: str, genre: str) -> str:
    """Return which guitar plays a "guitar solo" in a genre; any other ``instrument`` is itself."""
    if word not in ("guitar", "guitars"):
        return instrument
    return "overdriven guitar" if genre in _LOUD_SOLOS else named_by_genre("electric guitar", word, genre)


def plays_alone(text: str, words: Sequence[str]) -> bool:
    """Return whether the prompt asks for the instruments of ``words`` and nobody else.

    "Solo harp", "piano only", "only drums and bass", "piano and voice", "trio of violin, viola and cello"; a
    "guitar solo" is no such thing.
    """
    plain = _NOT_ONLY.sub(" ", re.sub(r"\s+", " ", text.lower()))
    if words and _NOBODY_ELSE.search(plain):
        return True
    listed = r"(?!\s*,)" if len(words) > 1 else ""
    for word in words:
        tool = re.escape(word)
        alone = (
            rf"\b(?:{_ALONE})\s+(?:an? |the |my |\w+ )?{tool}\b",
            rf"\b{tool}\s+(?:only|alone|and nothing else|unaccompanied)\b",
            rf"\b{tool}\s*(?:and|&|\+)\s*(?:a |one )?(?:voice|vocals?|singer)\b{listed}",
            rf"\b(?:voice|vocals?)\s*(?:and|&|\+)\s*(?:an? )?{tool}\b\s*(?:$|[,.;])",
            rf"\b(?:duo|trio|quartet|quintet)\s*(?:of|for|with|:|\()\s*(?:an? |two )?{tool}\b",
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
    if found["clock"]:
        minutes, _, seconds = found["clock"].partition(":")
        return found[0], 60.0 * int(minutes) + int(seconds)
    value = _counted(found["count"]) + 0.5 * bool(found["half"] or found["more_half"])
    odd = found["rest"] or found["odd"]
    rest = _counted(odd) if odd else 0.0
    return found[0], value * (60.0 if found["minutes"] else 1.0) + rest


def _counted(word: str) -> float:
    return _IN_WORDS.get(word.lower()) or float(word.replace(",", "."))

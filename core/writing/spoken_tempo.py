"""A tempo that is written in words, in figures: "about ninety", "hundertzwanzig BPM", "noventa bpm"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from core.writing.numerals import spoken_number

_LOWEST_BPM, _HIGHEST_BPM = 40, 220
_NUMBERS = (
    ("zehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig", "hundert einhundert", ""),
    ("tien twintig dertig veertig vijftig zestig zeventig tachtig negentig", "honderd", ""),
    ("diez veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", "cien ciento", " "),
    ("dez vinte trinta quarenta cinquenta sessenta setenta oitenta noventa", "cem cento", " e "),
    ("dieci venti trenta quaranta cinquanta sessanta settanta ottanta novanta", "cento", ""),
    ("dix vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix", "cent", " "),
)
"""Tens, the words for a hundred, and what stands between the two."""
_ABOUT = (
    "about|around|roughly|approximately|circa|ca\\.|etwa|ungefähr|rund|environ|vers|alrededor de|unos|"
    "cerca de|circa|ongeveer|rond"
)
_NO_LETTERS = r"[\W_]+"
_UNIT = (
    r"(?:bpm|b\.p\.m\.|beats?\s+(?:per|a)\s+minute|schläge\w*|battements|pulsaciones|batidas|battiti|slagen)"
)


def tempo_in_figures(text: str) -> str:
    """Return a prompt with its tempo in figures, where it is written in words; itself else.

    A number is a tempo by its unit, behind "tempo", or, alone between commas, behind "at" or "about".
    """
    # Every number ends with one of a few words; a prompt without them needs no pattern of all numbers.
    if _ends().isdisjoint(_plain(text, _NO_LETTERS).split()):
        return text
    return _pattern().sub(_in_figures, text)


def _in_figures(found: re.Match[str]) -> str:
    words = next(found[name] for name in ("with_unit", "named", "alone") if found[name])
    return found[0].replace(words, str(_values()[_plain(words)])) + ("" if found["with_unit"] else " bpm")


@cache
def _values() -> dict[str, int]:
    """Return every tempo in words, in lower case with single spaces, and its figure."""
    return dict(_spoken())


def _spoken() -> Iterator[tuple[str, int]]:
    for bpm in range(_LOWEST_BPM, _HIGHEST_BPM + 1):
        words = spoken_number(str(bpm))
        yield " ".join(words), bpm
        if words[0] in ("one", "two") and words[1] == "hundred":
            yield " ".join([*words[:2], "and", *words[2:]]), bpm
            yield " ".join([words[0], *words[2:]]), bpm
            yield " ".join(["a", *words[1:]] if words[0] == "one" else words), bpm
    for tens, hundreds, between in _NUMBERS:
        for at, ten in enumerate(tens.split(), start=1):
            if at * 10 >= _LOWEST_BPM:
                yield _plain(ten), at * 10
            for hundred in hundreds.split():
                yield _plain(f"{hundred}{between}{ten}"), 100 + at * 10
        yield from ((hundred, 100) for hundred in hundreds.split())


@cache
def _pattern() -> re.Pattern[str]:
    numbers = sorted(_values(), key=len, reverse=True)
    number = "|".join(re.escape(words).replace(r"\ ", r"[\s-]+") for words in numbers if words not in _DIGITS)
    return re.compile(
        rf"\b(?P<with_unit>{number})(?=[\s-]*{_UNIT}\b)"
        rf"|\b(?:tempo|bpm)\s*(?:is|of|:|=)?\s*(?:{_ABOUT})?\s*(?P<named>{number})\b"
        rf"|(?:(?<=^)|(?<=[,;.|]\s))(?:(?:at|{_ABOUT})\s+)+(?P<alone>{number})(?=\s*(?:[,;.|]|$))",
        re.I,
    )


_DIGITS = frozenset({"one", "two"})
"""What is left of "one hundred" without its hundred is no tempo."""


@cache
def _ends() -> frozenset[str]:
    return frozenset(words.rpartition(" ")[2] for words in _values() if words not in _DIGITS)


def _plain(words: str, between: str = r"[\s-]+") -> str:
    return " ".join(re.split(between, words.lower()))

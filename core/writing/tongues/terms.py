"""Looking up a term of another language: a phrase of a prompt in the words that the studio's tables know."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from core.writing.tongues import latin, scripts

_ARABIC_PREFIX = re.compile("^[وبل]?(?:ال|لل)?")
"""And, with or for, and the article, which Arabic writes as one with the word."""


def _folded(text: str) -> str:
    """Return a text without case and accents; other scripts keep their marks."""
    plain = []
    for written in text.casefold().replace("ß", "ss").replace("ł", "l").replace("ı", "i").replace("ё", "е"):
        latin_letter = "LATIN" in unicodedata.name(written, "")
        plain.append(unicodedata.normalize("NFD", written)[0] if latin_letter else written)
    return "".join(plain)


@cache
def _terms(languages: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return terms with their English ones, as the tables list them."""
    found = []
    for text in languages:
        for row in " ".join(text.split()).split("; "):
            english, _, terms = row.partition(": ")
            found += [
                (" ".join(_folded(term).replace("-", " ").split()), english) for term in terms.split(", ")
            ]
    return tuple(found)


@cache
def _exact() -> dict[str, str]:
    every = _terms((*latin.LATIN, *scripts.SPACED, *scripts.UNSPACED))
    return {term: english for term, english in reversed(every) if "*" not in term}


@cache
def _stems() -> dict[str, list[tuple[re.Pattern[str], str]]]:
    """Return patterns of terms with open endings, by their first two letters."""
    found: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    for term, english in _terms((*latin.LATIN, *scripts.SPACED)):
        if "*" in term:
            pattern = re.compile(r"\w*".join(re.escape(part) for part in term.split("*")))
            found.setdefault(term[:2], []).append((pattern, english))
    return found


@cache
def _unspaced() -> re.Pattern[str]:
    terms = sorted({term for term, _ in _terms(scripts.UNSPACED)}, key=len, reverse=True)
    return re.compile("|".join(re.escape(term) for term in terms))


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset(_folded(text).split())


NEGATIONS = _words(f"{latin.NEGATIONS} {scripts.NEGATIONS}")
SMALL_WORDS = _words(f"{latin.SMALL_WORDS} {scripts.SMALL_WORDS}")


def english_of(phrase: str) -> str | None:
    """Return what a phrase of another language means in the studio's words; None when it is not listed."""
    folded = " ".join(_folded(phrase).replace("-", " ").split())
    if folded in _exact():
        return _exact()[folded]
    bare = _ARABIC_PREFIX.sub("", folded, count=1)
    if bare in _exact():
        return _exact()[bare]
    for pattern, english in _stems().get(folded[:2], ()):
        if pattern.fullmatch(folded):
            return english
    return None


def parted(text: str) -> str:
    """Return a text with spaces round the terms of languages that write none."""
    return _unspaced().sub(lambda found: f" {found.group()} ", text)


def is_small(word: str) -> bool:
    """Whether a word of another language only joins others."""
    return _folded(word) in SMALL_WORDS


def negates(word: str) -> bool:
    """Whether a word of another language says that the next is not wanted."""
    return _folded(word) in NEGATIONS

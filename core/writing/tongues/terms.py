"""Looking up a term of another language: a phrase of a prompt in the words that the studio's tables know."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from core.writing.tongues import latin, scripts

_ARABIC_PREFIX = re.compile("^[وبل]?(?:ال|لل)?")
"""And, with or for, and the article, which Arabic writes as one with the word."""

_ELIDED = re.compile("^(?:l|d|un|dell|all|nell)'")
"""An article or preposition that French and Italian write as one with the word."""
_PLAIN = str.maketrans({"ß": "ss", "ł": "l", "ı": "i", "ё": "е", "ø": "o", "æ": "ae"})
_LEAST_PART = 4
"""Shorter words stand within others by chance."""


def _folded(text: str) -> str:
    """Return a text without case and accents; other scripts keep their marks."""
    plain = []
    for written in text.casefold().translate(_PLAIN):
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
_JOINED_HEADS = _words(latin.JOINED_HEADS)
_SHORT = frozenset({"pop", "rap", "kor"})
_OF_ITS_OWN = frozenset(latin.NO_COMPOUNDS.split())
SMALL_WORDS = _words(f"{latin.SMALL_WORDS} {scripts.SMALL_WORDS}")


def english_of(phrase: str) -> str | None:
    """Return what a phrase of another language means in the studio's words; None when it is not listed."""
    folded = " ".join(_folded(phrase).replace("-", " ").split())
    if folded in _exact():
        return _exact()[folded]
    bare = _ARABIC_PREFIX.sub("", _ELIDED.sub("", folded, count=1), count=1)
    if bare in _exact():
        return _exact()[bare]
    for pattern, english in _stems().get(bare[:2], ()):
        if pattern.fullmatch(bare):
            return english
    return None


def is_listed(word: str) -> bool:
    """Whether a word stands in a table as it is, and not by its beginning."""
    return _folded(word) in _exact()


def compound(word: str, known: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the parts of a word that German, Dutch or a Nordic language writes as one, else the word.

    ``Klavierballade`` is two terms, ``vioolmuziek`` a term and a word that says nothing. ``known`` says
    whether a part is a term of the studio's.
    """
    folded = _folded(word)
    if (
        len(folded) != len(word)
        or len(folded) < 2 * _LEAST_PART - 1
        or not folded.isalpha()
        or folded in _OF_ITS_OWN
    ):
        return (word,)
    for cut in range(len(word) - 3, _LEAST_PART - 2, -1):
        head = folded[cut:]
        generic = head in _JOINED_HEADS
        if not generic and (len(head) < _LEAST_PART or not known(word[cut:])):
            continue
        for joint in latin.JOINTS:
            first = word[:cut].removesuffix(joint) if joint else word[:cut]
            short = len(first) < _LEAST_PART and _folded(first) not in _SHORT
            if first and folded[:cut].endswith(joint) and not short and known(first):
                return (first,) if generic else (first, word[cut:])
    return (word,)


def parted(text: str) -> str:
    """Return a text with spaces round the terms of languages that write none."""
    return _unspaced().sub(lambda found: f" {found.group()} ", text)


def is_small(word: str) -> bool:
    """Whether a word of another language only joins others."""
    return _folded(word) in SMALL_WORDS


def negates(word: str) -> bool:
    """Whether a word of another language says that the next is not wanted."""
    return _folded(word) in NEGATIONS

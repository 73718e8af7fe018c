"""How an English word sounds: its phones, syllable count, stress and rhyme, from the CMU dictionary.

The dictionary (``pronouncing``, 134,000 words) is read on first use. A word that it lacks is guessed from
its spelling; guesses are good enough to sing on and are never taken for a true rhyme.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

_VOWEL_TEXT = "aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿаеёиоуыэюяіїєαεηιουωάέήίόύώ"
VOWEL_LETTERS = frozenset(_VOWEL_TEXT)
_VOWEL_RUN = re.compile(f"[{_VOWEL_TEXT}]+")
_SILENT_ENDING = re.compile(r"(?<=[^aeiouyl])es?$|(?<=[aeiouy]l)es?$|(?<=[^aeiouytd])ed$")
_HISSED = re.compile(r"(?:[cszxg]|ch|sh)es$")
_HIATUS = re.compile(r"i(?:a|o|um|us|ety)|eo|ua(?!r)|ue[lt]|ying|oi(?=ng)|ei(?=ng)")
_SWALLOWED = re.compile(r"(?<=[ct])ion|(?<=[ct])ia(?=[nl])|(?<=[gqs])ua")


@cache
def _dictionary() -> Any:
    import pronouncing

    pronouncing.init_cmu()
    return pronouncing


@lru_cache(maxsize=16_384)
def phones_of(word: str) -> tuple[str, ...]:
    """Return the word's ARPAbet phones, vowels with their stress digit; empty when the dictionary lacks it.

    Of several pronunciations the shortest is taken: "fire" and "hour" are sung on one note, "every" on two.
    """
    bare = word.lower().replace("’", "'")
    found = _dictionary().phones_for_word(bare)
    if not found and bare.endswith("in'"):
        found = [_unclosed(phones) for phones in _dictionary().phones_for_word(bare[:-1] + "g")]
    if not found and "'" in bare:
        found = _dictionary().phones_for_word(bare.strip("'"))
    if not found:
        return ()
    shortest: str = found[0] if bare.endswith("n't") else min(found, key=_vowels_in)
    return tuple(shortest.split())


def syllable_count(word: str) -> int:
    """Return how many syllables a word has, at least 1."""
    phones = phones_of(word)
    if phones:
        return max(1, sum(phone[-1].isdigit() for phone in phones))
    return max(1, len(guessed_vowels(word)))


def stress_of(word: str) -> tuple[int, ...]:
    """Return 1 (main), 2 (side) or 0 for each syllable; a word of unknown sound has its stress in front."""
    marks = tuple(int(phone[-1]) for phone in phones_of(word) if phone[-1].isdigit())
    return marks or (1, *(0,) * (syllable_count(word) - 1))


def rhyme_of(word: str) -> str:
    """Return the word's sound from its last stressed vowel on, "" when the dictionary lacks it.

    Two different words rhyme when these are equal ("night" and "light" have "AY T").
    """
    phones = phones_of(word)
    stressed = [at for at, phone in enumerate(phones) if phone[-1] in "12"]
    vowels = [at for at, phone in enumerate(phones) if phone[-1].isdigit()]
    if not vowels:
        return ""
    start = (stressed or vowels)[-1]
    return " ".join(phone.rstrip("012") for phone in phones[start:])


def rhymes(one: str, other: str) -> bool:
    """Return whether two different words rhyme truly: alike from the last stressed vowel on."""
    return one.lower() != other.lower() and rhyme_of(one) != "" and rhyme_of(one) == rhyme_of(other)


def guessed_vowels(word: str) -> tuple[tuple[int, int], ...]:
    """Return the (start, stop) of each run of letters that is sounded as a vowel, by spelling alone."""
    bare = word.lower().replace("’", "'")
    runs: list[tuple[int, int]] = []
    for run in _VOWEL_RUN.finditer(bare):
        start, stop = run.span()
        if start == 0 and bare[0] == "y" and stop > 1:
            start = 1
        if start and bare[start - 1] == "q" and bare[start] == "u" and stop - start > 1:
            start += 1
        runs += _parted(bare, start, stop)
    ending = _SILENT_ENDING.search(bare)
    if ending and len(runs) > 1 and not _HISSED.search(bare) and runs[-1][0] >= ending.start():
        runs.pop()
    return tuple(runs)


def _parted(word: str, start: int, stop: int) -> list[tuple[int, int]]:
    """Part a run of vowel letters where two are sounded apart ("li-on", "cre-ate")."""
    for found in _HIATUS.finditer(word, start):
        at = found.start() + 1
        if at >= stop:
            break
        if not _SWALLOWED.search(word, found.start(), found.end() + 1):
            return [(start, at), (at, stop)]
    return [(start, stop)]


def _vowels_in(phones: str) -> int:
    return sum(mark in "012" for mark in phones)


def _unclosed(phones: str) -> str:
    """Return "-ing" as "-in'"."""
    return phones[:-2] + "N" if phones.endswith("NG") else phones

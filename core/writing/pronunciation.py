"""How an English word sounds: its phones, syllable count, stress and rhyme, from the CMU dictionary.

A word that the dictionary lacks is guessed from its spelling; guesses are good enough to sing on and are
never taken for a true rhyme.
"""

from __future__ import annotations

import re
from functools import lru_cache

from core.writing.dictionary import phones_listed

_VOWEL_TEXT = "aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿаеёиоуыэюяіїєαεηιουωάέήίόύώ"
VOWEL_LETTERS = frozenset(_VOWEL_TEXT)
_VOWEL_RUN = re.compile(f"[{_VOWEL_TEXT}]+")
_SILENT_ENDING = re.compile(r"(?<=[^aeiouyl])es?$|(?<=[aeiouy]l)es?$|(?<=[^aeiouytd])ed$")
_HISSED = re.compile(r"(?:[cszxg]|ch|sh)es$")
_HIATUS = re.compile(r"i(?:a|o|um|us|ety)|eo|ua(?!r)|ue[lt]|ying|oi(?=ng)|ei(?=ng)")
_SWALLOWED = re.compile(r"(?<=[ct])ion|(?<=[ct])ia(?=[nl])|(?<=[gqs])ua")


@lru_cache(maxsize=16_384)
def phones_of(word: str) -> tuple[str, ...]:
    """Return the word's ARPAbet phones, vowels with their stress digit; empty when they are not known.

    Of several pronunciations the shortest is taken: "fire" and "hour" are sung on one note, "every" on two.
    An inflected word that the dictionary lacks ("hummed", "drummer's") sounds as its stem does.
    """
    found = _pronunciations(_bare(word))
    if not found:
        return ()
    return found[0] if _bare(word).endswith("n't") else min(found, key=_vowels_in)


@lru_cache(maxsize=16_384)
def _pronunciations(bare: str) -> tuple[tuple[str, ...], ...]:
    found = phones_listed(bare)
    if not found and bare.endswith("in'"):
        found = tuple(_unclosed(phones) for phones in phones_listed(bare[:-1] + "g"))
    if not found and "'" in bare.strip("'"):
        found = _with_ending(bare.partition("'")[0], bare)
    return found or _inflected(bare) or _joined(bare)


def _inflected(bare: str) -> tuple[tuple[str, ...], ...]:
    """Return the sound of an unlisted "-s" or "-ed" form from that of its stem."""
    if len(bare) < 5 or not bare.endswith(("s", "ed")):
        return ()
    stems = [bare[:-1], bare[:-2]]
    if bare[-3] == bare[-4]:
        stems.append(bare[:-3])
    for stem in stems:
        if found := _with_ending(stem, bare):
            return found
    return ()


def _joined(bare: str) -> tuple[tuple[str, ...], ...]:
    """Return the sound of an unlisted word that is two listed ones ("street" + "lights")."""
    for at in range(len(bare) - 4, 3, -1):
        heads, tails = phones_listed(bare[:at]), phones_listed(bare[at:])
        if heads and tails:
            return ((*heads[0], *tails[0]),)
    return ()


def _with_ending(stem: str, bare: str) -> tuple[tuple[str, ...], ...]:
    """Return the stem's sounds with the sound of a final s or d that suits them."""
    hissing, voiceless = {"S", "Z", "SH", "CH", "ZH", "JH"}, {"P", "T", "K", "F", "TH"}
    out = []
    for phones in phones_listed(stem):
        last = phones[-1]
        if bare.endswith("s"):
            ending = ("IH0", "Z") if last in hissing else ("S",) if last in voiceless else ("Z",)
        elif bare.endswith("d"):
            still = {*voiceless, "S", "SH", "CH"}
            ending = ("IH0", "D") if last in ("T", "D") else ("T",) if last in still else ("D",)
        else:
            return ()
        out.append((*phones, *ending))
    return tuple(out)


def _bare(word: str) -> str:
    return word.lower().replace("’", "'")


def syllable_count(word: str) -> int:
    """Return how many syllables a word has, at least 1."""
    phones = phones_of(word)
    if phones:
        return max(1, sum(phone[-1].isdigit() for phone in phones))
    return max(1, len(guessed_vowels(word)))


@lru_cache(maxsize=16_384)
def rhyme_sounds(word: str) -> frozenset[str]:
    """Return what the word sounds like from its last stressed vowel on, in each of its pronunciations.

    Empty when the dictionary lacks it. "near" and "here", "on" and "gone" count as one sound.
    """
    return frozenset(_rhyming_part(phones) for phones in _pronunciations(_bare(word)))


def rhymes(one: str, other: str) -> bool:
    """Return whether two different words rhyme truly: alike from the last stressed vowel on."""
    return _bare(one) != _bare(other) and bool(rhyme_sounds(one) & rhyme_sounds(other))


def _rhyming_part(phones: tuple[str, ...]) -> str:
    vowels = [at for at, phone in enumerate(phones) if phone[-1].isdigit()]
    stressed = [at for at in vowels if phones[at][-1] in "12"]
    if not vowels:
        return " ".join(phones)
    sound = " ".join(phone.rstrip("012") for phone in phones[(stressed or vowels)[-1] :])
    return sound.replace("IY R", "IH R").replace("AO N", "AA N")


def guessed_vowels(word: str) -> tuple[tuple[int, int], ...]:
    """Return the (start, stop) of each run of letters that is sounded as a vowel, by spelling alone."""
    bare = _bare(word)
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


def _vowels_in(phones: tuple[str, ...]) -> int:
    return sum(phone[-1].isdigit() for phone in phones)


def _unclosed(phones: tuple[str, ...]) -> tuple[str, ...]:
    """Return "-ing" as "-in'"."""
    return (*phones[:-1], "N") if phones[-1] == "NG" else phones

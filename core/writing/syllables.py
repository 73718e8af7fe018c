"""Cutting text into sung words, and words into written syllables: "morning" is sung "morn" + "ing"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from core.song import Line
from core.writing.letters import vowel_places
from core.writing.numerals import spoken_number
from core.writing.pronunciation import phones_of

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’ʼ][^\W\d_]+)*(?:(?<=in)['’](?!\w))?|[&%@+]")
_SIGNS = {"&": "and", "%": "percent", "@": "at", "+": "plus"}
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Scripts whose signs are sung one by one."""
_ONSETS_TEXT = """
b c d f g h j k l m n p qu r s t v w x y z bl br ch chr cl cr dr dw fl fr gl gr kl kr ph phr phl pl pr rh sh
shr th thr tr tw wh
"""
_ONSETS = frozenset(_ONSETS_TEXT.split())
_KEPT = ("ck", "ng", "tch", "dg", "x")
"""Spellings that close a syllable rather than open the next."""
_SINGLE = frozenset((*"bcdfgklmnprstvxz", "th", "sh", "ch", "ph", "ck", "ng"))
_SHORT = ("AE1", "EH1", "IH1", "AH1", "UH1", "AE2", "EH2", "IH2")
"""Vowels that keep the consonant after them: "riv-er", "mem-o-ry"."""
_BOUND = ("ing", "in'", "er", "est", "ed", "es", "en", "ish", "y", "ly", "less", "ness", "ful", "ment")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words that are sung: letters and inner apostrophes; figures spelled out, emoji left out."""
    words: list[str] = []
    for token in _TOKEN.findall(unicodedata.normalize("NFC", text)):
        if token[0].isdecimal():
            words += spoken_number(token)
        elif token in _SIGNS:
            words.append(_SIGNS[token])
        elif any(sign.isalpha() for sign in token):
            words += _NO_SPACES.sub(r" \g<0> ", token.replace("’", "'").replace("ʼ", "'")).split()
    return tuple(words)


def line_of(text: str) -> Line:
    """Return one line of lyrics with its words cut into syllables."""
    tidy = " ".join(text.split())
    return Line(text=tidy, syllables=tuple(part for word in words_of(tidy) for part in syllables_of(word)))


@lru_cache(maxsize=16_384)
def syllables_of(word: str) -> tuple[str, ...]:
    """Return the word's written syllables; joined together they are the word."""
    phones = phones_of(word)
    for at in _seams(word.lower(), phones):
        head, tail = word[:at], word[at:]
        return (*syllables_of(head), *(syllables_of(tail) if phones_of(tail) else (tail,)))
    places = vowel_places(word, phones)
    sounded = [phone for phone in phones if phone[-1].isdigit()] or [""] * len(places)
    cuts = [
        _cut(word, left[1], right[0], vowel)
        for left, right, vowel in zip(places, places[1:], sounded, strict=False)
    ]
    edges = [0, *cuts, len(word)]
    if any(stop <= start for start, stop in pairwise(edges)):
        edges = _even(len(word), len(cuts) + 1)
    return tuple(word[start:stop] for start, stop in pairwise(edges))


def _even(letters: int, parts: int) -> list[int]:
    """Return edges for letters that are named one by one ("PM"), or as many parts as there are letters."""
    parts = min(letters, parts)
    return [round(letters * part / parts) for part in range(parts + 1)]


def _seams(word: str, phones: Sequence[str]) -> list[int]:
    """Return where a word is joined from two that sound as they do alone ("some" + "times")."""
    bare = tuple(phone.rstrip("012") for phone in phones)
    if sum(phone[-1].isdigit() for phone in phones) < 2:
        return []
    for ending in _BOUND:
        at = len(word) - len(ending)
        if word.endswith(ending) and at >= 3 and _is_stem(word[:at], bare):
            doubled = word[at - 1] == word[at - 2] and word[at - 1] not in "lszf"
            return [] if doubled else [at]
    for at in range(3, len(word) - 2):
        if _sound(word[:at]) + _sound(word[at:]) == bare and _sound(word[:at]) and _sound(word[at:]):
            return [at]
    return []


def _is_stem(stem: str, sound: tuple[str, ...]) -> bool:
    """Whether ``sound`` begins with the sound of ``stem`` (or of ``stem`` + e) and goes on with a vowel."""
    for spelling in (stem, stem + "e"):
        known = _sound(spelling)
        if known and sound[: len(known)] == known and len(known) < len(sound):
            return any(phone[0] in "AEIOU" for phone in sound[len(known) :])
    return False


def _sound(word: str) -> tuple[str, ...]:
    return tuple(phone.rstrip("012") for phone in phones_of(word))


def _cut(word: str, start: int, stop: int, vowel: str) -> int:
    """Return where to cut between a vowel that ends at ``start`` and one that begins at ``stop``."""
    between = word[start:stop].lower()
    if not between:
        return start
    if between == "dn":
        return start + 1
    silent = max(between.rfind("e"), between.rfind("'"))
    if silent >= 0:
        return start + silent + 1
    if len(between) > 1 and between[0] == between[1]:
        return start + 1
    if between in _KEPT or (between in _SINGLE and vowel in _SHORT):
        return stop
    for length in range(min(4, len(between)), 0, -1):
        if between[len(between) - length :] in _ONSETS and not _splits_pair(between, length):
            return stop - length
    return start + (len(between) + 1) // 2


def _splits_pair(between: str, length: int) -> bool:
    """Whether cutting ``length`` letters off would tear "th", "sh" or the like apart."""
    at = len(between) - length
    return at > 0 and between[at - 1 : at + 1] in ("th", "sh", "ch", "ph", "wh", "gh", "ck", "qu", "ng")

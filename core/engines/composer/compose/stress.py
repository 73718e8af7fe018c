"""How strongly each syllable of a line is stressed, from the pronouncing dictionary."""

from __future__ import annotations

import re
from functools import lru_cache

from core.writing.dictionary import phones_listed

_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LIGHT_TEXT = """
a an the and or but of in on at to for from with by as is are was were be been am i my me we us our you your
he him his she her it its they them their that this if so than then when while do does did have has had can
could will would
i'm you're we're it's i'll you'll we'll don't
"""
_LIGHT = frozenset(_LIGHT_TEXT.split())


def stresses(text: str, syllables: tuple[str, ...]) -> tuple[float, ...]:
    """Return 0 (light) to 1 (stressed) for each written syllable of ``text``."""
    out: list[float] = []
    at = 0
    for word in _LETTERS.findall(text):
        count = _syllables_of(word, syllables, at)
        out.extend(_word_stress(word.lower().replace("’", "'"), count))
        at += count
    out.extend([0.5] * (len(syllables) - len(out)))
    return tuple(out[: len(syllables)])


def _syllables_of(word: str, syllables: tuple[str, ...], at: int) -> int:
    """How many of the syllables from ``at`` on spell ``word``."""
    wanted = len(_bare(word))
    taken = count = 0
    while at + count < len(syllables) and taken < wanted:
        taken += len(_bare(syllables[at + count]))
        count += 1
    return count


def _bare(text: str) -> str:
    return "".join(letter for letter in text if letter.isalpha())


@lru_cache(maxsize=4096)
def _word_stress(word: str, count: int) -> tuple[float, ...]:
    if count <= 1:
        return (0.1 if word in _LIGHT else 0.8,) * count
    marks = _dictionary_stress(word)
    if len(marks) != count:
        return (0.9, *(0.2 for _ in range(count - 1)))
    return tuple({"1": 1.0, "2": 0.55, "0": 0.05}[mark] for mark in marks)


def _dictionary_stress(word: str) -> str:
    listed = phones_listed(word)
    return "".join(phone[-1] for phone in listed[0] if phone[-1].isdigit()) if listed else ""

"""A song's title: the subject its prompt names, else its theme, else its mood and genre."""

from __future__ import annotations

import random
import re

from core.song import Lyrics
from core.writing.corpus import themes
from core.writing.reading import Reading
from core.writing.themes import called_themes, own_subject

_SUBJECT = re.compile(
    r"\b(?:about|called|titled|named)\s++[\"“']?(.+?)"
    r"(?=[,.;:!?\"”\n]|(?<!\s)\s++(?:with|in|at|and then)\b|$)",
    re.I,
)
_PLAIN_TEXT = """
First Light, Open Window, Second Coffee, Paper Boats, Long Way Round, Quiet Street, Half Past Nine,
Corner Table, Borrowed Coat, Last Bus Home, Two Left Feet, Little by Little, Spare Key, Side Door,
Back Porch, Old Shoes, Tin Roof, Lucky Shirt, Blue Hour, Slow Train
"""
_PLAIN = tuple(" ".join(title.split()) for title in _PLAIN_TEXT.split(","))
_LINK_TEXT = "a an the and or of in on at to for from with by my your our"
_LINKS = frozenset(_LINK_TEXT.split())
_MOST_WORDS = 5
_MOST_CHARACTERS = 48


def title_of(prompt: str, reading: Reading, genre: str, rng: random.Random, typed: Lyrics | None) -> str:
    """Return a title of at most five words; that of typed lyrics when they carry one.

    Words that were not understood never make one.
    """
    if typed is not None and typed.title.strip():
        return typed.title.strip()[:_MOST_CHARACTERS]
    if own := own_subject(prompt):
        return _cased(own.split())
    subject = _SUBJECT.search(prompt)
    if subject and re.search(r"[^\W\d_]", subject.group(1)):
        return _cased(subject.group(1).split())
    if called := called_themes(prompt):
        return _cased(themes()[called[0]].image.split())
    if reading.moods:
        return _cased([reading.moods[0].name, genre])
    return rng.choice(_PLAIN)


def _cased(words: list[str]) -> str:
    kept = words[:_MOST_WORDS]
    while len(kept) > 1 and kept[-1].lower() in _LINKS:
        kept.pop()
    cased = [
        word if index and word.lower() in _LINKS else word[:1].upper() + word[1:]
        for index, word in enumerate(kept)
    ]
    return " ".join(cased)[:_MOST_CHARACTERS].strip(" '\"")

"""Whose voice the prompt asks for: a man's, a woman's, or both in a duet."""

from __future__ import annotations

import re
from dataclasses import dataclass

_VOICE_OF = re.compile(
    r"(?<![\w-])(?:(?P<low>(?:deep|low)(?=\s+(?:lead|vocals?|vocalist|voice|singer))"
    r"|male|man|man's|men|boy band|baritones?|tenors?|crooners?|bass voice|bass singer)"
    r"|(?P<high>female|woman|woman's|women|girl(?: group| band)?|soprano|alto|mezzo))(?![\w-])"
    r"(?!\s+(?:sax\w*|horns?|flute|trombone|choir))"
    r"(?:[\s-]+(?:lead|vocals?|vocalist|voice|singer|singing))*",
    re.I,
)
"""Words for whose voice it is, with what is said of it."""
_A_VOICE_IN_ITSELF = re.compile(r"baritone|tenor|crooner|soprano|alto|mezzo|vocal|voice|sing", re.I)
_ABOUT = r"(?:about|called|titled|named|of)\s+(?:(?!(?:with|by|sung|in)\b)[\w']+\s+){0,3}"
_UNWANTED = r"(?:no|without|minus|not|never|zero|sans)\s+(?:any\s+)?"
_NOT_WANTED = re.compile(rf"\b(?:{_ABOUT}|{_UNWANTED})$", re.I)
_UNWANTED_BEFORE = re.compile(rf"\b{_UNWANTED}$", re.I)
_NOT_THE_SINGER = re.compile(
    r"\b(?:for|to|my|your|old|young|little|one)\s+(?:(?!(?:with|by|sung|in)\b)[\w']+\s+){0,3}$", re.I
)


@dataclass(frozen=True)
class Singers:
    """What was read: the words for it, whose voices, and the text without them."""

    words: tuple[str, ...]
    low: bool
    high: bool
    text: str


def read_singers(text: str) -> Singers:
    """Read whose voice sings.

    A man or woman that the song is about is not its singer, and a voice that is not wanted is none.
    """
    words: list[str] = []
    low = high = False
    out, at = [], 0
    for found in _VOICE_OF.finditer(text):
        before = text[: found.start()]
        singer = _A_VOICE_IN_ITSELF.search(found[0]) or not _NOT_THE_SINGER.search(before)
        unwanted = _UNWANTED_BEFORE.search(before)
        if unwanted and _A_VOICE_IN_ITSELF.search(found[0]):
            # Who is not to be a man is a woman.
            low, high = low or bool(found["high"]), high or bool(found["low"])
            words.append(f"no {found[0].lower()}")
            out.append(text[at : unwanted.start()])
            at = found.end()
            continue
        if not singer or _NOT_WANTED.search(before):
            continue
        low, high = low or bool(found["low"]), high or bool(found["high"])
        words.append(found[0].lower())
        out.append(text[at : found.start()])
        at = found.end()
    return Singers(tuple(words), low, high, " ".join([*out, text[at:]]))


def says_who_sings(phrase: str) -> bool:
    """Return whether the whole of a phrase of several words says whose voice it is ("female vocals")."""
    found = _VOICE_OF.fullmatch(phrase)
    return found is not None and " " in phrase

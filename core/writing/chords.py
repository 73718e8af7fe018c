"""How chords are written in a plan: roman numerals, degrees of the major scale ("i", "bVI", "V7")."""

from __future__ import annotations

import re

NUMERAL = re.compile(r"([b#]?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(.*)")
SUFFIXES = ("", "7", "maj7", "add9", "sus4", "sus2", "ø7", "dim", "6", "9")
"""What may stand behind a numeral."""


def is_chord(text: str) -> bool:
    """Return whether ``text`` is a chord that the band knows."""
    match = NUMERAL.fullmatch(text)
    return match is not None and match[3] in SUFFIXES

"""Keys as other languages write them, in English: "la mineur", "H-Moll", "ля минор", "イ短調", "A小调"."""

from __future__ import annotations

import re

_SOLFEGE = {
    "do": "C",
    "ut": "C",
    "re": "D",
    "ré": "D",
    "mi": "E",
    "fa": "F",
    "sol": "G",
    "la": "A",
    "si": "B",
}
_CYRILLIC = {"до": "C", "ре": "D", "ми": "E", "фа": "F", "соль": "G", "ля": "A", "си": "B"}
_KANA = {"ハ": "C", "ニ": "D", "ホ": "E", "ヘ": "F", "ト": "G", "イ": "A", "ロ": "B"}
_HANGUL = {"다": "C", "라": "D", "마": "E", "바": "F", "사": "G", "가": "A", "나": "B"}
_MODE = r"(?P<minor>menor|mineur|minore|minör|минор\w*)|(?P<major>mayor|maior|majeur|maggiore|majör|мажор\w*)"
"""Without the English words: "do major" are words of a sentence."""
_SHARP = r"#|♯|[-\s]?(?:sostenido|dièse|diese|diesis|sustenido|диез)"
_FLAT = r"b|♭|[-\s]?(?:bemol|bémol|bemolle|бемоль)"
_NAMED = re.compile(
    rf"(?<!\w)(?P<tonic>{'|'.join([*_SOLFEGE, *_CYRILLIC])})(?:(?P<sharp>{_SHARP})|(?P<flat>{_FLAT}))?"
    rf"[-\s]+(?:{_MODE})(?!\w)",
    re.I,
)
_EAST = re.compile(
    rf"(?P<flat>変|내림|降)?(?P<sharp>嬰|올림|升)?(?P<tonic>[{''.join([*_KANA, *_HANGUL])}])\s*"
    r"(?:(?P<minor>短調|단조)|(?P<major>長調|장조))"
)
_LETTER = re.compile(
    r"(?<![A-Za-z])(?P<flat>降)?(?P<sharp>升)?(?P<tonic>[A-Ga-g][#♯b♭]?)\s*"
    r"(?:(?P<minor>小调|小調|短調|マイナー|단조|마이너)|(?P<major>大调|大調|長調|メジャー|장조|메이저))"
)
_GERMAN = re.compile(
    r"(?<!\w)(?P<tonic>as|es|[a-h])(?P<ending>is|es|s)?[-\s](?:(?P<minor>moll)|(?P<major>dur))(?!\w)", re.I
)
"""German letters: B is B flat, H is B; -is raises, -es lowers."""


def keys_in_english(text: str) -> str:
    """Return a text in which keys are written as in "F# minor"; all else stays."""
    text = _GERMAN.sub(_of_german, text)
    text = _LETTER.sub(lambda found: _key(found, found["tonic"][0].upper() + found["tonic"][1:]), text)
    text = _EAST.sub(lambda found: _key(found, {**_KANA, **_HANGUL}[found["tonic"]]), text)
    return _NAMED.sub(lambda found: _key(found, {**_SOLFEGE, **_CYRILLIC}[found["tonic"].lower()]), text)


def _key(found: re.Match[str], tonic: str) -> str:
    accidental = "#" if found["sharp"] else "b" if found["flat"] else ""
    return f" {tonic}{accidental} {'minor' if found['minor'] else 'major'} "


def _of_german(found: re.Match[str]) -> str:
    letter, ending = found["tonic"].lower(), (found["ending"] or "").lower()
    tonic = {"h": "B", "b": "Bb", "as": "Ab", "es": "Eb"}.get(letter, letter.upper())
    if ending:
        tonic = ("B" if letter == "h" else letter[0].upper()) + ("#" if ending == "is" else "b")
    return f" {tonic} {'minor' if found['minor'] else 'major'} "

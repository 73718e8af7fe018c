"""Text in MIDI files: bytes of no stated encoding, with control signs among them.

mido hands them on as Latin-1. What they are is found by which letters are common in which language.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LATIN = "latin-1"


@dataclass(frozen=True)
class _Encoding:
    name: str
    common: frozenset[str]
    """Signs that make up a good part of any text in its languages."""
    least: float
    """Share of the signs beyond ASCII that must be among them."""


_KANA = "のにはをたがでてとしれさいるなかもうきっらりあこよまくんそみだけつすえせねおわひほちめむ"
_HANGUL = "이는은가을를에나너사랑하고다의지그내도어아기해한로리마서자라우안대날"
_HANZI = "的我你是了不在一有人天心爱情这那来去想要就都说也和他她们到过好没上里"
_HEBREW = "יוהלאמרשתבנםחקע"
_ARABIC = "اليمونرتبهعدحكسقةف"
_THAI = "านรอเกมยลวสดทต่้ิีัะไคปใ"
_BIG5 = "我你的是不在有人一天心愛情這那來去想要就都說也和他她們到過好沒上裡"
_ENCODINGS = (
    _Encoding("cp1251", frozenset("оеаинтсрвлкмдь"), 0.55),
    _Encoding("cp1253", frozenset("αοιετσνηυρπκάόίέ"), 0.55),
    _Encoding("shift_jis", frozenset(_KANA), 0.3),
    _Encoding("euc_kr", frozenset(_HANGUL), 0.25),
    _Encoding("cp1255", frozenset(_HEBREW), 0.65),
    _Encoding("cp1256", frozenset(_ARABIC), 0.65),
    _Encoding("cp874", frozenset(_THAI), 0.6),
    _Encoding("big5", frozenset(_BIG5), 0.12),
    _Encoding("cp1254", frozenset("ğışçöüâîû"), 0.95),
    _Encoding("gb18030", frozenset(_HANZI), 0.12),
    _Encoding("cp1250", frozenset("ěščřžýáíéůúťďňłąęćśźżőűóöüäŕĺľôş"), 0.85),
)

_OF_LATIN_LETTERS = ("cp1250", "cp1254")
"""Most of a text in these is ASCII."""


def encoding_of(texts: Iterable[str]) -> str | None:
    """Return the encoding of texts read as Latin-1; None when they are letters of none that is known."""
    data = "".join(texts).encode(LATIN, "ignore")
    high = sum(byte >= 0x80 for byte in data)
    if not high:
        return LATIN
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    letters = high + sum(chr(byte).isalpha() for byte in data if byte < 0x80)
    best, likeness = None, 0.0
    for encoding in _ENCODINGS:
        share = _share(data, encoding)
        if share >= encoding.least and share / encoding.least > likeness:
            if encoding.name in _OF_LATIN_LETTERS and _is_latin(data):
                continue
            best, likeness = encoding.name, share / encoding.least
    if best is not None and (best in _OF_LATIN_LETTERS or high > 0.3 * letters):
        return best
    return LATIN if high <= 0.3 * letters else None


def _share(data: bytes, encoding: _Encoding) -> float:
    try:
        text = data.decode(encoding.name)
    except UnicodeDecodeError:
        return 0.0
    beyond = [sign.lower() for sign in text if ord(sign) >= 0x80]
    return sum(sign in encoding.common for sign in beyond) / len(beyond) if beyond else 0.0


def _is_latin(data: bytes) -> bool:
    """Whether the bytes beyond ASCII are letters of Western languages alone."""
    beyond = [sign.lower() for sign in data.decode(LATIN) if ord(sign) >= 0x80]
    western = frozenset("àâäáãåæçèéêëìíîïñòóôöõøœùúûüýÿß’«»¡¿ªº´")
    return sum(sign in western for sign in beyond) >= 0.9 * len(beyond)


def decoded(text: str, encoding: str | None = None) -> str:
    """Return text that was read as Latin-1 in its own encoding; without one, as UTF-8 where it is that."""
    try:
        return text.encode(LATIN).decode(encoding or "utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def clean(text: str) -> str:
    """Return a name on one line, without control signs."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in decoded(text)).split())[:120]

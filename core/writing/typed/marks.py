"""Marks within a line that are not sung: repeats, directions, chords, markup."""

from __future__ import annotations

import html
import re

_TIMES = r"(?:[x×*]\s*[1-9]|[1-9]\s*(?:[x×]|times)|bis|twice|repeat|2 fois)"
_REPEAT_END = re.compile(
    rf"(?:[\s,]*[(\[{{]\s*{_TIMES}\s*[)\]}}]|(?:^|\s+)(?:[x×*]\s*[1-9]|[1-9]\s*[x×])|^{_TIMES})\s*$", re.I
)
_SQUARE = re.compile(r"\[[^\[\]]*\]|【[^【】]*】")
_PARENS = re.compile(r"\((?P<inside>[^()]*)\)")
_DIRECTION_TEXT = """
whispered whispering whisper spoken speaking shouted shouting softly quietly loudly slowly fades fade fading
instrumental acapella cappella harmonies harmony harmonized ad-lib ad-libs adlib adlibs laughs laughing sighs
applause cheering noise guitar piano drums drum bass strings solo riff enters enter plays playing stops starts
begins ends tempo male female voice vocals vocal falsetto reverb repeat pause belting humming hummed chanting
rapped rap sung verse chorus bridge intro outro gently
"""
_BESIDE_TEXT = (
    "soft quiet loud out in down up all both the a and to with then beat drop break echo silence music"
)
_STRONG_DIRECTIONS = frozenset(_DIRECTION_TEXT.split())
_DIRECTION_WORDS = _STRONG_DIRECTIONS | frozenset(_BESIDE_TEXT.split())
_ROOT = r"[A-H](?:[#b♯♭]|is|es)?"
_DEGREE = r"(?:maj|M|add|sus|no|omit|[b#♭♯+-])?\d{1,2}"
_KIND = (
    r"(?:maj|min|mi|ma|dim|aug|sus|add|alt|omit|no|m|M|Δ|°|ø|o|\+|-)?"
    rf"(?:\({_DEGREE}\)|{_DEGREE}|sus|maj|dim|aug|add)*+"
)
CHORD = rf"{_ROOT}{_KIND}(?:/(?:[A-H][#b♯♭]?|\d{{1,2}}))?"
"""A chord in any common spelling, without its brackets."""
_INLINE_CHORD = re.compile(rf"\[(?:{CHORD}|N\.?C\.?)[*]?\]")
_PAREN_CHORD = re.compile(rf"\((?!A\)|Am\)){CHORD}\)")
_CHORD_TOKEN = re.compile(rf"^[(\[]?{CHORD}[)\]]?[*]*$")
_SEPARATOR = re.compile(r"^(?:[|:/%~.…–—-]+|N\.?C\.?|\(?[x×]\d\)?|\(?\dx\)?)$", re.I)
_TAG = re.compile(
    r"</?(?:br|p|b|i|u|em|strong|div|span|a|font|center|h[1-6]|small|sup|sub|v|c)(?:[\s.][^<>]*)?/?>", re.I
)
_TAB = re.compile(r"^\s*(?:[EADGBe]|[A-G][#b])?\s*[|:]?[-|\dhpbrstx/\\~()^=XoO.\s]{6,}$")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")


def plain(line: str) -> str:
    """Return a line without HTML, invisible signs and the marks of a quotation or a list."""
    text = html.unescape(_TAG.sub("", _INVISIBLE.sub("", line))).replace("\u00a0", " ")
    text = re.sub(r"^\s*(?:>+\s*|[-•‣]\s+(?=\w))+", "", text)
    text = text.strip().strip("♪♫♬").strip()
    emphasised = re.fullmatch(r"(\*{1,3}|_{1,3})(?P<words>[^*_]+)\1\\?", text)
    return emphasised["words"].strip() if emphasised and "[" not in text else text.rstrip("\\").rstrip()


def repeat_of(text: str) -> tuple[int, str]:
    """Return how often a line or heading is sung, and it without the mark ("x2", "(2x)", "[bis]")."""
    found = _REPEAT_END.search(text)
    if not found:
        return 1, text
    number = re.search(r"[1-9]", found.group())
    return int(number.group()) if number else 2, text[: found.start()].rstrip()


def without_chords(line: str) -> str:
    """Return a line of words without the chords between them."""
    return _PAREN_CHORD.sub("", _INLINE_CHORD.sub("", line))


def directions_out(text: str) -> str:
    """Return a text without what stands in square brackets, and without directions in parentheses."""
    text = _SQUARE.sub(lambda found: found.group() if _is_repeat(found.group()) else " ", text)
    text = _PARENS.sub(lambda found: " " if is_direction(found["inside"]) else found.group(), text)
    return re.sub(r"\s{2,}", " ", text).strip()


def is_direction(inside: str) -> bool:
    """Whether what stands in parentheses tells how it is sung or played, and is no words."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", inside.casefold())
    return bool(words) and set(words) <= _DIRECTION_WORDS and bool(set(words) & _STRONG_DIRECTIONS)


def is_chord_row(line: str) -> bool:
    """Whether a line holds chords and nothing else: two at least, or one that is no word."""
    tokens = line.replace("|", " | ").split()
    chords = [token for token in tokens if _CHORD_TOKEN.match(token)]
    if not chords or any(not _SEPARATOR.match(token) for token in tokens if token not in chords):
        return False
    return len(tokens) > len(chords) or len(chords) > 1 or bool(re.search(r"[\d#♯♭/]|sus|maj|dim", chords[0]))


def is_tablature(line: str) -> bool:
    """Whether a line draws a guitar's string."""
    return line.count("-") >= 5 and bool(_TAB.match(line)) and bool(re.search(r"[\d|]", line))


def _is_repeat(text: str) -> bool:
    return repeat_of(text)[1] == ""

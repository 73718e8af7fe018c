"""Section headings: their names in many languages, and what may stand in, before and behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from unicodedata import category

from core.song import SectionKind
from core.writing.typed.envelopes import nfc
from core.writing.typed.marks import directions_out, is_chord_row, repeat_of

_KIND_WORDS = {
    SectionKind.INTRO: "intro introduction opening einleitung introducción introdução introduzione "
    "inledning wstęp вступление вступ интро інтро giriş イントロ 前奏 인트로 εισαγωγή مقدمة פתיחה इंट्रो "
    "dạo-đầu mở-đầu pembuka อินโทร",
    SectionKind.VERSE: "verse verses strophe stanza couplet rap vers part verso estrofa strofa estrofe "
    "zwrotka sloka куплет вірш kıta dörtlük säkeistö versszak strofă κουπλέ ヴァース aメロ 主歌 벌스 절 "
    "strofe kuplet стих مقطع بيت بند בית अंतरा छंद đoạn lời phiên-khúc bait ท่อน ท่อนแรก অন্তরা স্তবক انترہ "
    "the-verse",
    SectionKind.PRE_CHORUS: "pre-chorus prechorus pre-hook build lift pre-refrain pré-refrain pre-coro "
    "pré-refrão pre-estribillo pre-refren vorrefrain предприпев bメロ 导歌 導歌 프리코러스 pra-reff pre-reff",
    SectionKind.CHORUS: "chorus refrain hook post-chorus postchorus drop estribillo coro ritornello refrão "
    "refren refrén refreng refräng refrein omkvæd kertosäe припев приспів nakarat ρεφρέν サビ コーラス 副歌 "
    "후렴 코러스 kehrreim ref reff korus لازمة كورس ترجيع פזמון मुखड़ा कोरस điệp-khúc ท่อนฮุก ฮุก คอรัส কোরাস মুখড়া "
    "مکھڑا ترجیع‌بند the-chorus the-refrain",
    SectionKind.BRIDGE: "bridge middle-eight middle-8 middle breakdown c-part puente ponte pont brücke brug "
    "brygga mostek бридж köprü γέφυρα ブリッジ cメロ 桥段 橋段 브릿지 브리지 جسر גשר ब्रिज cầu jembatan บริดจ์",
    SectionKind.SOLO: "solo instrumental interlude break inst zwischenspiel interludio intermezzo "
    "strumentale соло проигрыш 間奏 间奏 간주",
    SectionKind.OUTRO: "outro ending coda end fade fade-out schluss cierre final finale концовка аутро "
    "çıkış アウトロ 尾奏 结尾 아웃트로 خاتمة סיום आउट्रो kết penutup เอาท์โทร",
}
_KIND_OF = {word: kind for kind, words in _KIND_WORDS.items() for word in words.split()}
_AMBIGUOUS_TEXT = """
part rap build lift drop break end fade middle opening final finale ending hook pont ponte puente brug 절 vers
c-part بيت بند جسر בית גשר סיום bait lời cầu kết jembatan ref стих
"""
_AMBIGUOUS = frozenset(_AMBIGUOUS_TEXT.split())
"""Names that are common words, too: with other words around them they head nothing."""
_NEVER_BARE_TEXT = """
final finale pont ponte puente brug 절 fade-out بيت بند جسر בית גשר סיום bait lời cầu kết jembatan ref стих
"""
_NEVER_BARE = frozenset(_NEVER_BARE_TEXT.split())
_BARE_KINDS = (
    SectionKind.VERSE,
    SectionKind.PRE_CHORUS,
    SectionKind.CHORUS,
    SectionKind.BRIDGE,
    SectionKind.OUTRO,
)
"""Kinds whose bare name on a line of its own is a heading."""
_BEFORE_TEXT = """
final last first second third fourth fifth repeat double half short extended full guitar piano sax drum bass
violin organ 1st 2nd 3rd 4th 5th
"""
_BEFORE = frozenset(_BEFORE_TEXT.split())
_NUMBER = re.compile(
    r"(?<![\s#])[\s#]*+(?:(?<!\w)[ivx]+|(?<!\w)[a-d]|\d+\.?|(?<!\w)(?:one|two|three|four|five|six))$", re.I
)
_CJK_NUMBER = re.compile(r"^(?:第?[\d一二三四五]+[番段节節]?|[\d]+절\s)")
_CUT = re.compile(r"[:：|,;–—(\[{/\"“]| - ")
_SQUARE = re.compile(r"^[#*_>\s]*(?P<open>[\[{【<(（［])(?P<tail>.*)$")
_CLOSES = {"[": "]", "{": "}", "【": "】", "<": ">", "(": ")", "（": "）", "［": "］"}
_OPENED = re.compile(r"^[#*_\s]*+(?P<inside>[^:：]{2,24}?)[*_\s]*+[:：][*_\s]*+(?P<rest>.*)$")


_COUNTED = re.compile(r"^(?:\d{1,2}[.)]\s+|\(?\d{1,2}:\d\d(?:\s*[-–—]\s*\d{1,2}:\d\d)?\)?\s+)(?=\S)")
_ABBREVIATIONS = {
    **dict.fromkeys(("v", "vs", "vrs"), SectionKind.VERSE),
    **dict.fromkeys(("c", "ch", "chr", "chor"), SectionKind.CHORUS),
    **dict.fromkeys(("pc", "pre", "pch"), SectionKind.PRE_CHORUS),
    **dict.fromkeys(("b", "br", "brg"), SectionKind.BRIDGE),
}
_ABBREVIATED = re.compile(
    r"^#?\s*(?:\[(?P<inside>(?:vs?|vrs|chr?|chor|pc|pre|pch|br|brg)\d?|c\d)\]|"
    r"(?P<before>(?:vs?|vrs|c|chr?|chor|pc|pre|pch|b|br|brg)\d?)\s*:)\s*$",
    re.I,
)
"""Short names alone on their line: "[V1]", "CH:". [C] and [B] are chords."""


@dataclass(frozen=True)
class Heading:
    """A heading: the section it opens, how often it is sung, and the words behind it on its line."""

    kind: SectionKind
    times: int = 1
    rest: str = ""
    name: str = ""
    chords: str = ""
    """What stands behind it on its line, where that is chords: "Intro: Am F C G"."""


def kind_of_heading(line: str) -> SectionKind | None:
    """Return the section that a line is the heading of; None for a line of words."""
    heading = heading_of(line)
    return heading.kind if heading else None


def heading_of(line: str) -> Heading | None:
    """Read a heading, whatever signs stand around it; None for a line of words.

    Words after it open the section.
    """
    bare = _undecorated(line)
    return _heading(line) or (_heading(f"#{bare}") if bare != line and _letters(bare) else None)


def _undecorated(line: str) -> str:
    """Return a line without the signs, emoji, numbers and times around a heading: "=== 1. Verse ===".

    Quotation marks and what ends a sentence belong to words, and stay.
    """
    first, last = 0, len(line)
    while first < last and _is_decoration(line[first]):
        first += 1
    while last > first and _is_decoration(line[last - 1]):
        last -= 1
    return _COUNTED.sub("", line[first:last])


def _is_decoration(sign: str) -> bool:
    return sign in "*#_•· \t" or category(sign) in ("So", "Sm", "Pd", "Sk", "Mn", "Cf")


def _letters(text: str) -> bool:
    return any(sign.isalpha() for sign in text)


def _heading(line: str) -> Heading | None:
    short = _ABBREVIATED.match(line)
    if short:
        return Heading(_ABBREVIATIONS[(short["inside"] or short["before"]).rstrip("0123456789").lower()])
    found = _SQUARE.match(line)
    if found:
        return _bracketed(found["open"], found["tail"])
    found = _OPENED.match(line)
    if found:
        label = _label(found["inside"])
        return _with_rest(label, found["rest"]) if label else None
    bare = line.strip("#*_ .\t")
    label = _label(bare)
    if label and label.name not in _NEVER_BARE and (label.kind in _BARE_KINDS or line[:1] in "#*_"):
        return label
    return None


def _bracketed(opening: str, tail: str) -> Heading | None:
    """Read "[Verse 2: Tom (with Mira)] words": brackets inside the brackets belong to the heading."""
    at = _closing(opening, tail)
    if at is None:
        return None
    inside, rest = tail[:at].strip(), tail[at + 1 :].strip("#*_ :\t")
    label = _label(inside)
    if label is None and opening in "[{【［":
        label = _named_within(inside)
    return _with_rest(label, rest) if label else None


def _closing(opening: str, tail: str) -> int | None:
    """Return the place of the bracket that closes the opened one."""
    depth = 1
    for at, sign in enumerate(tail):
        depth += (sign == opening) - (sign == _CLOSES[opening])
        if depth == 0:
            return at
    return None


def _with_rest(label: Heading, rest: str) -> Heading:
    if is_chord_row(rest):
        return replace(label, chords=rest)
    repeat, rest = repeat_of(directions_out(rest))
    return replace(label, times=max(label.times, repeat), rest=rest.strip("*_ \t"))


def _label(text: str) -> Heading | None:
    """Return the heading that a text is; None when it names no section."""
    times, text = repeat_of(nfc(text.strip()).casefold())
    head = _CUT.split(text, maxsplit=1)[0].strip(" .-*_#")
    times = max(times, repeat_of(text)[0])
    head = _CJK_NUMBER.sub("", head).strip() or head
    words = head.replace("_", " ").split()
    while len(words) > 1 and words[0] in _BEFORE:
        words.pop(0)
    head = " ".join(words)
    for candidate in (head, _NUMBER.sub("", head).strip()):
        name = candidate.replace(" ", "-")
        if name in _KIND_OF:
            return Heading(_KIND_OF[name], times, name=name)
    return None


def _named_within(inside: str) -> Heading | None:
    """Return the heading of a bracket with more words, "[Big final chorus, everybody]"; None without one."""
    times, text = repeat_of(inside.casefold())
    for word in re.findall(r"[^\W_]+(?:-[^\W\d_]+)*", text):
        name = re.sub(r"\d+$", "", word)
        if name in _KIND_OF and name not in _AMBIGUOUS:
            return Heading(_KIND_OF[name], times, name=name)
    return None

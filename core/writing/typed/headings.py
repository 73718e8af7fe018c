"""Section headings: their names in many languages, and what may stand in, before and behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.song import SectionKind
from core.writing.typed.marks import directions_out, repeat_of

_KIND_WORDS = {
    SectionKind.INTRO: "intro introduction opening einleitung introducción introdução introduzione "
    "inledning wstęp вступление вступ интро інтро giriş イントロ 前奏 인트로 εισαγωγή",
    SectionKind.VERSE: "verse verses strophe stanza couplet rap vers part verso estrofa strofa estrofe "
    "zwrotka sloka куплет вірш kıta dörtlük säkeistö versszak strofă κουπλέ ヴァース aメロ 主歌 벌스 절",
    SectionKind.PRE_CHORUS: "pre-chorus prechorus pre-hook build lift pre-refrain pré-refrain pre-coro "
    "pré-refrão pre-estribillo pre-refren vorrefrain предприпев bメロ 导歌 導歌 프리코러스",
    SectionKind.CHORUS: "chorus refrain hook post-chorus postchorus drop estribillo coro ritornello refrão "
    "refren refrén refreng refräng refrein omkvæd kertosäe припев приспів nakarat ρεφρέν サビ コーラス 副歌 "
    "후렴 코러스 kehrreim",
    SectionKind.BRIDGE: "bridge middle-eight middle-8 middle breakdown c-part puente ponte pont brücke brug "
    "brygga mostek бридж köprü γέφυρα ブリッジ cメロ 桥段 橋段 브릿지 브리지",
    SectionKind.SOLO: "solo instrumental interlude break inst zwischenspiel interludio intermezzo "
    "strumentale соло проигрыш 間奏 间奏 간주",
    SectionKind.OUTRO: "outro ending coda end fade fade-out schluss cierre final finale концовка аутро "
    "çıkış アウトロ 尾奏 结尾 아웃트로",
}
_KIND_OF = {word: kind for kind, words in _KIND_WORDS.items() for word in words.split()}
_AMBIGUOUS_TEXT = """
part rap build lift drop break end fade middle opening final finale ending hook pont ponte puente brug 절 vers
c-part
"""
_AMBIGUOUS = frozenset(_AMBIGUOUS_TEXT.split())
"""Names that are common words, too: with other words around them they head nothing."""
_NEVER_BARE_TEXT = "final finale pont ponte puente brug 절 fade-out"
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
    r"[\s#]*(?:(?<!\w)[ivx]+|(?<!\w)[a-d]|\d+\.?|(?<!\w)(?:one|two|three|four|five|six))$", re.I
)
_CJK_NUMBER = re.compile(r"^(?:第?[\d一二三四五]+[番段节節]?|[\d]+절\s)")
_CUT = re.compile(r"[:：|,;–—(\[{/\"“]| - ")
_SQUARE = re.compile(r"^[#*_>\s]*(?P<open>[\[{【<(（])(?P<tail>.*)$")
_CLOSES = {"[": "]", "{": "}", "【": "】", "<": ">", "(": ")", "（": "）"}
_OPENED = re.compile(r"^[#*_\s]*(?P<inside>[^:：]{2,24}?)[*_\s]*[:：][*_\s]*(?P<rest>.*)$")


@dataclass(frozen=True)
class Heading:
    """A heading: the section it opens, how often it is sung, and the words behind it on its line."""

    kind: SectionKind
    times: int = 1
    rest: str = ""
    name: str = ""


def kind_of_heading(line: str) -> SectionKind | None:
    """Return the section that a line is the heading of; None for a line of words."""
    heading = heading_of(line)
    return heading.kind if heading else None


def heading_of(line: str) -> Heading | None:
    """Read a heading; None for a line of words. Words after it open the section."""
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
    if label is None and opening in "[{【":
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
    repeat, rest = repeat_of(directions_out(rest))
    rest = rest.strip("*_ \t")
    return Heading(label.kind, max(label.times, repeat), rest, label.name)


def _label(text: str) -> Heading | None:
    """Return the heading that a text is; None when it names no section."""
    times, text = repeat_of(text.strip().casefold())
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

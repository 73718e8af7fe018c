"""One pass over typed lyrics that says of every line what it is, and why."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import category

from core.writing.typed import timed
from core.writing.typed.correct import SUNG_MARK, mark_of
from core.writing.typed.envelopes import framed, lines_of
from core.writing.typed.headings import Heading, heading_of
from core.writing.typed.marks import (
    directions_out,
    is_chord_row,
    is_direction,
    is_tablature,
    plain,
    repeat_of,
    without_chords,
)
from core.writing.typed.programs import of_programs


class RowKind(StrEnum):
    """What a line of typed lyrics is."""

    HEADING = "heading"
    WORDS = "words"
    CHORDS = "chords"
    DIRECTION = "direction"
    STAMP = "stamp"
    REPEAT = "repeat"
    TITLE = "title"
    NOISE = "noise"
    BLANK = "blank"


@dataclass(frozen=True)
class Row:
    """A line as it was typed, what it is and why, and the words of it that are sung."""

    typed: str
    kind: RowKind
    reason: str
    words: str = ""
    times: int = 1
    heading: Heading | None = None


_FACTS = "facts about the song"
_TITLE = re.compile(
    r"^\W*(?:title|song title|song|name|titel|titre|título|название)\W*:\s*(?P<title>\S.*)$", re.I
)
_LABELLED = re.compile(
    r"^\W{0,3}(?:artist|album|genre|style|tempo|bpm|key|capo|tuning|time signature|time|mood|written by|"
    r"lyrics by|music by|words by|produced by|composed by|composer|author|"
    r"(?:song)?writers?(?:\(s\))?|producers?|performed by|kind|source|copyright|year|"
    r"strumming|strum pattern|strum|arranged by|"
    r"language|length|duration|featuring|label|released|transcribed by|tabbed by|submitted by)"
    r"\W{0,3}[:=]\s*\S.*$|^\W*capo\b\W{0,3}(?:on\s+)?\d\w{0,2}(?:\s+fret)?\W*$",
    re.I,
)
_SITE = re.compile(
    r"^(?:you might also like|see .{1,60} live|.{1,400}(?:…|\.\.\.)\s*read more|"
    r".{0,60}\blyrics ©.*|get tickets as low as.*|\d+ contributors?.*|translations?|"
    r"share|embed|\d*embed|more on genius|.{0,40}all rights reserved\.?|(?:©|\(c\)|copyright)\s.*|"
    r"lyrics (?:powered|provided|licensed) by .*|submit corrections.*|read more.*|"
    r"(?:https?://|www\.)\S+|\W*lyrics\W*|ccli\b.*|(?:#\w+\s*)+|(?:like and )?subscribe\b.{0,40}|"
    r"on .{3,60} wrote:|.{1,40} [—–-] (?:today|yesterday|\d{1,2}/\d{1,2}/\d{2,4}) (?:at )?\d{1,2}:\d\d.{0,3}|"
    r".{0,20}lyrics (?:at|from|on) \S+\.\S+)$",
    re.I,
)
_CHAT = re.compile(
    r"^(?:(?:sure|certainly|absolutely|of course|great|okay|ok)\b[^\n]{0,30}[!,.:]\s*(?:here|i)\b.*|"
    r"(?:sure|certainly|absolutely|of course)[!.]|"
    r"here(?:'s| is| are)\b.*(?:lyrics?|song|verse|version|draft)\b.*[:.!]|i hope (?:you|this)\b.*|"
    r"(?:please )?let me know if\b.*|feel free to\b.*|would you like me to\b.*|as an ai\b.*|"
    r"(?:user|assistant|chatgpt|system)\s*:.*|note\s*:.*)$",
    re.I,
)
_CHORDPRO = re.compile(r"^\s*\{\s*(?P<name>[A-Za-z_+\-]+)\s*(?:[:\s]\s*(?P<value>[^}]*?))?\s*\}\s*$")
_CHORDPRO_SECTION = re.compile(r"^(?:start_of_|so)(?P<what>chorus|verse|bridge|c|v|b)$")
_SHORT = {"c": "chorus", "v": "verse", "b": "bridge"}
_SPEAKER = re.compile(
    r"^(?P<name>[A-ZÀ-Þ][\w.'’&-]*(?: (?:[A-ZÀ-Þ][\w.'’-]*|and|&|\+))*)\s*:\s*(?P<words>.*)$"
)
_NUMBERED = re.compile(r"^\s*\d{1,3}[.):]\s+(?=\S)")
_ONLY_BRACKET = re.compile(r"^[\[{<【［][^\[\]{}<>【】［］]*[\]}>】］]$|^\([^()]*\)$")
_QUOTED = re.compile(r"^[\"“„«](?P<title>[^\"“”„«»]{1,80})[\"”“»]$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_RULE = re.compile(r"^[\W_]*$")
_SITE_TITLE = re.compile(r"^(?P<title>.{1,80}?)\s+lyrics$", re.I)


def classify(text: str) -> tuple[Row, ...]:
    """Return every line of ``text`` with what it is and why; any text of any script is fine."""
    lines = timed.in_time_order(timed.of_ultrastar(of_programs(lines_of(text))))
    frame = framed(lines)
    speakers = _speakers(lines)
    numbered = [bool(_NUMBERED.match(line)) for line in lines if line.strip()]
    strip_numbers = len(numbered) > 2 and sum(numbered) >= 0.8 * len(numbered)
    rows: list[Row] = []
    in_tab = False
    for number, raw in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        line = _NUMBERED.sub("", raw) if strip_numbers else raw
        row = (
            _marked_row(raw)
            or (Row(raw, RowKind.NOISE, frame[number]) if number in frame else None)
            or _tab_row(raw, in_tab)
            or _frame_row(raw, line, following, rows)
            or _text_row(raw, line, speakers)
        )
        in_tab = (in_tab or _directive(raw) in ("start_of_tab", "sot")) and _directive(raw) not in (
            "end_of_tab",
            "eot",
        )
        rows.append(row)
    return tuple(_titled(rows))


def _titled(rows: list[Row]) -> list[Row]:
    """Read the lines right above the song's facts as its title and who made it."""
    facts = next((at for at, row in enumerate(rows) if row.reason == _FACTS), 0)
    above = rows[:facts]
    if not 0 < len(above) <= 2 or any(row.kind is not RowKind.WORDS for row in above):
        return rows
    title = Row(above[0].typed, RowKind.TITLE, "the line above the song's facts", above[0].words)
    others = [Row(row.typed, RowKind.NOISE, "who made the song, above its facts") for row in above[1:]]
    return [title, *others, *rows[facts:]]


def _marked_row(raw: str) -> Row | None:
    """Read a line that the person has marked as sung or as left out."""
    mark, bare = mark_of(raw)
    if mark == SUNG_MARK:
        return Row(raw, RowKind.WORDS, "you said that it is sung", bare)
    return Row(raw, RowKind.NOISE, "you left it out") if mark else None


def _directive(line: str) -> str:
    found = _CHORDPRO.match(line)
    return found["name"].lower() if found else ""


def _tab_row(raw: str, in_tab: bool) -> Row | None:
    if is_tablature(raw) or (in_tab and not _directive(raw)):
        return Row(raw, RowKind.NOISE, "tablature")
    return None


def _frame_row(raw: str, line: str, following: str, before: list[Row]) -> Row | None:
    """Read what frames the words: tags, stamps, directives, titles, what sites and chat programs add."""
    tag = timed.tag_of(raw)
    if tag is not None:
        if tag[0] in ("ti", "title") and tag[1]:
            return Row(raw, RowKind.TITLE, "a tag with the title", tag[1])
        return Row(raw, RowKind.STAMP, "a tag of timed lyrics")
    if timed.is_cue(raw, following, after_blank=not before or before[-1].kind is RowKind.BLANK):
        return Row(raw, RowKind.STAMP, "the time or number of a subtitle")
    if _FENCE.match(raw):
        return Row(raw, RowKind.NOISE, "a fence of markdown")
    if (directive := _CHORDPRO.match(raw)) is not None and (row := _directive_row(raw, directive)):
        return row
    text = plain(line)
    no_words_yet = not any(row.kind is RowKind.WORDS for row in before)
    if (titled := _TITLE.match(text)) and no_words_yet:
        return Row(raw, RowKind.TITLE, "a line with the title", titled["title"].strip("\"'“”*_ "))
    if (titled := _SITE_TITLE.match(text)) and no_words_yet and len(before) < 3:
        return Row(
            raw, RowKind.TITLE, "a lyric site's title", re.sub(r"^.*Contributors?", "", titled["title"])
        )
    if (titled := _QUOTED.match(text)) and not before and not following.strip():
        return Row(raw, RowKind.TITLE, "a name in quotation marks above the song", titled["title"])
    if _LABELLED.match(text):
        return Row(raw, RowKind.NOISE, _FACTS)
    if _SITE.match(text):
        return Row(raw, RowKind.NOISE, "added by a lyric site")
    if _CHAT.match(text):
        return Row(raw, RowKind.NOISE, "talk of a chat program")
    return None


def _directive_row(raw: str, found: re.Match[str]) -> Row | None:
    """Read a ChordPro directive; None for a word in braces that is a heading of another layout."""
    name, value = found["name"].lower().replace("-", "_"), (found["value"] or "").strip()
    if name in ("title", "t"):
        return Row(raw, RowKind.TITLE, "a ChordPro title", value)
    section = _CHORDPRO_SECTION.match(name)
    if section:
        heading = heading_of(f"[{_SHORT.get(section['what'], section['what'])}]")
        return Row(raw, RowKind.HEADING, "a ChordPro section", heading=heading)
    if name in ("comment", "c", "ci", "cb", "comment_italic", "comment_box", "highlight"):
        heading = heading_of(f"[{value}]") if value else None
        if heading:
            return Row(raw, RowKind.HEADING, "a ChordPro comment that names a section", heading=heading)
        return Row(raw, RowKind.DIRECTION, "a ChordPro comment")
    if name.startswith(("end_of_", "eo")) and not value:
        return Row(raw, RowKind.BLANK, "the end of a ChordPro section")
    if heading_of(raw.strip()) is not None:
        return None
    return Row(raw, RowKind.DIRECTION, "a ChordPro directive")


def _text_row(raw: str, line: str, speakers: frozenset[str]) -> Row:
    stamped, unstamped = timed.without_stamp(line)
    if is_chord_row(unstamped):
        return Row(raw, RowKind.CHORDS, "chords and nothing else")
    text = plain(without_chords(unstamped))
    if not text or _is_rule(text):
        kind = RowKind.STAMP if stamped else RowKind.CHORDS if unstamped.strip("-*_=~# \t") else RowKind.BLANK
        if kind is RowKind.CHORDS and not re.search(r"[A-H]", unstamped):
            kind = RowKind.BLANK
        return Row(raw, kind, "no words are on it")
    markup = unstamped.strip() if unstamped.strip()[:1] in "#*_" else text
    if heading := heading_of(markup) or heading_of(text):
        return Row(raw, RowKind.HEADING, "it names a section", heading.rest, heading=heading)
    spoken = _SPEAKER.match(text)
    if spoken and (spoken["name"] in speakers or not spoken["words"]):
        text = spoken["words"].strip()
        if not text:
            return Row(raw, RowKind.DIRECTION, "it names who sings")
    times, text = repeat_of(text)
    if not text:
        return Row(raw, RowKind.REPEAT, "what stands before is sung again", times=times)
    if _ONLY_BRACKET.match(text) and (text[0] != "(" or is_direction(text)):
        return Row(raw, RowKind.DIRECTION, "it says how it is sung or played")
    words = directions_out(text).strip("♪♫♬ ")
    words = re.sub(r"\s*\d*Embed$", "", words) if re.search(r"\dEmbed$", words) else words
    if not words or _is_rule(words):
        return Row(raw, RowKind.DIRECTION, "it says how it is sung or played")
    return Row(raw, RowKind.WORDS, "it is sung", words, times)


def _speakers(lines: list[str]) -> frozenset[str]:
    """Return the names before a colon that come at least twice, or beside another: who sings in a duet."""
    found = [_SPEAKER.match(plain(timed.without_stamp(line)[1])) for line in lines]
    names = Counter(one["name"] for one in found if one and heading_of(one.group()) is None)
    return frozenset(names) if sum(names.values()) > 1 else frozenset()


def speakers_of(text: str) -> tuple[str, ...]:
    """Return who sings, as names before a colon say it; two or more are the voices of a duet."""
    return tuple(sorted(_speakers(of_programs(lines_of(text)))))


def _is_rule(line: str) -> bool:
    """Whether a line is a mere separator ("---", "* * *"); emoji are words of a kind and stay."""
    return bool(_RULE.match(line)) and all(
        ord(sign) < 0x2100 or 0x2500 <= ord(sign) < 0x2580 or category(sign) == "Pd" for sign in line
    )

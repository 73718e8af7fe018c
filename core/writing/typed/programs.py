"""Lyrics as programs write them, in the lines that the rest of the parser reads.

LaTeX, ABC notation (2.1, "w:" and "W:"), OpenSong, lines of JSON, players with a time for each word (KRC,
QRC, YRC), tables with the section in the first column, headings in quotation marks, numbered lines, and
verses whose lines a slash parts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TypeGuard

from core.writing.typed.envelopes import lrc_stamp
from core.writing.typed.headings import heading_of
from core.writing.typed.marks import is_chord_row

_LATEX_BEGIN = re.compile(r"^\\begin\{(?P<name>\w+)\*?\}")
_LATEX_SECTION = re.compile(r"^\\(?:sub)*(?:section|paragraph)\*?\{(?P<name>[^{}]*)\}")
_LATEX_TITLE = re.compile(r"^\\title\{(?P<name>[^{}]*)\}")
_LATEX_STYLE = re.compile(r"\\(?:textit|textbf|emph|text)\{(?P<words>[^{}]*)\}")
_ABC_FIELD = re.compile(r"^(?P<field>[A-Za-z]):(?P<value>.*)$")
_OPENSONG = {"C": "Chorus", "B": "Bridge", "P": "Pre-Chorus", "T": "Outro", "V": "Verse"}
_OPENSONG_HEAD = re.compile(r"^\[(?P<kind>[CBPTV])\d{0,2}\]\s*$")
_WORD_TIME = re.compile(r"\(\d+,\d+(?:,\d+)?\)|<\d+,\d+,\d+>")
_LINE_TIME = re.compile(r"^\[(?P<start_ms>\d+),\d+\]")
_NUMBER = re.compile(r"^\s*(?P<number>\d{1,3})(?:\s+|$)(?P<words>.*)$")
_QUOTED = re.compile(r"^\s*[“„«\"](?P<inside>[^“”„«»\"]{1,40})[”“»\"][.:]?\s*$")
_SLASH = re.compile(r"\s+/{1,2}\s+")
_JSON_WORDS = ("text", "words", "line", "lyric", "lyrics")
_JSON_STARTS = ("start", "startTime", "start_s", "begin", "time")


def of_programs(lines: list[str]) -> list[str]:
    """Return lines as a person writes them; those that no program wrote are returned as they are."""
    for way in _WAYS:
        lines = way(lines)
    return lines


def _of_json(lines: list[str]) -> list[str]:
    """Read one object a line, or a list of them, each with its words."""
    filled = [line.strip().rstrip(",") for line in lines if line.strip()]
    if len(filled) < 2 or filled[0][:1] not in ("{", "["):
        return lines
    try:
        whole = "\n".join(lines)
        read = json.loads(whole) if filled[0].startswith("[") else [json.loads(line) for line in filled]
    except (ValueError, RecursionError):
        return lines
    if not isinstance(read, list) or not all(isinstance(one, dict) for one in read):
        return lines
    out = []
    for one in read:
        start, words = _first(one, _JSON_STARTS), _first(one, _JSON_WORDS)
        if not isinstance(words, str):
            return lines
        out.append(f"{lrc_stamp(f'{start:.2f}') if _is_time(start) else ''}{words.strip()}")
    return out


def _first(one: dict[str, object], keys: tuple[str, ...]) -> object:
    return next((one[key] for key in keys if key in one), None)


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 36_000


def _of_latex(lines: list[str]) -> list[str]:
    if not any(_LATEX_BEGIN.match(line.strip()) for line in lines):
        return lines
    return [_from_latex(line.strip()) for line in lines]


def _from_latex(line: str) -> str:
    if found := _LATEX_BEGIN.match(line) or _LATEX_SECTION.match(line):
        return f"[{found['name']}]" if heading_of(f"[{found['name']}]") else ""
    if found := _LATEX_TITLE.match(line):
        return f"Title: {found['name']}"
    words = _LATEX_STYLE.sub(lambda one: one["words"], re.sub(r"\\\\\*?(?:\[[^\]]*\])?\s*$|%.*$", "", line))
    return "" if words.startswith("\\") else words


def _of_abc(lines: list[str]) -> list[str]:
    """Read the words under a tune; its hyphens part syllables, and its notes are left out."""
    fields = [found for line in lines if (found := _ABC_FIELD.match(line))]
    if not {"X", "K"} <= {found["field"] for found in fields}:
        return lines
    words = {"w", "W"}
    titles = [f"Title: {found['value'].strip()}" for found in fields if found["field"] == "T"][:1]
    return titles + [_abc_words(found["value"]) for found in fields if found["field"] in words]


def _abc_words(value: str) -> str:
    joined = re.sub(r"\s*(?<!\\)-+\s*(?=\w)", "", re.sub(r"[_*|]+", "", value))
    return " ".join(joined.replace("\\-", "-").replace("~", " ").split())


def _of_opensong(lines: list[str]) -> list[str]:
    """Read chords behind a point, words behind a space; [C] is a chorus there, and no chord."""
    if sum(line.startswith(".") and is_chord_row(line[1:]) for line in lines) < 2:
        return lines
    return [_from_opensong(line) for line in lines if not line.startswith(";")]


def _from_opensong(line: str) -> str:
    if found := _OPENSONG_HEAD.match(line):
        return f"[{_OPENSONG[found['kind']]}]"
    return " " + line[1:] if line.startswith(".") else line


def _of_timed_words(lines: list[str]) -> list[str]:
    if sum(len(_WORD_TIME.findall(line)) >= 2 for line in lines) < 2:
        return lines
    return [_LINE_TIME.sub(_stamp_of_ms, _WORD_TIME.sub("", line)).strip() for line in lines]


def _stamp_of_ms(found: re.Match[str]) -> str:
    return lrc_stamp(f"{int(found['start_ms'][:9]) / 1000:.2f}")


def _of_table(lines: list[str]) -> list[str]:
    """Read a table: the section stands in the first column."""
    cells = [line.split("\t", 1) for line in lines]
    named = [len(cell) > 1 and bool(heading_of(f"[{cell[0].strip()}]")) for cell in cells]
    if sum(named) < 2:
        return lines
    return list(_out_of_table(cells, named))


def _out_of_table(cells: list[list[str]], named: list[bool]) -> Iterator[str]:
    for cell, is_named in zip(cells, named, strict=True):
        if is_named:
            yield f"[{cell[0].strip()}]"
        yield cell[-1].strip()


def _unquoted(lines: list[str]) -> list[str]:
    """Read headings in quotation marks, where there are several: one alone may be words."""
    found = [_QUOTED.match(line) for line in lines]
    heads = [one["inside"] if one and heading_of(f"[{one['inside']}]") else "" for one in found]
    if sum(map(bool, heads)) < 2:
        return lines
    return [f"[{head}]" if head else line for head, line in zip(heads, lines, strict=True)]


def _unnumbered(lines: list[str]) -> list[str]:
    """Take the numbers from lines that an editor counted from 1 on, blank ones with them or without."""
    found = [_NUMBER.match(line) for line in lines]
    numbers = [int(one["number"]) for one in found if one]
    filled = sum(bool(line.strip()) for line in lines)
    if len(numbers) < 4 or len(numbers) < filled or numbers != list(range(1, len(numbers) + 1)):
        return lines
    return [one["words"] if one else line for one, line in zip(found, lines, strict=True)]


def _parted(lines: list[str]) -> list[str]:
    """Part lines at slashes, where most lines of words have one between words."""
    words = [line for line in lines if line.strip() and heading_of(line) is None]
    slashed = [line for line in words if _SLASH.search(line) and not is_chord_row(line)]
    if len(slashed) < 2 or 2 * len(slashed) <= len(words):
        return lines
    return [part for line in lines for part in (_SLASH.split(line) if line in slashed else [line])]


_WAYS = (
    *(_of_json, _of_latex, _of_abc, _of_opensong, _of_timed_words),
    *(_of_table, _unquoted, _unnumbered, _parted),
)

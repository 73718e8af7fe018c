"""Timed text read as lines: LRC and enhanced LRC, SRT, WebVTT, UltraStar.

A stamp is never sung. A line of LRC with several stamps is sung at each of them.
"""

from __future__ import annotations

import re

from core.writing.typed.envelopes import lines_of
from core.writing.typed.programs import of_programs

_LRC = re.compile(r"^\s*((?:\[\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?\]\s*)+)(?P<words>.*)$")
_LRC_TIME = re.compile(r"\[(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\]")
_WORD_TIME = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?(?:[.:]\d{1,3})?>")
_LRC_TAG = re.compile(
    r"^\s*\[(?P<name>ti|ar|al|au|by|offset|length|re|ve|la|tool|encoding|id|lr|#)\s*:(?P<value>[^\]]*)\]\s*$",
    re.I,
)
_CUE = re.compile(r"^\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}.*$")
_VTT_HEAD = re.compile(r"^\ufeff?\s*WEBVTT\b.*$")
_ULTRASTAR_NOTE = re.compile(r"^[:*FRG]\s+-?\d+\s+\d+\s+-?\d+ (?P<text>.*)$")
_ULTRASTAR_BREAK = re.compile(r"^-\s*-?\d+(?:\s+-?\d+)?\s*$")
_ULTRASTAR_TAG = re.compile(r"^#(?P<name>[A-Z][A-Z0-9]+):(?P<value>.*)$")
_CHAT = re.compile(
    r"^\s*\[?\d{1,2}[/.]\d{1,2}[/.]\d{2,4},?\s+\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]m)?\]?\s*(?:-\s*)?"
    r"(?:[^:]{1,40}:\s*)?(?P<words>.*)$",
    re.I,
)
"""A messenger's date and sender in front of a line."""


def in_time_order(lines: list[str]) -> list[str]:
    """Return the lines with those that have several stamps set at each of them; others stay as they are."""
    stamped = [_LRC.match(line) for line in lines]
    if not any(found and len(_LRC_TIME.findall(found[1])) > 1 for found in stamped):
        return lines
    timed, rest = [], []
    for line, found in zip(lines, stamped, strict=True):
        if found:
            timed += [(_seconds(*stamp), found["words"]) for stamp in _LRC_TIME.findall(found[1])]
        elif line.strip():
            rest.append(line)
    timed.sort(key=lambda one: one[0])
    return [*rest, *(f"[{int(at // 60):02}:{at % 60:05.2f}]{words}" for at, words in timed)]


def of_ultrastar(lines: list[str]) -> list[str]:
    """Return the lines that an UltraStar file's syllables make; other texts stay as they are."""
    if sum(bool(_ULTRASTAR_NOTE.match(line)) for line in lines) < 2:
        return lines
    out, words = [], ""
    for line in lines:
        if note := _ULTRASTAR_NOTE.match(line):
            words += "" if note["text"].strip() == "~" else note["text"].replace("~", "")
        elif _ULTRASTAR_BREAK.match(line):
            out.append(words.strip())
            words = ""
        elif line.strip() not in ("E", "P1", "P2") and not re.match(r"^B\s", line):
            out.append(line)
    return [*out, words.strip()]


def timed_lines(text: str) -> list[tuple[float, str]]:
    """Return the lines of LRC, SRT, WebVTT or UltraStar with when each begins, in seconds, in that order."""
    lines = of_programs(lines_of(text))
    if sum(bool(_ULTRASTAR_NOTE.match(line)) for line in lines) >= 2:
        return _of_notes(lines)
    found: list[tuple[float, str]] = []
    cue_s: float | None = None
    for line in lines:
        if stamped := _LRC.match(line):
            words = _WORD_TIME.sub(" ", stamped["words"])
            found += [(_seconds(*stamp), words) for stamp in _LRC_TIME.findall(stamped[1])]
        elif _CUE.match(line):
            cue_s = _cue_seconds(line)
        elif cue_s is not None and line.strip():
            found.append((cue_s, line))
        elif not line.strip():
            cue_s = None
    return sorted(found, key=lambda one: one[0])


def _of_notes(lines: list[str]) -> list[tuple[float, str]]:
    """Return the lines of an UltraStar file: its beats are quarters of a beat at the stated tempo."""
    tags = dict(one for one in map(tag_of, lines) if one)
    try:
        quarter_s = 15.0 / float(tags["bpm"].replace(",", "."))
        gap_s = float(tags.get("gap", "0").replace(",", ".") or 0) / 1000.0
    except (KeyError, ValueError, ZeroDivisionError):
        return []
    found: list[tuple[float, str]] = []
    start: int | None = None
    words = ""
    for line in [*lines, "- 0"]:
        if note := _ULTRASTAR_NOTE.match(line):
            start = int(line.split()[1]) if start is None else start
            words += "" if note["text"].strip() == "~" else note["text"].replace("~", "")
        elif _ULTRASTAR_BREAK.match(line) and start is not None:
            found.append((gap_s + start * quarter_s, words.strip()))
            start, words = None, ""
    return found


def _cue_seconds(line: str) -> float:
    """Return when a cue of SRT or WebVTT begins."""
    whole, _, part = re.sub(r"\s*-->.*", "", line).strip().replace(",", ".").partition(".")
    seconds = 0
    for figure in whole.split(":"):
        seconds = 60 * seconds + int(figure)
    return seconds + float(f"0.{part or 0}")


def without_stamp(line: str) -> tuple[bool, str]:
    """Return whether a line had a time stamp, and its words."""
    found = _LRC.match(line) or _CHAT.match(line)
    words = found["words"] if found else line
    bare = _WORD_TIME.sub("", words)
    return found is not None or bare != words, re.sub(
        r"\s{2,}", " ", bare
    ).strip() if bare != words else words


def tag_of(line: str) -> tuple[str, str] | None:
    """Return name and value of a tag of LRC or UltraStar; None for another line."""
    found = _LRC_TAG.match(line) or _ULTRASTAR_TAG.match(line)
    return (found["name"].lower(), found["value"].strip()) if found else None


def is_cue(line: str, following: str, *, after_blank: bool) -> bool:
    """Whether a line belongs to the frame of SRT or WebVTT: a time, a cue's name, the file's first line."""
    if _CUE.match(line) or _VTT_HEAD.match(line):
        return True
    named = line.strip().isdigit() or (after_blank and bool(line.strip()))
    return named and bool(_CUE.match(following))


def _seconds(minutes: str, seconds: str, part: str) -> float:
    return int(minutes) * 60 + int(seconds) + (float(f"0.{part}") if part else 0.0)

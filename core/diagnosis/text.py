"""What an engine or a person hands in as text, cut into the parts that say most and those that say least."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 200_000
"""Characters; of a longer text its end is read, where the last error stands."""
LONGEST_LINE = 4000
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_FRAME = re.compile(r'^\s*(?:\[rank\d+\]:\s*)?File ".*", line \d+')
_TRACEBACK = re.compile(r"Traceback \(most recent call last\)")
_CHAINED = ("During handling of the above exception", "The above exception was the direct cause")
_WARNING = re.compile(r"\b(?:[A-Z]\w*Warning:|WARN(?:ING)?\b)|^W\d{4} ")
_BOX = "│┃║╭╰╮╯─━❱ \t"
_SOURCE_INDENT = "    "


@dataclass(frozen=True)
class Parts:
    """A text in the order in which it is believed; ``whole`` is all of it."""

    message: str
    """The sentence of an error, when there is one beside the printed text."""
    last: str
    """The last error, or everything that is no warning when there is no traceback."""
    earlier: str
    """Errors before the last, and what was printed besides."""
    warned: str
    whole: str


def parts_of(text: str, message: str = "") -> Parts:
    """Cut ``text``: a traceback's frames, whose source lines say nothing of what happened, are left out."""
    lines = [_cut(_bare(line)) for line in _COLOUR.sub("", text[-LONGEST:]).splitlines()]
    lines_left, last_frame = _without_frames(lines)
    warned = [line for _, line in lines_left if _WARNING.search(line)]
    calm = [(number, line) for number, line in lines_left if not _WARNING.search(line)]
    return Parts(
        message=message,
        last="\n".join(line for number, line in calm if number > last_frame),
        earlier="\n".join(line for number, line in calm if number <= last_frame),
        warned="\n".join(warned),
        whole="\n".join((message, *lines)),
    )


def _cut(line: str) -> str:
    """Leave out the middle of a line that is no sentence, so that no search takes long."""
    return (
        line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE // 2]} … {line[-LONGEST_LINE // 2 :]}"
    )


def _bare(line: str) -> str:
    """Take away the frame that the rich library draws around a traceback."""
    return line.strip(_BOX) if line[:1] in _BOX[:-2] else line.rstrip()


def _without_frames(lines: list[str]) -> tuple[list[tuple[int, str]], int]:
    """Return the numbered lines that are no part of a frame, and the number of the last frame's line."""
    lines_left: list[tuple[int, str]] = []
    inside, last = False, -1
    for number, line in enumerate(lines):
        if _FRAME.match(line):
            inside, last = True, number
            continue
        if inside and (line.startswith(_SOURCE_INDENT) or not line.strip()):
            last = number
            continue
        inside = False
        if line.strip() and not _TRACEBACK.search(line) and not line.startswith(_CHAINED):
            lines_left.append((number, line))
    return lines_left, last

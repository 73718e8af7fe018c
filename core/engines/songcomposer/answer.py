"""SongComposer's questions and answers. Standard library only, Python 3.9 syntax.

It is asked in a sentence, and answers with words and notes together, line by line:
``<bop> Total 7 lines. The first line:the,<D4>,<137>,<79>|sea,<E4>,<120>,<79>|...<eop>`` (its model card).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

HEADING = re.compile(r"^\[(?P<name>[^\]]+)\] (?P<lines>\d+) lines?$", re.M)
_LINE = re.compile(r"The [\w-]+ line:(?P<line>.*?)(?=The [\w-]+ line:|<eop>|\Z)", re.S)
_MARK = re.compile(r"<[^>]*>")


def asked_for(question: str) -> list[tuple[str, int]]:
    """Return the sections that a question lists, each with its lines."""
    return [(found["name"], int(found["lines"])) for found in HEADING.finditer(question)]


def prompt_of(question: str) -> str:
    """Return the question as the model was taught to be asked."""
    about = question.split("\n", 1)[0].strip()
    count = sum(lines for _, lines in asked_for(question))
    return f"Create a song on the following theme: {about} Total {count} lines."


def lines_of(answer: str) -> list[str]:
    """Return the words of each line; the notes beside them are left out."""
    lines = []
    for found in _LINE.finditer(answer):
        words = (syllable.split(",", 1)[0] for syllable in found["line"].split("|"))
        text = " ".join(word for word in (_MARK.sub("", word).strip() for word in words) if word)
        if text:
            lines.append(text)
    return lines


def under_headings(lines: Sequence[str], sections: Sequence[tuple[str, int]]) -> str:
    """Return the lines shared out, in their order, to the sections that were asked for."""
    blocks, taken = [], 0
    for name, count in sections:
        blocks.append("\n".join([f"[{name}]", *lines[taken : taken + count]]))
        taken += count
    return "\n\n".join(blocks)

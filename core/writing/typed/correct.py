"""Correcting how a line of typed lyrics is read: a mark in front of it, which travels with the text."""

from __future__ import annotations

SUNG_MARK = "\\"
"""In front of a line that is sung as it stands, whatever it looks like."""
LEFT_OUT_MARK = "%%"
"""In front of a line that is not sung."""


def mark_of(line: str) -> tuple[str, str]:
    """Return a line's mark, or none, and the line without it."""
    bare = line.lstrip()
    for mark in (SUNG_MARK, LEFT_OUT_MARK):
        if bare.startswith(mark) and bare[len(mark) :].strip():
            return mark, bare[len(mark) :].strip()
    return "", line


def corrected(text: str, typed: str, *, sung: bool) -> str:
    """Return typed lyrics in which every line that reads ``typed`` is sung, or left out.

    A line that was marked loses its mark, and is read by what it is again.
    """
    mark, bare = mark_of(typed)
    new = bare if mark else f"{SUNG_MARK if sung else LEFT_OUT_MARK} {typed.strip()}"
    return "\n".join(new if line == typed else line for line in text.splitlines())

"""Typed lyrics as they were understood: every line with what it is and why, corrected with one press."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from core.ui.keys import hashed
from core.writing.typed import Row, RowKind, classify, corrected
from core.writing.typed.correct import mark_of

NAMES = {RowKind.HEADING: "section", RowKind.WORDS: "sung", RowKind.STAMP: "time", RowKind.NOISE: "left out"}
"""What a kind is called where its own name says less."""


def show_understood(text: str, correct: Callable[[str], None] | None = None) -> None:
    """Draw the lines of typed lyrics; ``correct`` takes the corrected text, without it none can be."""
    rows = [row for row in classify(text) if row.kind is not RowKind.BLANK] if text.strip() else []
    if not rows:
        return
    out = sum(row.kind is not RowKind.WORDS and row.kind is not RowKind.HEADING for row in rows)
    with st.expander(f"Lyrics as understood: {len(rows)} lines, {out} not sung", icon=":material/rule:"):
        if correct is None:
            st.html("".join(_line(row) for row in rows))
            return
        written = set(text.splitlines())
        for number, row in enumerate(rows):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.html(_line(row))
                if row.typed in written:
                    st.button(
                        _press(row),
                        key=hashed("understood", str(number), row.typed),
                        type="tertiary",
                        on_click=correct,
                        args=(corrected(text, row.typed, sung=row.kind is not RowKind.WORDS),),
                    )


def _press(row: Row) -> str:
    if mark_of(row.typed)[0]:
        return "Undo"
    return "Leave out" if row.kind is RowKind.WORDS else "Sing this"


def _line(row: Row) -> str:
    """Return a line with its kind and the reason."""
    name = NAMES.get(row.kind, row.kind.value)
    typed = escape(mark_of(row.typed)[1].strip())
    return f'<div>{typed} <span class="gs-faint">{escape(name)}: {escape(row.reason)}</span></div>'

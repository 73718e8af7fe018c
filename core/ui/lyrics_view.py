"""The words of a song on its lyrics panel: sections, lines, and the syllables each line is cut into."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.runs.record import StepRecord
from core.song import Line, Lyrics, LyricSection, Plan

WIDE = ("Band", "Form")


def show_lyrics(step: StepRecord) -> None:
    """Draw the plan that was understood and the lyrics."""
    if step.plan is not None:
        st.html(_plan(step.plan))
    if step.lyrics is None:
        return
    if not step.lyrics.sections:
        st.html('<div class="gs-faint">An instrumental: no words.</div>')
        return
    st.html(words_html(step.lyrics))
    if not step.lyrics.singable:
        st.html(
            '<div class="gs-faint">The built-in voice cannot sing this script; the lyrics are stored.</div>'
        )


def _plan(plan: Plan) -> str:
    facts = {
        "Title": plan.title,
        "Genre": plan.genre,
        "Mood": ", ".join(plan.moods) or "–",
        "Tempo": f"{plan.tempo_bpm:.0f} bpm",
        "Key": plan.key,
        "Band": ", ".join(plan.instruments) or "–",
        "Form": " · ".join(f"{section.kind.value} {section.bars}" for section in plan.sections),
    }
    cells = "".join(
        f'<div class="{"gs-wide" if name in WIDE else ""}"><dt>{name}</dt><dd>{escape(value)}</dd></div>'
        for name, value in facts.items()
    )
    return f'<dl class="gs-plan">{cells}</dl>'


def words_html(lyrics: Lyrics) -> str:
    """Return the lyrics section by section, each line with its syllable count."""
    return f'<div class="gs-lyrics">{"".join(_section(section) for section in lyrics.sections)}</div>'


def _section(section: LyricSection) -> str:
    lines = "".join(_line(line) for line in section.lines)
    return f"<section><h3>{escape(section.kind.value)}</h3>{lines}</section>"


def _line(line: Line) -> str:
    """Return a line with its syllable count; hovering shows where it is cut."""
    count = len(line.syllables)
    cut = escape("·".join(line.syllables))
    tail = f'<small title="{cut}">{count}</small>' if count else ""
    return f"<p>{escape(line.text)}{tail}</p>"

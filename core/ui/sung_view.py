"""Was it sung? The lines of the words on the lyrics panel, each lit by what the voice has of it."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.checks.context import clock
from core.checks.sung_lines import LineRead, State, read_lines
from core.meter.voice import activity, pitch
from core.runs.record import RunRecord
from core.runs.sung import voices_of
from core.studio import Studio

KEPT = "lines_read"
"""Where the session keeps what was read, by the keys of the stems."""


def show_sung(studio: Studio, run: RunRecord) -> None:
    """Draw a press that reads the lines, and what it read; nothing for a song without a voice to read."""
    voices = voices_of(run)
    if not voices:
        return
    if not (activity.installed() and pitch.installed()):
        missing = f"{activity.PACKAGE} and {pitch.PACKAGE} are not installed (make models)"
        st.caption(f"Which lines are sung cannot be read: {missing}.")
        return
    kept: dict[tuple[str, ...], list[LineRead]] = st.session_state.setdefault(KEPT, {})
    asked = tuple(key for key, _ in voices)
    if asked not in kept:
        if not st.button("Was it sung?", key="sung_lines", icon=":material/mic:"):
            return
        with st.spinner("Listening to each line"):
            kept[asked] = [one for key, lines in voices for one in read_lines(studio.audio(key), lines)]
    st.html(sung_html(kept[asked]))


def sung_html(lines: list[LineRead]) -> str:
    """Return the lines in order, each with its second and its state."""
    counts = {state: sum(one.state is state for one in lines) for state in State}
    said = ", ".join(f"{count} {state.value}" for state, count in counts.items() if count)
    how = (
        "by the notes of the plan"
        if any(one.line.notes for one in lines)
        else "by the plan's time and a voice in it"
    )
    rows = "".join(
        f'<p class="gs-line-{one.state.value}"><small>{clock(one.line.start_s)}</small> '
        f"{escape(one.line.text)} <small>{one.state.value}</small></p>"
        for one in lines
    )
    head = f'<div class="gs-faint">{said}; read {how}. Words are not recognised.</div>'
    return f'<div class="gs-sung">{head}{rows}</div>'

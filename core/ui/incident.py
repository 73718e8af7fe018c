"""Hear the incident: the song that came out of the studio's forerunner, beside what it should have been."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.studio import Studio
from core.ui.problem import guarded

ASKED = "incident"
VERSIONS = (
    (
        "Silent version",
        "zeros",
        "generate",
        "The generator failed; the code caught the exception and returned zeros of the right length.",
    ),
    (
        "Over-compressed version",
        "tanh_12_db",
        "master",
        "Mastering drove the whole mix 12 dB into tanh saturation, and nothing compared it with its input.",
    ),
    (
        "NaN version",
        "nan_everywhere",
        "generate",
        "Half-precision arithmetic overflowed: every sample is NaN. It plays as silence.",
    ),
)


def offer_incident(studio: Studio) -> None:
    """Draw the button, and after it the good song and its three broken versions."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Demo: hear three broken songs", key="hear_incident", icon=":material/hearing:"):
            st.session_state[ASKED] = not st.session_state.get(ASKED, False)
        st.html('<div class="gs-faint">One song broken in three ways that the studio detects.</div>')
    if st.session_state.get(ASKED):
        with guarded():
            _incident(studio)


def _incident(studio: Studio) -> None:
    # Imported at the press: Home is painted without the drill.
    from core.drill.run import Cell
    from core.faults import fault
    from core.ui.fault_lab import drill_session, show_sound

    with st.spinner("Making a 12-second song to inject faults into (first time only)"):
        listened = {name: drill_session().listen(Cell(fault(name), stage)) for _, name, stage, _ in VERSIONS}
    with st.container(border=True, key="card_incident_good"):
        st.html('<div class="gs-head"><h2>The good song</h2></div>')
        show_sound(studio, listened["tanh_12_db"].good, "The good song", "incident_good")
    for title, name, stage, about in VERSIONS:
        with st.container(border=True, key=f"card_incident_{name}"):
            st.html(
                f'<div class="gs-head"><h2>{title}</h2>'
                f'<span class="gs-by">broken at {escape(stage)}</span></div>'
                f"<p>{escape(about)}</p>"
            )
            bad, finding = listened[name].bad, listened[name].finding
            if bad is not None:
                show_sound(studio, bad, title, f"incident_{name}", (finding,) if finding else ())

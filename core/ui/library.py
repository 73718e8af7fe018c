"""The list of runs: open one, delete one after being asked."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from core.run import RunState, RunSummary
from core.studio import Studio
from core.ui import session
from core.ui.files_view import bundle_button
from core.ui.problem import act, show_kept
from core.ui.shell import page
from core.ui.site import HOME
from core.ui.words import STATE_WORDS, clock, number, verdict_badge

SHOWN = 100


def library_page() -> None:
    """Draw the library."""
    with page("Library", "The songs that were made here."):
        show_library(session.studio())


def show_library(studio: Studio) -> None:
    """Draw every run that this person may see, the newest first."""
    show_kept()
    runs = studio.runs(session.owner())
    if not runs:
        st.html('<div class="gs-faint">No song has been made yet.</div>')
    if studio.hosted:
        st.html(
            '<div class="gs-faint">Only the songs of this visit are listed. Keep a song\'s address to come '
            "back to it.</div>"
        )
    for summary in runs[:SHOWN]:
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", key=f"card_{summary.id}"
        ):
            st.html(_line(summary), width="stretch")
            if st.button("Open", key=f"open_{summary.id}"):
                session.hold(summary.id)
                st.switch_page(HOME.file, query_params={session.RUN: summary.id})
            bundle_button(studio, summary.id, live=summary.state.live)
            if st.button("Delete", key=f"delete_{summary.id}", disabled=summary.state.live):
                _confirm(studio, summary)
    if len(runs) > SHOWN:
        st.html(f'<div class="gs-faint">{len(runs) - SHOWN} older songs are not shown.</div>')


@st.dialog("Delete this song?")
def _confirm(studio: Studio, summary: RunSummary) -> None:
    st.text(summary.title)
    st.html('<div class="gs-faint">Its record goes, and every sound that no other song uses.</div>')
    with st.container(horizontal=True):
        if st.button(
            "Delete it", type="primary", key="confirm_delete", on_click=_delete, args=(studio, summary.id)
        ):
            st.rerun()
        if st.button("Keep it", key="confirm_keep"):
            st.rerun()


def _here(moment: datetime) -> datetime:
    """Return a moment in the time zone of the browser, else in UTC."""
    zone = st.context.timezone
    return moment.astimezone(ZoneInfo(zone) if zone else UTC)


def _delete(studio: Studio, run: str) -> None:
    if session.run_id() == run:
        session.let_go()
    act(studio.delete)(run)


def _line(summary: RunSummary) -> str:
    badge = (
        verdict_badge(summary.verdict)
        if summary.state in (RunState.DONE, RunState.STOPPED)
        else f'<span class="gs-badge gs-idle">{STATE_WORDS[summary.state]}</span>'
    )
    facts = [f"{_here(summary.created):%Y-%m-%d %H:%M}"]
    if summary.duration_s is not None:
        facts.append(clock(summary.duration_s))
    if summary.integrated_lufs is not None:
        facts.append(f"{number(summary.integrated_lufs)} LUFS")
    if summary.blame is not None:
        facts.append(f"first failure at {summary.blame}")
    return (
        f'<div class="gs-head"><h3>{escape(summary.title)}</h3><span>{badge}</span>'
        f'<span class="gs-by">{escape(" · ".join(facts))}</span></div>'
    )

"""The list of runs: open one, delete one after being asked."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from core.runs.record import RunState, RunSummary
from core.studio import Studio
from core.ui import session
from core.ui.files_view import bundle_button
from core.ui.problem import act, show_kept
from core.ui.shell import page
from core.ui.site import HOME
from core.ui.words import STATE_WORDS, clock, number, verdict_badge

PAGE = 25
"""Songs on one page of the library."""
FIRST = "library_first"


def library_page() -> None:
    """Draw the library."""
    with page("Library", "The songs that were made here."):
        show_library(session.studio())


def show_library(studio: Studio) -> None:
    """Draw the runs that this person may see, the newest first, a page at a time."""
    show_kept()
    owner = session.owner()
    count = studio.count_runs(owner)
    first = min(int(st.session_state.get(FIRST, 0)), max(0, count - 1) // PAGE * PAGE)
    if not count:
        st.html('<div class="gs-faint">No song has been made yet.</div>')
    if studio.hosted:
        st.html(
            '<div class="gs-faint">Your songs: those that were made in this browser or with your account. '
            "A bookmark of a song opens it elsewhere as well.</div>"
        )
    for summary in studio.runs(owner, most=PAGE, after=first):
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", key=f"card_{summary.id}"
        ):
            st.html(_line(summary), width="stretch")
            if summary.readable:
                if st.button("Open", key=f"open_{summary.id}"):
                    session.hold(summary.id)
                    st.switch_page(HOME.file, query_params={session.RUN: summary.id})
                bundle_button(studio, summary.id, live=summary.state.live)
            if st.button("Delete", key=f"delete_{summary.id}", disabled=summary.state.live):
                _confirm(studio, summary)
    if count > PAGE:
        _turn(first, count)


def _turn(first: int, count: int) -> None:
    """Draw the buttons to newer and older songs, and which of them are shown."""
    turn = st.session_state.__setitem__
    with st.container(horizontal=True, vertical_alignment="center", key="library_pages"):
        st.button(
            "Newer",
            key="library_newer",
            disabled=first == 0,
            on_click=turn,
            args=(FIRST, max(0, first - PAGE)),
        )
        st.button(
            "Older",
            key="library_older",
            disabled=first + PAGE >= count,
            on_click=turn,
            args=(FIRST, first + PAGE),
        )
        last = min(first + PAGE, count)
        st.html(f'<div class="gs-faint">Songs {first + 1} to {last} of {count}, the newest first</div>')


@st.dialog("Delete this song?")
def _confirm(studio: Studio, summary: RunSummary) -> None:
    st.text(summary.title if summary.readable else "A song of another version")
    st.html('<div class="gs-faint">Deletes the song and its audio. Cannot be undone.</div>')
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
    if not summary.readable:
        return (
            '<div class="gs-head"><h3>A song of another version</h3>'
            '<span><span class="gs-badge gs-idle">cannot be opened here</span></span>'
            f'<span class="gs-by">{_here(summary.created):%Y-%m-%d %H:%M} · Open it with the version of the '
            "studio that made it. Its sounds and files are still there.</span></div>"
        )
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

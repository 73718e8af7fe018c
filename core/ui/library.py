"""The library: songs to search, sort, play, open, name, duplicate and delete, one or several at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import streamlit as st

from core.errors import GainstageError
from core.runs.record import RunState, RunSummary
from core.studio import Studio
from core.ui import session
from core.ui.files_view import bundle_button
from core.ui.labels import Label, labels, put_label
from core.ui.library_deleted import delete, show_deleted
from core.ui.library_search import Sought, choose
from core.ui.library_several import show_disk_use, show_picked
from core.ui.other_tabs import draw_other_tabs
from core.ui.problem import act, show_kept
from core.ui.shell import page
from core.ui.site import HOME
from core.ui.song_bar import AUTOPLAY
from core.ui.song_more import duplicate
from core.ui.trash import deleted
from core.ui.words import STATE_WORDS, clock, number, plain, verdict_badge

PAGE = 25
"""Songs on one page of the library."""
FIRST = "library_first"
FOLLOW_S = 2.0
"""How often the state of songs that are being made is asked for."""


def library_page() -> None:
    """Draw the library."""
    with page("Library", "The songs that were made here."):
        studio = session.studio()
        show_library(studio)
        if not studio.hosted:
            show_disk_use(studio.home)


def show_library(studio: Studio) -> None:
    """Draw the runs that this person may see, a page at a time; all of them, or those that are sought."""
    show_kept()
    owner = session.owner()
    gone = deleted(studio.home)
    if gone:
        songs = studio.runs(owner)
        show_deleted(studio, [song for song in songs if song.id in gone], gone)
        listed = [song for song in songs if song.id not in gone]
        count = len(listed)
    else:
        count = studio.count_runs(owner)
    if not count and not gone:
        st.html('<div class="gs-faint">No song has been made yet.</div>')
    if studio.hosted:
        st.html(
            '<div class="gs-faint">Your songs: those that were made in this browser or with your account. '
            "A bookmark of a song opens it elsewhere as well.</div>"
        )
    written = labels(studio.home)
    sought = choose(count)
    if sought.plain and not gone:
        first = min(int(st.session_state.get(FIRST, 0)), max(0, count - 1) // PAGE * PAGE)
        shown = studio.runs(owner, most=PAGE, after=first)
    else:
        found = sought.among(listed if gone else studio.runs(owner), written)
        count = len(found)
        first = min(int(st.session_state.get(FIRST, 0)), max(0, count - 1) // PAGE * PAGE)
        shown = tuple(found[first : first + PAGE])
        if not count and sought.words:
            st.html('<div class="gs-faint">No song is called so, and none has such a tag.</div>')
    picked = [one for one in shown if st.session_state.get(_pick_key(one.id)) and one.readable]
    if picked:
        show_picked(studio, picked, written)
    for summary in shown:
        _row(studio, summary, written.get(summary.id, Label()))
    if count > PAGE:
        _turn(first, count, sought)
    _follow(studio, {one.id: one.state for one in shown if one.state.live})


def _follow(studio: Studio, live: Mapping[str, RunState]) -> None:
    """Draw the page again when a song of ``live`` stands otherwise than it is listed."""
    if not live:
        return

    @st.fragment(run_every=FOLLOW_S)
    def look() -> None:
        try:
            moved = any(studio.run(run).state is not state for run, state in live.items())
        except GainstageError:
            moved = True  # deleted meanwhile
        if moved:
            st.rerun()

    look()


def _row(studio: Studio, summary: RunSummary, label: Label) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"card_{summary.id}"):
        if summary.readable:
            name = label.title or summary.title
            st.checkbox(plain(f"Select {name}"), key=_pick_key(summary.id), label_visibility="collapsed")
        st.html(_line(summary, label), width="stretch")
        if summary.readable:
            if summary.duration_s is not None:
                st.button(
                    "Play",
                    key=f"play_{summary.id}",
                    icon=":material/play_arrow:",
                    on_click=_play,
                    args=(summary.id,),
                )
            if st.button("Open", key=f"open_{summary.id}"):
                session.hold(summary.id)
                st.switch_page(HOME.file, query_params={session.RUN: summary.id})
            _more(studio, summary, label)
        st.button(
            "Delete",
            key=f"delete_{summary.id}",
            disabled=summary.state.live,
            on_click=act(delete),
            args=(studio, [summary.id]),
        )


def _pick_key(run_id: str) -> str:
    return f"pick_{run_id}"


def _play(run_id: str) -> None:
    """Let the song bar take the song up and play it."""
    session.hold(run_id)
    st.session_state[AUTOPLAY] = run_id


def _more(studio: Studio, summary: RunSummary, label: Label) -> None:
    with st.popover("More", key=f"more_{summary.id}"):
        title = st.text_input("Title", label.title or summary.title, key=f"title_{summary.id}", max_chars=120)
        tags = st.text_input(
            "Tags", ", ".join(label.tags), key=f"tags_{summary.id}", placeholder="demo, live"
        )
        own = "" if title == summary.title else title
        st.button(
            "Save",
            key=f"label_{summary.id}",
            on_click=act(_save),
            args=(studio.home, summary.id, own, tags),
        )
        st.button(
            "Duplicate",
            key=f"copy_{summary.id}",
            help="The same request and settings as a song of its own, to be changed apart.",
            on_click=act(duplicate),
            args=(studio, summary.id),
        )
        bundle_button(studio, summary.id, live=summary.state.live)


def _save(home: Path, run_id: str, title: str, tags: str) -> None:
    """Write a song's label; tabs with that song, which need not be this one's, show it."""
    put_label(home, run_id, title, tags)
    draw_other_tabs(run_id)


def _turn(first: int, count: int, sought: Sought) -> None:
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
        st.html(f'<div class="gs-faint">Songs {first + 1} to {last} of {count}, {sought.order}</div>')


def _here(moment: datetime) -> datetime:
    """Return a moment in the time zone of the browser, else in UTC."""
    zone = st.context.timezone
    return moment.astimezone(ZoneInfo(zone) if zone else UTC)


def _line(summary: RunSummary, label: Label) -> str:
    if not summary.readable:
        return (
            '<div class="gs-head"><h2>A song of another version</h2>'
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
    tags = "".join(f'<span class="gs-tag">{escape(tag)}</span>' for tag in label.tags)
    return (
        f'<div class="gs-head"><h2>{escape(label.title or summary.title)}</h2><span>{badge}</span>{tags}'
        f'<span class="gs-by">{escape(" · ".join(facts))}</span></div>'
    )

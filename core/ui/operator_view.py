"""The operator's page: sessions, queue, disk, memory and the last failures, for whoever holds the key.

It is there only where ``GAINSTAGE_OPERATOR`` is set, which is the key. It shows no prompt, no words and no
whole id of a song.
"""

from __future__ import annotations

import hmac
import os

import streamlit as st
from streamlit import runtime

from core.machine.limits import LIMITS, MB, NONE
from core.runs.overview import SHOWN_DIGITS, Overview
from core.studio import Studio
from core.ui import session
from core.ui.problem import act, show_kept
from core.ui.shell import page
from core.ui.words import took

VARIABLE = "GAINSTAGE_OPERATOR"
_OPEN = "operator_is_here"


def asked_for() -> bool:
    """Whether this studio has an operator's page."""
    return bool(os.environ.get(VARIABLE, "").strip())


def operator_is_here() -> bool:
    """Whether this session has given the operator's key."""
    return asked_for() and bool(st.session_state.get(_OPEN))


def operator_page() -> None:
    """Draw the page, or the question for the key."""
    with page("Operator", "What this server does, holds and failed at."):
        if not asked_for():
            st.info(f"There is no operator's page here: {VARIABLE} is not set.")
        elif operator_is_here():
            _show(session.studio())
        else:
            _ask()


def _ask() -> None:
    with st.form("operator", border=False):
        given = st.text_input("Key", type="password", key="operator_key", help=f"The value of {VARIABLE}.")
        if st.form_submit_button("Open", key="operator_open"):
            if hmac.compare_digest(given.encode(), os.environ[VARIABLE].strip().encode()):
                st.session_state[_OPEN] = True
                st.rerun()
            st.error("That is not the key.")


def _show(studio: Studio) -> None:
    show_kept()
    now = studio.overview()
    with st.container(horizontal=True):
        st.button("Refresh", key="operator_refresh", icon=":material/refresh:")
        st.button(
            "Clean up now",
            key="operator_clean",
            on_click=act(studio.housekeeping.tidy),
            icon=":material/cleaning_services:",
            help="What is done by the hour: scratch, orphans, previews, sounds of songs at rest, limits.",
        )
    if now.notice:
        st.warning(now.notice)
    _figures(now)
    st.header("Queue")
    _table(
        [
            {
                "song": job.run[:SHOWN_DIGITS],
                "owner": job.owner[:SHOWN_DIGITS],
                "state": job.message or "working" if job.running else "waiting",
                "for": took(job.elapsed_s) if job.running else "",
                "begins in": took(job.starts_in_s) if job.starts_in_s is not None else "",
            }
            for job in now.queue
        ],
        "Nothing waits.",
    )
    st.header("Last failures")
    _table(
        [
            {
                "when": f"{failure.when:%Y-%m-%d %H:%M}",
                "song": failure.run[:SHOWN_DIGITS],
                "stage": failure.stage,
                "kind": failure.kind,
                "what": failure.sentence,
            }
            for failure in now.failures
        ],
        "Nothing failed.",
    )
    st.header("Disk by owner")
    _table(
        [{"owner": owner[:SHOWN_DIGITS], "MB": f"{size / MB:.0f}"} for owner, size in now.owners.items()],
        "There is no song.",
    )
    with st.expander("Limits"):
        rows = [(limit, getattr(studio.limits, name)) for name, limit in LIMITS.items()]
        _table(
            [
                {
                    "variable": limit.variable,
                    "is": "none" if is_now == NONE else f"{is_now:g}",
                    "of": limit.unit,
                }
                for limit, is_now in rows
            ],
            "",
        )


def _figures(now: Overview) -> None:
    free = now.memory.available
    facts = {
        "Sessions": _sessions(),
        "Servers on this home": str(now.servers),
        "In the queue": str(len(now.queue)),
        "Songs": str(len(now.usage.songs)),
        "Stored": f"{now.usage.total_bytes / MB:.0f} MB",
        "Disk free": f"{now.free_bytes / MB:.0f} MB",
        "Memory free": "-" if free is None else f"{free / MB:.0f} MB",
        **{f"Engine {name}": "-" if held is None else f"{held} MB" for name, held in now.engines_mb.items()},
    }
    with st.container(horizontal=True):
        for name, value in facts.items():
            st.metric(name, value, width="content")


def _table(rows: list[dict[str, str]], nothing: str) -> None:
    if rows:
        st.table(rows)
    else:
        st.caption(nothing)


def _sessions() -> str:
    """Return how many browser sessions are open; Streamlit has no public call for it."""
    manager = getattr(runtime.get_instance(), "_session_mgr", None) if runtime.exists() else None
    return "-" if manager is None else str(manager.num_active_sessions())

"""What belongs to one browser session: the studio it talks to, who it is, and the run it looks at."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.batch.lane import lane_elsewhere
from core.machine.visitors import Visitors
from core.runs.pipeline import RunSettings
from core.runs.record import RunRecord
from core.runs.warm import warm_up_while_typing
from core.studio import Studio
from core.ui import trash, visitor

RUN = "run"
DRAFT = "draft_settings"
START_FROM = "start_from"
"""Which of Home's ways in is open first."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def studio() -> Studio:
    """Return the process's one studio; the first call opens it."""
    return _studio()


@st.cache_resource(show_spinner=False, on_release=lambda opened: opened.close())
def _studio() -> Studio:
    reachable = st.get_option("server.address") not in LOOPBACK
    opened = Studio.open(reachable_by_others=reachable, elsewhere=lane_elsewhere())
    warm_up_while_typing()
    trash.later(opened, trash.UNDO_S)
    return opened


@st.cache_resource(show_spinner=False)
def visitors(home: Path) -> Visitors:
    """Return who makes and reads the visitors' tokens of a home."""
    return Visitors(home)


def owner() -> str:
    """Return whose runs these are; see :mod:`core.ui.visitor`."""
    return visitor.owner(visitors(studio().home))


def remember_owner(pages: str) -> None:
    """On a hosted studio have the browser keep who this is, once something is theirs."""
    if visitor.asked_for() and studio().hosted:
        visitor.keep(visitors(studio().home), pages)


def run_id() -> str | None:
    """Return the id of the run that is looked at.

    It comes from the page's address, so that reload and deep links resume, and is written back on every
    run of the script, because moving to another page clears the address.
    """
    held = st.query_params.get(RUN) or st.session_state.get(RUN)
    if not held:
        return None
    hold(held)
    return str(held)


def hold(run: str) -> None:
    """Look at this run from now on."""
    st.session_state[RUN] = run
    if st.query_params.get(RUN) != run:
        st.query_params[RUN] = run


def let_go() -> None:
    """Look at no run: a new song."""
    st.session_state.pop(RUN, None)
    st.query_params.pop(RUN, None)


def start_from_sound() -> None:
    """Look at no run; Home opens where a sound is uploaded."""
    let_go()
    st.session_state[START_FROM] = "sound"


def current_run() -> RunRecord | None:
    """Return the run that is looked at as it stands now; raises NotFoundError when it is gone."""
    held = run_id()
    return studio().run(held) if held else None


def draft() -> RunSettings:
    """Return the settings that the next song starts with."""
    if DRAFT not in st.session_state:
        st.session_state[DRAFT] = RunSettings()
    settings: RunSettings = st.session_state[DRAFT]
    return settings


def keep_draft(settings: RunSettings) -> None:
    """Keep settings for the next song."""
    st.session_state[DRAFT] = settings

"""A run on Home: its header, the level waterfall, and every stage's panel, filling in while it is made."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from core.run import RunRecord, RunState, StepState
from core.studio import Studio
from core.ui import session
from core.ui.files_view import bundle_button
from core.ui.panel import stage_panel
from core.ui.problem import act, guarded, show_kept
from core.ui.site import page_file
from core.ui.waterfall import show_waterfall
from core.ui.words import STATE_WORDS, took

POLL_S = 0.5
LISTEN_S = 0.25
"""How often it is looked whether there is a first listen; drawing nothing costs next to nothing."""


def show_run(studio: Studio, run: RunRecord) -> None:
    """Draw ``run`` as the rack, kept fresh while it is live."""

    def rack(now: RunRecord) -> None:
        show_waterfall(now)
        for step in now.steps:
            stage_panel(studio, now, step.stage, link=page_file(step.stage))

    follow(studio, run, rack)


def follow(studio: Studio, run: RunRecord, body: Callable[[RunRecord], None]) -> None:
    """Draw the header of ``run`` and ``body``, again and again while the run is live.

    One rerun of the whole page follows when it ends, starts again or stands at other settings.
    """
    drawn = (run.state.live, run.revision)

    @st.fragment(run_every=POLL_S if run.state.live else None)
    def followed() -> None:
        with guarded():
            now = studio.run(run.id)
            if (now.state.live, now.revision) != drawn:
                st.rerun()
            show_kept()
            run_header(studio, now)
            body(now)

    @st.fragment(run_every=LISTEN_S if run.state.live else None)
    def listened() -> None:
        with guarded():
            first_listen(studio, run)

    followed()
    listened()


def run_header(studio: Studio, run: RunRecord) -> None:
    """Draw what the song is, where it stands, and what can be done with it."""
    with st.container(key="run_header"):
        st.text(_name(run), width="stretch")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f'<div class="gs-head">{_badges(run)}<span class="gs-by">{_facts(run)}</span></div>')
            with st.container(horizontal=True, gap="small", width="content"):
                _verbs(studio, run)
        st.html(_progress(run))


def first_listen(studio: Studio, run: RunRecord) -> None:
    """Let the song's first section be heard while the rest is made.

    It floats in a corner, so that nothing moves when it comes and goes; a stage that ends does not cut it.
    """
    opening = studio.first_listen(run.id) if run.state.live else None
    if opening is None:
        return
    with st.container(border=True, key="first_listen"):
        st.html('<div class="gs-faint">First listen: how the song opens, before its balance.</div>')
        # Bytes are played as they are; only an array would be normalised.
        st.audio(opening, format="audio/wav")


def _verbs(studio: Studio, run: RunRecord) -> None:
    live = run.state.live
    st.button("Cancel", key="cancel", disabled=not live, on_click=act(studio.cancel), args=(run.id,))
    st.button(
        "Undo",
        key="undo",
        disabled=live or not run.can_undo,
        on_click=act(studio.undo),
        args=(run.id,),
        help="Back to the settings before the last change.",
    )
    st.button(
        "Redo",
        key="redo",
        disabled=live or not run.can_redo,
        on_click=act(studio.redo),
        args=(run.id,),
        help="Forward to the settings that were undone.",
    )
    bundle_button(studio, run.id, live=live)
    st.button("New song", key="new_song", on_click=session.let_go)


def _name(run: RunRecord) -> str:
    return ", ".join(run.request.brought_names) or run.request.prompt or "A song from typed lyrics"


def _badges(run: RunRecord) -> str:
    kinds = {RunState.DONE: run.verdict.value, RunState.STOPPED: "fail", RunState.CANCELLED: "idle"}
    word = STATE_WORDS[run.state]
    if run.state is RunState.DONE and run.verdict.value != "ok":
        word = "done, with " + ("warnings" if run.verdict.value == "warn" else "failures")
    badge = f'<span class="gs-badge gs-{kinds.get(run.state, "run")}">{word}</span>'
    if run.tainted:
        badge += '<span class="gs-badge gs-warn">tainted: went on past a failure</span>'
    return f"<span>{badge}</span>"


def _facts(run: RunRecord) -> str:
    parts = [f"seed {run.request.seed}", took(run.elapsed_s)]
    broken = run.broken
    if broken is not None:
        place = run.blame if broken.came_in_broken else broken.title
        parts.insert(0, f"first failure at {place}")
    return escape(" · ".join(parts))


def _progress(run: RunRecord) -> str:
    """Return the progress line as HTML; as tall when all is done, so that nothing moves at the end."""
    percent = round(100 * _fraction(run))
    quiet = "" if run.state.live else " gs-quiet"
    return (
        f'<div class="gs-progress{quiet}" role="progressbar" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{percent}"><span>{escape(_doing(run))}</span>'
        f'<div><i style="width:{percent}%"></i></div></div>'
    )


def _fraction(run: RunRecord) -> float:
    if run.state is RunState.DONE:
        return 1.0
    done = sum(step.state is StepState.DONE or step.continued for step in run.steps)
    running = sum(step.fraction for step in run.steps if step.state is StepState.RUNNING)
    return min(1.0, (done + running) / len(run.steps))


def _doing(run: RunRecord) -> str:
    if run.state is RunState.QUEUED:
        ahead = f"{run.queue_position} ahead" if run.queue_position else "next in the queue"
        return f"Waiting: {ahead}"
    for step in run.steps:
        if step.state is StepState.RUNNING:
            return f"{step.title}: {step.message}" if step.message else step.title
    finished = sum(step.state is StepState.DONE for step in run.steps)
    return f"{finished} of {len(run.steps)} stages done"

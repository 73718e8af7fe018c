"""A run on Home: its header, its end, the levels by stage, and each stage's panel, filling in."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.runs.record import RunRecord, RunState, StepRecord, StepState
from core.studio import Studio
from core.ui.job_progress import progress_bar
from core.ui.live import Part, follow
from core.ui.media import identified_wav
from core.ui.panel import stage_panel
from core.ui.problem import act, show_kept
from core.ui.site import stage_page_file
from core.ui.song_bar import BAR
from core.ui.song_end import show_end
from core.ui.waterfall import show_waterfall
from core.ui.words import STATE_WORDS, took

_CANCELLING = "cancelling"


def show_run(studio: Studio, run: RunRecord) -> None:
    """Draw ``run`` as the rack, kept fresh while it is live."""
    follow_run(
        studio,
        run,
        Part("end", lambda _: "", lambda now: show_end(studio, now)),
        Part("levels", _measured, show_waterfall),
        *(stage_part(studio, step.stage, linked=True) for step in run.steps),
    )


def follow_run(studio: Studio, run: RunRecord, *parts: Part) -> None:
    """Draw the header of ``run`` and the parts of its page, kept fresh while it is live."""

    def head() -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.text(_name(run), width="stretch")
            _cancel_button(studio, run)

    show_kept()
    follow(studio, run, head, _show_standing, [*parts, _listen_part(studio)], [BAR])


def stage_part(studio: Studio, stage: str, *, linked: bool) -> Part:
    """Return the panel of a stage as a part; ``linked``: with the way to the page of its settings."""
    link = stage_page_file(stage) if linked else None
    return Part(
        stage, lambda now: _state(now.step(stage)), lambda now: stage_panel(studio, now, stage, link=link)
    )


def _state(step: StepRecord) -> str:
    return f"{step.state.value} {step.key} {step.continued}"


def _measured(run: RunRecord) -> str:
    return " ".join(step.key for step in run.steps if step.main is not None)


def _listen_part(studio: Studio) -> Part:
    def there(run: RunRecord) -> str:
        return "there" if studio.first_listen(run.id) is not None else ""

    return Part("listen", there, lambda now: first_listen(studio, now), floats=True)


def first_listen(studio: Studio, run: RunRecord) -> None:
    """Let the song's first section be played while the rest is made.

    It floats in a corner, so that nothing moves when it comes and goes; a stage that ends does not cut it.
    """
    opening = studio.first_listen(run.id) if run.state.live else None
    if opening is None:
        return
    with st.container(border=True, key="first_listen"):
        st.html('<div class="gs-faint">First listen: how the song opens, before its balance.</div>')
        # Bytes are played as they are; only an array would be normalised.
        st.audio(identified_wav(opening), format="audio/wav")


def _cancel_button(studio: Studio, run: RunRecord) -> None:
    """Draw what ends a run that is live; the song bar has whatever else can be done with it."""
    if not run.state.live:
        st.session_state.pop(_CANCELLING, None)
        return
    asked = st.session_state.get(_CANCELLING) == run.id
    st.button(
        "Cancelling" if asked else "Cancel",
        key="cancel",
        disabled=asked,
        on_click=act(_cancel),
        args=(studio, run.id),
    )


def _name(run: RunRecord) -> str:
    return ", ".join(run.request.uploaded_names) or run.request.prompt or "A song from typed lyrics"


def _cancel(studio: Studio, run_id: str) -> None:
    st.session_state[_CANCELLING] = run_id
    studio.cancel(run_id)


def _show_standing(run: RunRecord) -> None:
    st.html(_standing(run))


def _standing(run: RunRecord) -> str:
    """Return where the run stands as HTML: its badges and facts, and how far it is while it is live."""
    head = f'<div class="gs-head">{_badges(run)}<span class="gs-by">{_facts(run)}</span></div>'
    bar = progress_bar(_fraction(run), _doing(run)) if run.state.live else ""
    return f'<div class="gs-standing">{head}{bar}</div>'


def _badges(run: RunRecord) -> str:
    kinds = {RunState.DONE: run.verdict.value, RunState.STOPPED: "fail", RunState.CANCELLED: "idle"}
    kinds[RunState.INTERRUPTED] = "idle"
    word = STATE_WORDS[run.state]
    if run.state is RunState.DONE and run.verdict.value != "ok":
        word = "done, with " + ("warnings" if run.verdict.value == "warn" else "failures")
    badge = f'<span class="gs-badge gs-{kinds.get(run.state, "run")}">{word}</span>'
    if run.tainted:
        badge += '<span class="gs-badge gs-warn">Contains a failed stage</span>'
    return f'<span role="status">{badge}</span>'


def _facts(run: RunRecord) -> str:
    parts = ["another program's steps" if run.probed else f"seed {run.request.seed}", took(run.elapsed_s)]
    if run.blamed:
        parts.insert(0, f"first failure at {run.blamed}")
    return escape(" · ".join(parts))


def _fraction(run: RunRecord) -> float:
    done = sum(step.state is StepState.DONE or step.continued for step in run.steps)
    running = sum(step.fraction for step in run.steps if step.state is StepState.RUNNING)
    return min(1.0, (done + running) / len(run.steps))


def _doing(run: RunRecord) -> str:
    if run.state is RunState.QUEUED:
        ahead = f"{run.queue_position} ahead" if run.queue_position else "next in the queue"
        soon = f", about {took(run.starts_in_s)}" if run.starts_in_s is not None else ""
        return f"Waiting: {ahead}{soon}"
    for step in run.steps:
        if step.state is StepState.RUNNING:
            return f"{step.title}: {step.message}" if step.message else step.title
    finished = sum(step.state is StepState.DONE for step in run.steps)
    return f"{finished} of {len(run.steps)} stages done"

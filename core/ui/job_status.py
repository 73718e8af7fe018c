"""Where the open song's job stands: in the tab's title, and read out by a screen reader."""

from __future__ import annotations

import json

import streamlit as st

from core.errors import GainstageError
from core.runs.record import RunRecord, RunState, StepState
from core.ui import session
from core.ui.labels import title_of
from core.ui.scripts import stub
from core.ui.words import STATE_WORDS

PRODUCT = "Gainstage"

_component = st.components.v2.component("gainstage_status", js=stub("status"))


def show_status(page: str) -> str:
    """Send the state of the open song's job to the browser; return the tab's title on ``page``."""
    st.session_state["page_title"] = page
    run = _open_run()
    nothing = {"title": f"{page} · {PRODUCT}", "said": "", "run": ""}
    status = nothing if run is None else status_of(run)
    # A tab that was away is drawn again: that the trigger came is all that is wanted of it.
    _component(key="status", data={"json": json.dumps(status)}, on_back_change=lambda: None)
    return status["title"]


def status_of(run: RunRecord) -> dict[str, str]:
    """Return the tab's title and what is read out, on the page that is shown, and the run."""
    page = str(st.session_state.get("page_title", PRODUCT))
    name = title_of(session.studio().home, run)
    return {
        "title": f"{_short(run)}: {name} · {page} · {PRODUCT}",
        "said": _said(run, name),
        "run": run.id,
    }


def _short(run: RunRecord) -> str:
    """Return the state as the tab shows it, which may have room for a word alone."""
    if run.state is RunState.RUNNING:
        done = sum(step.state is StepState.DONE or step.continued for step in run.steps)
        return f"{done}/{len(run.steps)}"
    if run.state is RunState.DONE and run.verdict.value == "fail":
        return "Failed"
    return STATE_WORDS[run.state].capitalize()


def _said(run: RunRecord, name: str) -> str:
    if run.state is RunState.QUEUED:
        return f"{name}: waiting."
    if run.state is RunState.RUNNING:
        at = next((step for step in run.steps if step.state is StepState.RUNNING), None)
        if at is None:
            return f"{name}: working."
        return f"{at.title}, stage {run.steps.index(at) + 1} of {len(run.steps)}."
    blamed = f", first failure at {run.blamed}" if run.blamed else ""
    return f"{name}: {STATE_WORDS[run.state]}{blamed}."


def _open_run() -> RunRecord | None:
    held = session.run_id()
    if held is None:
        return None
    try:
        return session.studio().run(held)
    except GainstageError:
        return None  # The page itself says what is the matter.

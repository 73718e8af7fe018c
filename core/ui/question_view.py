"""A question to ACE-Step's planner while it is answered: how far it is, Cancel, and what went wrong."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.errors import ErrorReport, GainstageError
from core.runs.understanding import Question
from core.studio import Studio
from core.ui.keys import hashed
from core.ui.problem import guarded, show_error

POLL_S = 0.5


def follow_question(studio: Studio, name: str) -> Question | None:
    """Draw a question that is being answered, or its error; return it once it ended well, else None.

    The page is drawn again when it ends.
    """
    question = studio.understanding.question(name)
    if question is None:
        return None
    if question.job.live:
        st.fragment(_progress, run_every=POLL_S)(studio, name)
        return None
    error = question.job.error
    if isinstance(error, GainstageError):
        show_error(error)
    elif error is not None:
        remedy = "Ask again; if it happens again, report it with the lines below."
        detail = f"{type(error).__name__}: {error}"
        show_error(
            ErrorReport(kind="bug", message="The studio made a mistake.", remedy=remedy, detail=detail)
        )
    elif question.job.cancelling:
        st.html('<div class="gs-faint">Cancelled.</div>')
    return question if error is None and not question.job.cancelling else None


def _progress(studio: Studio, name: str) -> None:
    with guarded():
        question = studio.understanding.question(name)
        if question is None or not question.job.live:
            st.rerun()
        job = question.job
        percent = round(100 * job.fraction)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(
                '<div class="gs-progress" role="progressbar" aria-valuemin="0" aria-valuemax="100" '
                f'aria-valuenow="{percent}"><span>{escape(job.message)}</span>'
                f'<div><small style="width:{percent}%"></small></div></div>',
                width="stretch",
            )
            st.button(
                "Cancelling" if job.cancelling else "Cancel",
                key=f"cancel_{hashed(name)}",
                disabled=job.cancelling,
                on_click=studio.understanding.cancel,
                args=(name,),
            )

"""A question to ACE-Step's planner while it is answered: how far it is, Cancel, and what went wrong."""

from __future__ import annotations

import streamlit as st

from core.runs.understanding import Question
from core.studio import Studio
from core.ui.job_progress import progress_bar, show_outcome
from core.ui.keys import hashed
from core.ui.problem import guarded

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
    show_outcome(question.job, "Cancelled.")
    return question if question.job.error is None and not question.job.cancelling else None


def _progress(studio: Studio, name: str) -> None:
    with guarded():
        question = studio.understanding.question(name)
        if question is None or not question.job.live:
            st.rerun()
        job = question.job
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(progress_bar(job.fraction, job.message), width="stretch")
            st.button(
                "Cancelling" if job.cancelling else "Cancel",
                key=f"cancel_{hashed(name)}",
                disabled=job.cancelling,
                on_click=studio.understanding.cancel,
                args=(name,),
            )

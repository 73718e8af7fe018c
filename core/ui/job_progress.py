"""Work in the background, as a page shows it: how far it is, and how it ended."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.errors import ErrorReport, GainstageError
from core.runs.jobs import Job
from core.ui.problem import show_error


def progress_bar(fraction: float, message: str) -> str:
    """Return a bar with what is being done, as HTML."""
    percent = round(100 * fraction)
    return (
        '<div class="gs-progress" role="progressbar" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{percent}"><span>{escape(message)}</span>'
        f'<div><small style="width:{percent}%"></small></div></div>'
    )


def show_outcome(job: Job, cancelled: str) -> None:
    """Draw why a job ended without its result, ``cancelled`` for a cancelled one; nothing when it has one."""
    if isinstance(job.error, GainstageError):
        show_error(job.error)
    elif job.error is not None:
        show_error(
            ErrorReport(
                kind="bug",
                message="The studio made a mistake in this work.",
                remedy="Try again; if it happens again, report it with the lines below.",
                detail=f"{type(job.error).__name__}: {job.error}",
            )
        )
    elif job.cancelling:
        st.html(f'<div class="gs-faint">{escape(cancelled)}</div>')

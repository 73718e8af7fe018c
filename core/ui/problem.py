"""The one way an error is shown: what happened, why, what to do; what a library said stays folded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from html import escape
from typing import ParamSpec

import streamlit as st
from pydantic import ValidationError

from core.errors import ErrorReport, GainstageError
from core.sentences import sentences
from core.ui import session
from core.ui.other_tabs import draw_other_tabs

log = logging.getLogger(__name__)
P = ParamSpec("P")
_KEPT = "problem_of_the_last_press"
_ACTED = "acted"


def show_error(error: GainstageError | ErrorReport) -> None:
    """Show an error with its causes and remedy; evidence and detail that repeat the message are left out."""
    report = error.report() if isinstance(error, GainstageError) else error
    causes = "".join(f"<li>{escape(cause)}</li>" for cause in report.causes)
    seen = "".join(f"<li>{escape(line)}</li>" for line in report.evidence if line != report.message)
    st.html(
        '<div class="gs-problem" role="alert">'
        f"<strong>{escape(report.message)}</strong>"
        + (f"<p>Likely:</p><ul>{causes}</ul>" if causes else "")
        + (f"<p>What to do: {escape(report.remedy)}</p>" if report.remedy else "")
        + (f"<p>What shows it:</p><ul>{seen}</ul>" if seen else "")
        + "</div>"
    )
    if report.detail.strip() not in ("", report.message):
        with st.expander("What the library said"):
            st.code(report.detail, language=None, wrap_lines=True)


def show_invalid(error: ValidationError) -> None:
    """Show settings that were refused, one sentence for each."""
    for sentence in sentences(error):
        show_error(ErrorReport(kind="settings", message=sentence, remedy=""))


@contextmanager
def guarded() -> Iterator[None]:
    """Show what goes wrong inside instead of a traceback.

    A bug of ours is logged with its traceback and shown as what it is; Streamlit's own signals pass.
    """
    try:
        yield
    except GainstageError as error:
        show_error(error)
    except ValidationError as error:
        show_invalid(error)
    except Exception as error:
        log.exception("a page failed")
        show_error(
            ErrorReport(
                kind="bug",
                message="The studio made a mistake while drawing this page.",
                remedy="Reload the page. If it happens again, report it with the lines below; "
                "everything made before is stored.",
                detail=f"{type(error).__name__}: {error}",
            )
        )


def act(verb: Callable[P, object]) -> Callable[P, None]:
    """Return a button's callback: what ``verb`` raises is kept, for :func:`show_kept` to show.

    A fragment in which the button stands sees by :func:`acted` that the whole page is to be drawn again.
    """

    @wraps(verb)
    def called(*args: P.args, **kwargs: P.kwargs) -> None:
        _dismiss()
        st.session_state[_ACTED] = True
        try:
            verb(*args, **kwargs)
        except GainstageError as error:
            st.session_state[_KEPT] = error.report()
        draw_other_tabs(st.session_state.get(session.RUN))

    return called


def acted() -> bool:
    """Whether a button acted since this was last asked."""
    return bool(st.session_state.pop(_ACTED, False))


def show_kept() -> None:
    """Show the error that the last button press ended in, until it is dismissed or another is pressed.

    Its place is always there: what follows is not built anew in the browser when it comes or goes.
    """
    with st.container(key="kept_problem"):
        report = st.session_state.get(_KEPT)
        if report is not None:
            show_error(report)
            st.button("Dismiss", key="dismiss", on_click=_dismiss)


def _dismiss() -> None:
    st.session_state.pop(_KEPT, None)

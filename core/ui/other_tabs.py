"""Other tabs with the same song: what was done in one is drawn in the others, in whatever browser they are.

Streamlit draws a session again when its own browser asks. Here a press asks for the others, as it is done, so
that they need not wait for their own browser, nor for the page of the tab in which it was pressed.
"""

from __future__ import annotations

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.ui import session


def draw_other_tabs(run_id: str | None) -> None:
    """Have every other session that looks at this run drawn again, whole, as its controls stand."""
    here = get_script_run_ctx()
    if run_id is None or here is None or not runtime.exists():
        return
    # There is no public way to a session that is not one's own; without this one a tab looks when it is back.
    sessions = getattr(runtime.get_instance(), "_session_mgr", None)
    for info in sessions.list_active_sessions() if sessions is not None else ():
        other = info.session
        if other.id != here.session_id and _run_of(other.session_state) == run_id:
            other._event_loop.call_soon_threadsafe(other.request_rerun, other._client_state)


def _run_of(state: object) -> object:
    try:
        return state[session.RUN]  # type: ignore[index]
    except KeyError:
        return None

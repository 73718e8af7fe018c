"""A press in one tab draws the other tabs of its song again, and no other tab."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from core.ui import other_tabs


class Tab:
    """One session as Streamlit holds it."""

    def __init__(self, name: str, run: str | None) -> None:
        self.id = name
        self.session_state = {} if run is None else {"run": run}
        self.drawn: list[object] = []
        self._client_state = f"controls of {name}"
        self._event_loop = SimpleNamespace(call_soon_threadsafe=lambda call, *args: call(*args))

    def request_rerun(self, state: object) -> None:
        self.drawn.append(state)


def test_the_other_tabs_of_the_song_are_drawn_again_as_their_controls_stand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tabs = [Tab("mine", "a"), Tab("beside", "a"), Tab("another song", "b"), Tab("no song", None)]
    sessions = SimpleNamespace(list_active_sessions=lambda: [SimpleNamespace(session=tab) for tab in tabs])
    there = SimpleNamespace(exists=lambda: True, get_instance=lambda: SimpleNamespace(_session_mgr=sessions))
    monkeypatch.setattr(other_tabs, "runtime", there)
    monkeypatch.setattr(other_tabs, "get_script_run_ctx", lambda: SimpleNamespace(session_id="mine"))
    other_tabs.draw_other_tabs("a")
    other_tabs.draw_other_tabs(None)
    assert [tab.drawn for tab in tabs] == [[], ["controls of beside"], [], []]

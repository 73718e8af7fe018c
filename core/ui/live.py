"""A page that follows a run: what changed is drawn again, and nothing else.

One small fragment asks again and again how far the run is and draws the progress line. It also sends the
state of every part of the page. A part that was drawn at another state, and is on the screen or near it, asks
from the browser to be drawn again: each is a fragment of its own. The whole page is drawn again when the run
ends, starts again or stands at other settings, and after every press of a control that acts on the run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import streamlit as st

from core.runs.record import RunRecord
from core.studio import Studio
from core.ui.job_status import status_of
from core.ui.keys import hashed
from core.ui.problem import acted, guarded
from core.ui.scripts import stub

POLL_S = 1.5
"""A look is 3.3 kB, two thirds of it Streamlit's own; the bar of the progress glides from one to the next."""
MARK = 12
"""Digits of a state's hash."""

_pulse = st.components.v2.component(
    "gainstage_pulse",
    js="export default ({ data }) => "
    'window.dispatchEvent(new CustomEvent("gainstage-pulse", { detail: data.json }));',
)
"""Travels with every look, so it is small: what it brings is read by the parts' own."""
_part = st.components.v2.component("gainstage_part", js=stub("part"))


@dataclass(frozen=True)
class Part:
    """One part of a page: it is drawn again when its state is another one."""

    name: str
    state: Callable[[RunRecord], str]
    draw: Callable[[RunRecord], None]
    floats: bool = False
    """It stands over the page, wherever that is scrolled to."""
    place: Callable[[], AbstractContextManager[object]] = nullcontext
    """Makes the place on the page in which it is drawn."""

    def mark(self, run: RunRecord) -> str:
        """Return a short text that is another one when the state is: it travels with every look."""
        return hashed(self.state(run))[:MARK]


def follow(
    studio: Studio,
    run: RunRecord,
    head: Callable[[], None],
    progress: Callable[[RunRecord], None],
    parts: Sequence[Part],
    elsewhere: Sequence[Part] = (),
) -> None:
    """Draw the header of ``run`` and the parts of its page, and keep them fresh while it is live.

    ``head`` is drawn with the whole page alone, so a press in it draws the whole page again. ``progress`` is
    a line or two, drawn at every look; nothing in it can be pressed. Parts that are drawn ``elsewhere`` on
    the page learn their state here, and ask by :func:`ask_when_another`.
    """
    acted()
    drawn = run.state.live, run.revision
    looked = _Looked(studio, run)

    @st.fragment(run_every=POLL_S if run.state.live else None)
    def pulse() -> None:
        with guarded():
            now = looked.fresh("")
            if (now.state.live, now.revision) != drawn:
                st.rerun()
            progress(now)
            if now.state.live:
                states = {part.name: part.mark(now) for part in (*parts, *elsewhere)}
                with st.container(key="live_pulse"):
                    sent = {"run": now.id, "states": states, "status": status_of(now)}
                    _pulse(key="pulse", data={"json": json.dumps(sent)})

    with st.container(key="run_header"):
        head()
        pulse()
    for part in parts:
        with part.place():
            _drawn_alone(part, looked)


def _drawn_alone(part: Part, looked: _Looked) -> None:
    @st.fragment
    def alone() -> None:
        with guarded():
            if acted():
                st.rerun()
            now = looked.fresh(part.name)
            ask_when_another(part, now)
            part.draw(now)

    alone()


class _Looked:
    """The run as a part is to draw it: with the whole page as the page read it, later as it stands then."""

    def __init__(self, studio: Studio, run: RunRecord) -> None:
        self._studio = studio
        self._run = run
        self._drawn: set[str] = set()

    def fresh(self, part: str) -> RunRecord:
        if part in self._drawn:
            return self._studio.run(self._run.id)
        self._drawn.add(part)
        return self._run


def ask_when_another(part: Part, now: RunRecord) -> None:
    """Let the browser ask for the fragment around this when the pulse brings another state of ``part``.

    A run that is not live has the place alone: what follows it would be built anew in the browser if it moved
    up, and a press meanwhile would be lost.
    """
    with st.container(key=f"live_{part.name}"):
        if not now.state.live:
            return
        drawn = {"run": now.id, "part": part.name, "state": part.mark(now), "floats": part.floats}
        _part(key=f"live/{part.name}", data={"json": json.dumps(drawn)}, on_changed_change=lambda: None)

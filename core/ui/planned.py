"""A song that is planned first: what the prompt is understood as, to be edited before a note is played."""

from __future__ import annotations

import uuid
from html import escape

import streamlit as st

from core.runs.pipeline import RunSettings
from core.song import MAX_LYRICS_CHARACTERS, Lyrics, Plan, SongRequest
from core.ui.lyrics_view import words_html
from core.ui.plan_editor import edit_plan, plan_place
from core.ui.understood import show_understood

_HELD = "planned_request"
_in_sight = st.components.v2.component(
    "gainstage_in_sight",
    js="export default ({ parentElement: at }) => (at.getRootNode().host || at).scrollIntoView();",
)
"""Scrolls to where it stands when it is drawn for the first time."""


def hold(request: SongRequest, plan: Plan | None = None, words: Lyrics | None = None) -> None:
    """Plan this song on Home, afresh even if it was planned before.

    ``plan``, ``words``: what the editor begins with in place of what the prompt and the typed lyrics say.
    """
    key = uuid.uuid4().hex
    st.session_state[_HELD] = request, key, words
    if plan is not None:
        st.session_state[plan_place(f"planned.{key}")] = plan


def let_go() -> None:
    """Plan none."""
    st.session_state.pop(_HELD, None)


def show_planned(settings: RunSettings) -> tuple[SongRequest, RunSettings] | None:
    """Draw the plan and the words of the song that is planned; return it when it is to be made.

    ``settings``: those that the song would start with. The words are written for the plan as it stands.
    """
    held: tuple[SongRequest, str, Lyrics | None] | None = st.session_state.get(_HELD)
    if held is None:
        return None
    request, key, words = held
    if words is not None:
        settings = settings.model_copy(update={"lyrics": settings.lyrics.model_copy(update={"words": words})})
    with st.container(border=True, key="planned"):
        with st.container(key="planned_sight"):
            _in_sight(key=f"in_sight/{key}")
        with st.spinner("Understanding the prompt"):
            plan = _understood(request, settings)
        st.html(f"<h2>{escape(plan.title)}</h2>{_summary(plan)}")
        chosen = edit_plan(plan, None, f"planned.{key}", disabled=False, expanded=True)
        _offer_chords(chosen or plan, request, f"planned.{key}")
        _offer_times(chosen or plan, request, f"planned.{key}")
        settings = settings.model_copy(update={"lyrics": settings.lyrics.model_copy(update={"plan": chosen})})
        show_understood(request.typed_lyrics, _correct)
        _words(request, settings)
        with st.container(horizontal=True):
            make = st.button("Make this song", type="primary", key="make_planned")
            st.button("Discard plan", key="put_away", on_click=let_go)
    if not make:
        return None
    let_go()
    return request, settings


def _offer_chords(plan: Plan, request: SongRequest, key: str) -> None:
    """Offer to play the chords that stand in the typed lyrics; they take the place of the plan's."""
    from core.writing.typed import with_chords

    given = with_chords(plan, request.typed_lyrics) if request.typed_lyrics else None
    if given is not None and given.sections != plan.sections:
        _offer(given, key, "play_chords", "Play these chords", f"Those in the lyrics, in {given.key}.")


def _offer_times(plan: Plan, request: SongRequest, key: str) -> None:
    """Offer to let the times in the typed lyrics set the form."""
    from core.writing.typed import parse_typed, with_times

    typed = request.typed_lyrics
    given = with_times(plan, parse_typed(typed), typed) if typed else None
    if given is not None and given.sections != plan.sections:
        begins = f"Each section begins where the lyrics' times say: {given.duration_s:.0f} s."
        _offer(given, key, "use_times", "Use these times", begins)


def _offer(plan: Plan, key: str, button: str, label: str, why: str) -> None:
    """Draw the button that puts ``plan`` in the place of the one that is shown."""
    taken = st.session_state.__setitem__
    st.button(label, key=button, help=why, on_click=taken, args=(plan_place(key), plan))


def _correct(lyrics: str) -> None:
    """Plan the song with its lyrics corrected."""
    request, key, _ = st.session_state[_HELD]
    if len(lyrics) <= MAX_LYRICS_CHARACTERS:
        st.session_state[_HELD] = request.model_copy(update={"typed_lyrics": lyrics}), key, None


def _understood(request: SongRequest, settings: RunSettings) -> Plan:
    from core.stages.lyrics import typed_words
    from core.writing.plan import make_plan

    return make_plan(request, typed_words(request, settings.lyrics))


def _summary(plan: Plan) -> str:
    said = []
    if plan.understood:
        said.append(f"Understood: {', '.join(plan.understood)}.")
    if plan.not_understood:
        said.append(f"Used for lyrics only: {', '.join(plan.not_understood)}.")
    lines = "".join(f"<div>{escape(line)}</div>" for line in (*said, *plan.notes))
    return f'<div class="gs-faint">{lines}</div>'


def _words(request: SongRequest, settings: RunSettings) -> None:
    """Show the words that the embedded writer, or the person, has for the plan."""
    from core.stages.lyrics import words_ahead

    lyrics = words_ahead(request, settings.lyrics)
    with st.expander("Words", icon=":material/lyrics:"):
        if lyrics is None:
            st.html('<div class="gs-faint">The language model writes them when the song is made.</div>')
        elif not lyrics.sections:
            st.html('<div class="gs-faint">An instrumental: no words.</div>')
        else:
            st.html(words_html(lyrics))

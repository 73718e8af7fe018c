"""What an uploaded song is, in words: understood by ACE-Step's planner, or typed, and edited before use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from html import escape
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.audio import Audio
from core.engines.acestep15.caption import LANGUAGES
from core.engines.planner.answer import HIGHEST_BPM, LOWEST_BPM, Understood
from core.runs.understanding import UNTRAINED, About, Answer
from core.song import MAX_LYRICS_CHARACTERS, MAX_PROMPT_CHARACTERS, Lyrics, Plan, SongRequest
from core.studio import Studio
from core.ui import session
from core.ui.problem import act
from core.ui.question_view import follow_question
from core.ui.uploads import uploaded
from core.writing import keys

METERS = (2, 3, 4, 5, 6, 7, 8, 9, 12)
NONE = ""
"""What a choice shows where nothing is known."""
_KEYS = (NONE, *(f"{tonic} {mode}" for tonic in keys.PITCH_CLASS for mode in keys.MODES))
_LANGUAGES = (NONE, *sorted(LANGUAGES))
_INSTRUMENTAL = "[instrumental]"


@dataclass(frozen=True)
class Facts(Understood):
    """What is known of an uploaded song, as the controls show it; what is empty or None is not known."""

    @property
    def prompt(self) -> str:
        """The caption with tempo, key and meter in words, as a prompt holds them."""
        said = [f"{self.bpm} bpm" if self.bpm else "", f"in {self.key}" if self.key else ""]
        said.append(f"{self.meter}/4" if self.meter else "")
        return ", ".join(filter(None, [self.caption.strip(), *said]))[:MAX_PROMPT_CHARACTERS]

    @property
    def is_instrumental(self) -> bool:
        """Whether the lyrics say that nothing is sung."""
        return self.lyrics.strip().lower() == _INSTRUMENTAL

    @property
    def words(self) -> str:
        """The lyrics as a request holds them."""
        return "" if self.is_instrumental else self.lyrics.strip()[:MAX_LYRICS_CHARACTERS]


def facts_of(understood: Understood) -> Facts:
    """Return what was understood as far as the controls can show it."""
    tonic, _, mode = understood.key.replace("♯", "#").replace("♭", "b").partition(" ")
    key = f"{tonic[:1].upper()}{tonic[1:]} {mode.lower()}"
    return Facts(
        caption=understood.caption[:MAX_PROMPT_CHARACTERS],
        lyrics=understood.lyrics[:MAX_LYRICS_CHARACTERS],
        bpm=understood.bpm,
        key=key if key in _KEYS else NONE,
        meter=understood.meter if understood.meter in METERS else None,
        language=understood.language if understood.language in _LANGUAGES else NONE,
    )


def song_like(facts: Facts, duration_s: float, seed: int) -> tuple[SongRequest, Plan, Lyrics | None]:
    """Return a new song of these facts: its request, its plan, and the words, where they are in a language.

    The plan is made for tempo, key and meter, so that its form has the length; they then stand in it exactly.
    Raises SettingsError for what the band cannot play.
    """
    from core.writing.given_plan import playable
    from core.writing.language import tongue_of
    from core.writing.plan import make_plan
    from core.writing.typed import parse_typed

    request = SongRequest(
        prompt=facts.caption.strip() or facts.prompt,
        typed_lyrics=facts.words,
        instrumental=facts.is_instrumental,
        duration_s=duration_s,
        seed=seed,
    )
    typed = parse_typed(facts.words) if facts.words else None
    words = typed if typed is not None and typed.sections else None
    plan = make_plan(request.model_copy(update={"prompt": facts.prompt}), words)
    exact: dict[str, Any] = {"prompt": request.prompt}
    exact |= {"tempo_bpm": float(facts.bpm)} if facts.bpm else {}
    exact |= {"key": facts.key} if facts.key else {}
    exact |= {"beats_per_bar": facts.meter} if facts.meter else {}
    plan = playable(plan.model_copy(update=exact))
    if words is None or not facts.language or facts.language == words.language:
        return request, plan, None
    singable = words.singable and tongue_of(facts.words).singable
    return request, plan, words.model_copy(update={"language": facts.language, "singable": singable})


def edit_facts(studio: Studio, file: UploadedFile, like: Callable[[Facts, float | None], object]) -> Facts:
    """Draw what is known of an uploaded song, each fact to be edited; return it as it stands.

    ``like``: takes the facts, and the song's length where it is known, to plan a new song of them.
    """
    name, place = f"understand/{session.owner()}/{file.file_id}", f"facts.{file.file_id}"
    held = studio.understanding.question(name)
    with st.expander("What this song is", key="song_facts", expanded=held is not None):
        st.html(
            '<div class="gs-faint">Its caption is the prompt of a cover or a repaint, its lyrics are the '
            "words to be sung. ACE-Step's planner can listen and fill them in.</div>"
        )
        st.button(
            "Understand this song",
            key="understand",
            icon=":material/hearing:",
            disabled=held is not None and held.job.live,
            on_click=act(studio.understanding.begin),
            args=(name, session.owner(), {file.name: partial(_decoded, studio, file)}),
            kwargs={"settings": session.draft().generate, "about": About()},
        )
        question = follow_question(studio, name)
        answer = None if question is None else question.answers[file.name]
        if answer is not None:
            if st.session_state.get(f"{place}.taken") is not question:
                st.session_state[f"{place}.taken"] = question
                _fill(place, facts_of(answer.understood))
            st.html(f'<div class="gs-faint">{escape(_said(answer))}</div>')
        facts = _fields(place)
        st.button(
            "Plan a new song like it",
            key="plan_like",
            disabled=not facts.prompt,
            help="Its plan opens below, to be edited before a note is played.",
            on_click=act(like),
            args=(facts, answer.seconds if answer else None),
        )
    return facts


def _said(answer: Answer) -> str:
    """Return who said it, and whether it is worth anything."""
    if answer.untrained:
        return UNTRAINED
    if answer.understood == Understood():
        return f"{answer.planner} says nothing of this song that can be used."
    return f"Understood by {answer.planner}; change what is wrong."


def _decoded(studio: Studio, file: UploadedFile) -> Audio:
    with uploaded([file]) as paths:
        return studio.audio(next(iter(studio.upload(paths).sounds.values())))


def _fill(place: str, facts: Facts) -> None:
    """Put facts into the controls, which are drawn after this."""
    for field in fields(facts):
        st.session_state[f"{place}.{field.name}"] = getattr(facts, field.name)


def _fields(place: str) -> Facts:
    """Draw the controls; return what they stand at."""
    kept: dict[str, Any] = {"persist_state": "session"}
    caption = st.text_area(
        "Caption", key=f"{place}.caption", height=80, max_chars=MAX_PROMPT_CHARACTERS, **kept
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        bpm = st.number_input(
            "Tempo (bpm)", LOWEST_BPM, HIGHEST_BPM, None, 1, key=f"{place}.bpm", width=140, **kept
        )
        key = st.selectbox("Key", _KEYS, key=f"{place}.key", width=160, **kept)
        meter = st.selectbox(
            "Beats in a bar",
            (None, *METERS),
            key=f"{place}.meter",
            format_func=_or_nothing,
            width=130,
            **kept,
        )
        language = st.selectbox("Language", _LANGUAGES, key=f"{place}.language", width=130, **kept)
    lyrics = st.text_area(
        "Lyrics", key=f"{place}.lyrics", height=180, max_chars=MAX_LYRICS_CHARACTERS, **kept
    )
    return Facts(caption, lyrics, bpm, key, meter, language)


def _or_nothing(value: object) -> str:
    return NONE if value is None else str(value)

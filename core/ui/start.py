"""How a song begins on Home: from a prompt, from a sound of one's own, or by only looking at a sound."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import streamlit as st
from pydantic import ValidationError
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.audio import SUFFIXES
from core.errors import InputError
from core.midi.suffixes import SUFFIXES as MIDI_SUFFIXES
from core.midi.suffixes import is_midi
from core.runs.pipeline import RunSettings
from core.sentences import sentences
from core.song import SongRequest
from core.stages.generate import LAST_SEED
from core.studio import Studio
from core.ui import planned, session
from core.ui.examples import EXAMPLES, show_examples
from core.ui.incident import offer_incident
from core.ui.length import length_text, read_length
from core.ui.look import look_at
from core.ui.problem import act, guarded, show_kept
from core.ui.song_facts import Facts, edit_facts, song_like
from core.ui.uploads import uploaded
from core.ui.who_plays import show_who_plays

PROBE_S = 8.0
LONGEST_S = 1200.0
WAYS_IN = ("Make a song", "Use my audio", "Analyze a file")
_READING = "reading_uploads"
_CUT_LEAD = "cut_midi_lead"
KEPT: Mapping[str, Any] = {"persist_state": "session"}
"""What was typed is still there after the song, or another page, was looked at."""
EXAMPLE = EXAMPLES["lo-fi"]
MOST_TAKES = 4
"""Takes that Home offers; the Generate page has more."""
FIRST_SEED = 42
_SEED = "seed"


def show_start(studio: Studio) -> None:
    """Draw the three ways in."""
    show_kept()
    first = WAYS_IN[1] if st.session_state.get(session.START_FROM) == "sound" else WAYS_IN[0]
    prompt, sound, look = st.tabs(WAYS_IN, default=first)
    with prompt:
        _from_prompt(studio)
    with sound:
        _from_sound(studio)
    with look:
        look_at(studio)
    with guarded():
        chosen = planned.show_planned(session.draft())
        if chosen is not None:
            _begin(studio, *chosen)
    offer_incident(studio)


def _from_prompt(studio: Studio) -> None:
    show_who_plays(studio, session.draft().generate)
    show_examples("prompt")
    with st.form("song", border=False):
        prompt = st.text_input("What should it sound like?", placeholder=EXAMPLE, key="prompt", **KEPT)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            length = st.text_input("Length (m:ss)", "1:00", key="length", width=130, **KEPT)
            takes = _takes()
            instrumental = st.toggle("Instrumental", key="instrumental", **KEPT)
        most = studio.longest_song()
        if most.seconds < LONGEST_S:
            st.caption(f"Up to {length_text(most.seconds)} here: {most.because}.")
        with st.expander("Lyrics of your own"):
            lyrics = st.text_area(
                "Lyrics",
                key="typed_lyrics",
                placeholder="[verse]\nThe tide comes in on quiet feet\n\n[chorus]\nStay, stay with me",
                height=180,
                **KEPT,
                help="Headings such as [verse] and [chorus] are understood. Empty: words are written.",
            )
        with st.container(horizontal=True):
            make = st.form_submit_button("Make song", type="primary", key="make")
            plan = st.form_submit_button(
                "Edit plan first",
                key="plan_first",
                help="See and edit the form, the chords and the band before a note is played.",
            )
            probe = st.form_submit_button(
                "8-second preview",
                key="probe",
                help=f"The whole chain on {PROBE_S:.0f} s, for a quick impression.",
            )
        # Below the buttons: Enter presses the first button of a form.
        seed = _advanced()
    with guarded():
        if make or plan or probe:
            request = _request(
                prompt=prompt.strip(),
                typed_lyrics=lyrics.strip(),
                instrumental=instrumental,
                duration_s=PROBE_S if probe else read_length(length),
                seed=seed,
            )
            session.keep_draft(_with_generate(session.draft(), takes=takes))
            if plan:
                planned.hold(request)
            else:
                planned.let_go()
                one = _with_generate(session.draft(), clips=1, takes=1, take=0)
                _begin(studio, request, one if probe else session.draft())


def _takes() -> int:
    """Draw how many takes are made; the Generate page's number is one of the choices."""
    now = session.draft().generate.takes
    choices = sorted({*range(1, MOST_TAKES + 1), now})
    # A number that was changed on the Generate page gets a control of its own, which starts there.
    taken = st.segmented_control(
        "Takes",
        choices,
        default=now,
        required=True,
        key=f"takes_{now}",
        help="Performances of one plan, to choose from on the Generate page; the best by its checks plays.",
    )
    return int(taken)


def _advanced() -> int:
    """Draw the seed, with the dice that draw another one; return it."""
    st.session_state.setdefault(_SEED, FIRST_SEED)
    with (
        st.expander("Advanced"),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        seed = st.number_input(
            "Seed",
            0,
            LAST_SEED,
            step=1,
            key=_SEED,
            width=180,
            help="The same prompt and seed make the same song; another seed makes another one.",
            **KEPT,
        )
        st.form_submit_button("Another seed", key="dice", icon=":material/casino:", on_click=_roll)
    return int(seed)


def _roll() -> None:
    st.session_state[_SEED] = secrets.randbelow(LAST_SEED + 1)


def _from_sound(studio: Studio) -> None:
    st.html(
        '<div class="gs-faint">One file is a song: it is separated, enhanced, mixed and mastered. '
        "Several files are its stems, each named after its file. A MIDI file is played by the built-in band, "
        "and its words are sung.</div>"
    )
    files = st.file_uploader(
        "A song, its stems, or a MIDI file",
        type=[s.lstrip(".") for s in (*SUFFIXES, *MIDI_SUFFIXES)],
        accept_multiple_files=True,
        key="sound",
    )
    if files and is_midi([PurePath(file.name) for file in files]):
        st.checkbox("Cut off the silence before the first note", key=_CUT_LEAD)
    facts = None
    if len(files or ()) == 1 and not is_midi([PurePath(files[0].name)]):
        facts = edit_facts(studio, files[0], _plan_like)
    reading = bool(st.session_state.get(_READING))
    st.button(
        "Start from this",
        type="primary",
        key="start_sound",
        disabled=not files or reading,
        on_click=st.session_state.__setitem__,
        args=(_READING, True),
    )
    if reading and files:
        # The button is drawn, and cannot be pressed again, before the files are read.
        try:
            with st.spinner("Reading"):
                act(_start_from)(studio, files, facts)
        finally:
            st.session_state.pop(_READING, None)
        st.rerun()


def _plan_like(facts: Facts, seconds: float | None) -> None:
    """Hold the plan of a new song of what an uploaded one is; it opens where songs are made of a prompt."""
    duration_s = read_length(str(st.session_state.get("length", "1:00"))) if seconds is None else seconds
    request, plan, words = song_like(facts, min(LONGEST_S, max(3.0, duration_s)), FIRST_SEED)
    planned.hold(request, plan, words)


def _start_from(studio: Studio, files: Sequence[UploadedFile], facts: Facts | None) -> None:
    if is_midi([PurePath(file.name) for file in files]):
        content = files[0].getvalue()
        if st.session_state.get(_CUT_LEAD):
            from core.midi.lead import without_lead

            content = without_lead(content, files[0].name)
        request = _request(midi=studio.upload_midi(files[0].name, content))
    else:
        with uploaded(files) as paths:
            upload = studio.upload(paths)
        said = {"prompt": facts.prompt, "typed_lyrics": facts.words} if facts else {}
        request = _request(upload=upload, sample_rate=studio.rate_of(upload), **said)
    session.hold(studio.start(request, session.draft(), session.owner()))


def _request(**asked: Any) -> SongRequest:
    """Return what was asked for; raises InputError for nothing, or for what is out of bounds."""
    if not any(asked.get(name) for name in ("prompt", "typed_lyrics", "upload", "midi")):
        raise InputError(
            "There is nothing to make a song from yet.",
            remedy=f"Write a few words about it, such as “{EXAMPLE}”, or lyrics of your own.",
        )
    try:
        return SongRequest(**asked)
    except ValidationError as error:
        raise InputError(
            " ".join(sentences(error, SongRequest)), remedy="Change it and try again."
        ) from error


def _begin(studio: Studio, request: SongRequest, settings: RunSettings) -> None:
    st.session_state.pop(session.START_FROM, None)
    session.hold(studio.start(request, settings, session.owner()))
    st.rerun()


def _with_generate(settings: RunSettings, **values: int) -> RunSettings:
    return settings.model_copy(update={"generate": settings.generate.model_copy(update=values)})

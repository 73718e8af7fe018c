"""Settings from elsewhere, pasted or uploaded: read, judged against the model here, and taken over."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from core.engines.acestep15.card import CARD
from core.engines.acestep15.device import machine_outside
from core.engines.acestep15.recipe import Advice, family_of, judged
from core.engines.acestep15.recipe_file import LARGEST, Read, read
from core.engines.acestep15.settings import AceStepSettings
from core.runs.pipeline import RunSettings
from core.runs.record import RunRecord
from core.studio import Studio
from core.ui import session
from core.ui.form_state import load
from core.ui.problem import act, guarded


def offer_recipe(studio: Studio, run: RunRecord | None) -> None:
    """Draw where a recipe is pasted or uploaded, what it says, and the button that takes it over."""
    settings = session.draft() if run is None else run.settings
    disabled = run is not None and run.state.live
    with st.expander("Settings from ACE-Step or ComfyUI", key="recipe"), guarded():
        text = st.text_area(
            "Paste JSON",
            key="recipe_text",
            height=100,
            max_chars=LARGEST,
            disabled=disabled,
            help="What ACE-Step 1.5 saved beside a song, or a ComfyUI workflow.",
        )
        file = st.file_uploader("Or a file", type="json", key="recipe_file", disabled=disabled)
        content = file.getvalue() if file is not None else text.encode()
        if not content.strip():
            return
        found = read(content, file.name if file is not None else "what was pasted")
        taken = with_recipe(settings, found)
        st.html(said(found, advice_on(studio, taken)))
        st.button(
            "Use these settings",
            key="recipe_use",
            disabled=disabled or taken == settings,
            on_click=act(keep_taken) if run is None else act(studio.change),
            args=(taken,) if run is None else (run.id, taken),
        )


def keep_taken(settings: RunSettings) -> None:
    """Let the next song start with these; the form's controls are drawn anew, at other values."""
    session.keep_draft(settings)
    load("generate", settings.generate)


def with_recipe(settings: RunSettings, found: Read) -> RunSettings:
    """Return the settings with a recipe's put in; raises SettingsError for what is out of bounds."""
    return settings.with_values({"generate.engine": CARD.name} | found.assignments)


def advice_on(studio: Studio, settings: RunSettings) -> list[Advice]:
    """Return what is known to go wrong with these settings on the model that is here; none without one."""
    generate = settings.generate
    state = studio.engines.availability(CARD.name, generate.checkpoint)
    options = CARD.options(generate.options)
    if not state.checkpoint or not isinstance(options, AceStepSettings):
        return []
    return judged(options, family_of(Path(state.checkpoint)), machine_outside())


def said(found: Read, advice: list[Advice]) -> str:
    """Return what a recipe asks for, and what would go wrong with it."""
    settings = ", ".join(
        f"{name.replace('_', ' ')} {' and '.join(value) if isinstance(value, list) else value}"
        for name, value in found.options.items()
    )
    song = {
        "prompt": found.prompt,
        "lyrics": found.lyrics.replace("\n", " / "),
        "seed": "" if found.seed is None else str(found.seed),
        "length": f"{found.duration_s:g} s" if found.duration_s else "",
    }
    lines = [f"It sets {settings}." if settings else "It sets nothing that is a setting here."]
    own = "; ".join(f"{name}: {value}" for name, value in song.items() if value)
    lines += [f"Its song, to be typed on Home: {own}."] if own else []
    faint = "".join(f"<div>{escape(line)}</div>" for line in [*lines, *found.notes])
    warned = "".join(
        f'<div><span class="gs-badge {"gs-fail" if each.refused else "gs-warn"}">'
        f"{'refused' if each.refused else 'warning'}</span> "
        f"{escape(each.sentence)} {escape(each.cause.capitalize())}. {escape(each.remedy)}</div>"
        for each in advice
    )
    return f'<div class="gs-faint">{faint}</div>{warned}'

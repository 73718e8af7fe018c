"""One line on Home: which engine would make the song, and how to get a model where none can run."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.errors import EngineMissingError
from core.stages.choice import best_engine, named_engine
from core.stages.generate import GenerateSettings
from core.studio import Studio
from core.ui.site import page_file

NO_MODEL = (
    "No AI model is in use: the built-in band writes the notes and plays them with sampled instruments and a "
    "simple singing voice."
)


def show_who_plays(studio: Studio, settings: GenerateSettings) -> None:
    """Draw the line; without an engine it says why, as the song would."""
    text, is_model = who_plays(studio, settings)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="who_plays"):
        st.html(f'<div class="gs-faint">{escape(text)}</div>')
        if not is_model and not studio.hosted:
            st.page_link(page_file("models"), label="Get a model", icon=":material/deployed_code:")


def who_plays(studio: Studio, settings: GenerateSettings) -> tuple[str, bool]:
    """Return what makes the next song of these settings in a sentence, and whether that is a model."""
    try:
        if settings.engine_named:
            found = named_engine(settings.engine, studio.engines, settings.checkpoint, settings.options)
        else:
            found = best_engine("generate", studio.engines, settings.checkpoint, settings.options, "")
    except EngineMissingError as error:
        return error.message, False
    card = next(card for card in studio.engines.cards("generate") if card.name == found.engine)
    return (f"Made by {card.title}.", True) if card.needs_torch else (NO_MODEL, False)

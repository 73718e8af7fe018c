"""The engines of a stage: which can run here, why the others cannot, and how to add them."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.engines.base import EngineOptions
from core.stages.base import StageSettings
from core.stages.choice import AUTO, not_installed
from core.stages.lyrics import MODEL, WRITERS
from core.studio import Studio
from core.ui.forms import Entry


def engine_choices(studio: Studio, stage: str) -> dict[str, dict[str, str]]:
    """Return the setting by which a stage's engine is chosen, with its values and what is shown for them."""
    cards = studio.engines.cards(stage)
    shown = {
        card.name: card.title if studio.engines.availability(card.name).ready else f"{card.title} (not ready)"
        for card in cards
    }
    if stage == "lyrics":
        return {"writer": WRITERS | {name: text for name, text in shown.items() if name != MODEL}}
    return {"engine": {AUTO: "Auto: the best that runs here"} | shown}


def engine_options(studio: Studio, stage: str, given: EngineOptions) -> dict[str, Entry]:
    """Return how the settings of the stage's engines are drawn; nothing where none has any."""
    cards = {card.name: card for card in studio.engines.cards(stage) if card.settings.model_fields}
    titles = {name: card.title for name, card in cards.items()}
    return {"options": Entry(lambda name: cards[name].options(given), names=titles)} if cards else {}


def show_not_installed(studio: Studio, stage: str, settings: StageSettings) -> None:
    """Say which engines a song's settings name and are not here; nothing when all are."""
    missing = not_installed(stage, settings, studio.engines)
    if missing:
        st.html(f'<div class="gs-faint">{escape(missing)}</div>')


def unused_engines(studio: Studio, stage: str) -> str:
    """Return a sentence that names the engines of the stage that cannot run here; empty when all can."""
    cards = studio.engines.cards(stage)
    absent = [card.title for card in cards if not studio.engines.availability(card.name).ready]
    return f"Not ready here: {', '.join(absent)}. The settings say how to add them." if absent else ""


def show_engines(studio: Studio, stage: str) -> None:
    """Draw each engine of the stage with its state in words; nothing for a stage without engines."""
    cards = studio.engines.cards(stage)
    if not cards:
        return
    st.subheader("Engines", anchor=False)
    rows = []
    for card in cards:
        state = studio.engines.availability(card.name)
        badge = "gs-ok" if state.ready else "gs-idle"
        word = "ready" if state.ready else "not ready"
        remedy = "" if state.ready else f"<br>To add it: {escape(state.remedy or card.how_to_add)}"
        approximate = " Its result is an approximation." if card.approximate else ""
        rows.append(
            f'<div class="gs-engine"><div><span class="gs-badge {badge}">{word}</span> '
            f"<b>{escape(card.title)}</b></div>"
            f"<div>{escape(card.summary)}{approximate} Licence: {escape(card.licence)}.</div>"
            f'<div class="gs-faint">{escape(state.reason)}{remedy}</div></div>'
        )
    st.html("".join(rows))

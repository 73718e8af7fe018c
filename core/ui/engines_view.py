"""The engines of a stage: which can run here, why the others cannot, and how to add them."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.engines.base import Availability, EngineCard, EngineOptions
from core.stages.base import StageSettings
from core.stages.choice import AUTO, not_installed
from core.stages.lyrics import MODEL, WRITERS
from core.studio import Studio
from core.ui.forms import Entry
from core.ui.operator_view import operator_is_here


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


def engine_options(
    studio: Studio, stage: str, start: EngineOptions, rendered: EngineOptions
) -> dict[str, Entry]:
    """Return how the settings of the stage's engines are drawn; nothing where none has any.

    ``start``: those that the controls start from; ``rendered``: those of the last render.
    """
    cards = {card.name: card for card in studio.engines.cards(stage) if card.settings.model_fields}
    if not cards:
        return {}
    entry = Entry(
        lambda name: cards[name].options(start),
        lambda name: cards[name].options(rendered),
        lambda name: cards[name].settings(),
        names={name: card.title for name, card in cards.items()},
    )
    return {"options": entry}


def show_not_installed(studio: Studio, stage: str, settings: StageSettings) -> None:
    """Say which engines a song's settings name and are not here; nothing when all are."""
    missing = not_installed(stage, settings, studio.engines)
    if missing:
        st.html(f'<div class="gs-faint">{escape(missing)}</div>')


def show_engines(studio: Studio, stage: str) -> None:
    """Draw each engine of the stage with its state in words, folded; nothing for a stage without engines.

    Why one is not ready, and how to add it, is the operator's business: a visitor is not shown it.
    """
    cards = studio.engines.cards(stage)
    if not cards:
        return
    states = [studio.engines.availability(card.name) for card in cards]
    ready = sum(state.ready for state in states)
    told = not studio.hosted or operator_is_here()
    with st.expander(f"Engines: {ready} of {len(cards)} ready"):
        st.html("".join(_row(card, state, told=told) for card, state in zip(cards, states, strict=True)))


def _row(card: EngineCard, state: Availability, *, told: bool) -> str:
    badge = "gs-ok" if state.ready else "gs-idle"
    word = "ready" if state.ready else "not ready"
    remedy = "" if state.ready else f"<br>To add it: {escape(state.remedy or card.how_to_add)}"
    approximate = " Its result is an approximation." if card.approximate else ""
    why = f'<div class="gs-faint">{escape(state.reason)}{remedy}</div>' if told else ""
    return (
        f'<div class="gs-engine"><div><span class="gs-badge {badge}">{word}</span> '
        f"<b>{escape(card.title)}</b></div>"
        f"<div>{escape(card.summary)}{approximate} Licence: {escape(card.licence)}.</div>{why}</div>"
    )

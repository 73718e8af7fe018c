"""The engines of a stage: which can run here, why the others cannot, and how to add them."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.studio import Studio


def engine_choices(studio: Studio, stage: str) -> dict[str, str]:
    """Return the values of a stage's engine setting and what is shown for them."""
    choices = {"auto": "Auto: the best that runs here"}
    for card in studio.engines.cards(stage):
        ready = studio.engines.availability(card.name).ready
        choices[card.name] = card.title if ready else f"{card.title} (not ready)"
    return choices


def unused_engines(studio: Studio, stage: str) -> str:
    """Return a sentence that names the engines of the stage that cannot run here; empty when all can."""
    cards = studio.engines.cards(stage)
    told = [card.title for card in cards if not studio.engines.availability(card.name).ready]
    return f"Not ready here: {', '.join(told)}. The settings say how to add them." if told else ""


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

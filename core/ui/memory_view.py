"""What a song will take of this machine's memory, shown before it is made."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from core.engines.base import MemoryOutlook
from core.stages.choice import AUTO, candidates
from core.stages.generate import GenerateSettings
from core.studio import Studio


def show_memory(studio: Studio, settings: GenerateSettings, seconds: float) -> None:
    """Draw the outlook of the engine that these settings lead to; nothing for one without a model here."""
    found = memory_outlook(studio, settings, seconds)
    if found is None:
        return
    badge, word = ("gs-ok", "fits") if found.fits else ("gs-warn", "too large")
    remedy = f"<br>{escape(found.remedy)}" if found.remedy else ""
    st.html(
        f'<div class="gs-engine"><span class="gs-badge {badge}">memory: {word}</span> '
        f"{escape(found.sentence)}{remedy}</div>"
    )


def memory_outlook(studio: Studio, settings: GenerateSettings, seconds: float) -> MemoryOutlook | None:
    """Return the outlook of the first engine that these settings may take and whose memory is known."""
    for card in candidates("generate", settings.engine, studio.engines):
        state = studio.engines.availability(card.name, settings.checkpoint)
        if not state.ready or (settings.engine == AUTO and not state.auto):
            continue
        if not state.checkpoint:
            return None
        return card.memory(Path(state.checkpoint), card.options(settings.options), seconds)
    return None

"""The effect chain's engine card."""

from __future__ import annotations

from core.engines.base import Availability, EngineCard
from core.engines.needs import needs_modules

CARD = EngineCard(
    name="effects",
    title="Effect chain (pedalboard)",
    stage="enhance",
    worker="core.engines.effects.worker",
    version="2",
    summary="Equaliser, de-esser, compressor and reverb for each stem.",
    licence="GPL-3.0",
    how_to_add="Install pedalboard: pip install pedalboard",
    repeatable=True,
)


def available() -> Availability:
    """Whether the packages it needs are installed."""
    return needs_modules(CARD, "pedalboard")

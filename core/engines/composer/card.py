"""The built-in band's engine card."""

from core.engines.base import Availability, EngineCard
from core.engines.composer.settings import BandSettings
from core.engines.needs import needs_modules

CARD = EngineCard(
    name="composer",
    title="Built-in band (no AI model)",
    stage="generate",
    worker="core.engines.composer.worker",
    version="6",
    summary="Composes from the plan, plays through a SoundFont, sings with a small neural voice; true stems.",
    licence="Apache-2.0; the bundled SoundFont TimGM6mb is GPL-2.0",
    how_to_add="Install requirements-lite.txt: the band needs no download and no GPU.",
    settings=BandSettings,
    plays_midi=True,
    may_start_early=True,
    repeatable=True,
)


def available() -> Availability:
    """Whether the packages it needs are installed."""
    return needs_modules(CARD, "midirenderer", "mido", "hibari", "onnxruntime", "onnx")

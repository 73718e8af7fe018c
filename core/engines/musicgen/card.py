"""MusicGen's engine card."""

from __future__ import annotations

from core.engines.base import Availability, EngineCard
from core.engines.needs import needs_modules
from core.engines.shared.musicgen_settings import LICENCE, MusicGenSettings
from core.engines.weights import Weights

FILES = (
    "config.json",
    "generation_config.json",
    "tokenizer.json|spiece.model",
    "model*.safetensors",
    "model.safetensors|model.safetensors.index.json",
)


def _published(name: str, size_mb: int, about: str) -> Weights:
    return Weights(name, f"facebook/{name}", FILES, size_mb, LICENCE, about)


CARD = EngineCard(
    name="musicgen",
    title="MusicGen",
    stage="generate",
    worker="core.engines.musicgen.worker",
    version="1",
    summary="Meta's text-to-music model at 32 kHz, in windows of 30 s; plays, but sings no words.",
    licence=f"weights {LICENCE}; code Apache-2.0",
    how_to_add="Run make models, then python -m core models get musicgen-small, or put it under "
    "GAINSTAGE_MODELS.",
    settings=MusicGenSettings,
    needs_torch=True,
    sings=False,
    weights=(
        _published("musicgen-stereo-small", 2400, "Stereo, 300 M parameters: for any processor, slowly."),
        _published("musicgen-small", 2400, "Mono, 300 M parameters: for any processor, slowly."),
        _published("musicgen-stereo-medium", 8000, "Stereo, 1.5 G parameters: wants a GPU with 8 GB."),
        _published("musicgen-medium", 8000, "Mono, 1.5 G parameters: wants a GPU with 8 GB."),
        _published("musicgen-stereo-large", 13700, "Stereo, 3.3 G parameters: wants a GPU with 16 GB."),
        _published("musicgen-large", 13700, "Mono, 3.3 G parameters: wants a GPU with 16 GB."),
    ),
)


def available() -> Availability:
    """Whether torch and transformers are installed."""
    return needs_modules(CARD, "torch", "transformers", "safetensors")

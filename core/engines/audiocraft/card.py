"""The engine card of MusicGen through audiocraft."""

from __future__ import annotations

from core.engines.audiocraft.layout import FILES, TEXT_ENCODER
from core.engines.audiocraft.settings import AudiocraftSettings, melody_id
from core.engines.base import Availability, EngineCard
from core.engines.interpreters import needs_interpreter
from core.engines.shared.musicgen_settings import LICENCE
from core.engines.weights import Weights


def _published(name: str, size_mb: int, about: str) -> Weights:
    return Weights(
        f"audiocraft-{name}", f"facebook/{name}", FILES, size_mb, LICENCE, about, beside=(TEXT_ENCODER,)
    )


CARD = EngineCard(
    name="audiocraft",
    title="MusicGen (audiocraft)",
    stage="generate",
    worker="core.engines.audiocraft.worker",
    version="1",
    summary="MusicGen through Meta's own package: also takes up a melody; plays, but sings no words.",
    licence=f"weights {LICENCE}; code MIT",
    how_to_add="Run make audiocraft, then python -m core models get audiocraft-musicgen-melody, or put "
    "facebook/musicgen-melody and t5-base under GAINSTAGE_MODELS.",
    settings=AudiocraftSettings,
    files_id=melody_id,
    needs_torch=True,
    sings=False,
    weights=(
        _published("musicgen-stereo-melody", 3500, "Stereo, takes up a melody: wants a GPU with 8 GB."),
        _published("musicgen-melody", 3500, "Mono, takes up a melody: wants a GPU with 8 GB."),
        _published("musicgen-stereo-small", 1100, "Stereo, text only: for any processor, slowly."),
        _published("musicgen-small", 1100, "Mono, text only: for any processor, slowly."),
        _published("musicgen-stereo-melody-large", 7200, "Stereo, a melody: wants a GPU with 16 GB."),
        _published("musicgen-melody-large", 7200, "Mono, takes up a melody: wants a GPU with 16 GB."),
    ),
)


def available() -> Availability:
    """Whether an interpreter of its own is there; what is in it is seen when it starts."""
    return needs_interpreter(CARD, "its packages clash with the studio's")

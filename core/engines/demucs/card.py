"""HT Demucs' engine card."""

from __future__ import annotations

from core.engines.base import Availability, EngineCard
from core.engines.demucs.settings import DemucsSettings, weights_named
from core.engines.needs import needs_modules
from core.engines.weights import Weights

LICENCE = "MIT"
FOLDER = "demucs"
"""A folder under ``GAINSTAGE_MODELS`` that may hold several models, as the command's ``--repo`` does."""


def _published(name: str, at_hub: str, signatures: tuple[str, ...], size_mb: int, about: str) -> Weights:
    """``signatures``: the networks of the bag; a file is named by one, and may carry a checksum after it."""
    files = tuple(f"{sig}.safetensors|{sig}.th|{sig}-*.th" for sig in signatures)
    return Weights(name, f"adefossez/{at_hub}", (f"{name}.yaml", *files), size_mb, LICENCE, about, FOLDER)


CARD = EngineCard(
    name="demucs",
    title="HT Demucs",
    stage="separate",
    worker="core.engines.demucs.worker",
    version="1",
    summary="Hybrid Transformer Demucs: vocals, drums, bass and other, or guitar and piano as well.",
    licence=f"weights {LICENCE}; code {LICENCE}",
    how_to_add="Run make models, then python -m core models get htdemucs, or put adefossez/HTDemucs under "
    "GAINSTAGE_MODELS/htdemucs.",
    settings=DemucsSettings,
    weights_named=weights_named,
    needs_torch=True,
    weights=(
        _published("htdemucs", "HTDemucs", ("955717e8",), 84, "Four stems: for any processor."),
        _published(
            "htdemucs_ft",
            "HTDemucs-ft",
            ("f7e0c4bc", "d12395a8", "92cfc3b6", "04573f0d"),
            336,
            "Four stems, each by a network of its own: takes four times as long.",
        ),
        _published("htdemucs_6s", "HTDemucs-6s", ("5c90dfd2",), 55, "Six stems: also guitar and piano."),
    ),
    own_weights=("*.yaml", "*.safetensors|*.th"),
)


def available() -> Availability:
    """Whether torch and Demucs are installed."""
    return needs_modules(CARD, "torch", "demucs", "safetensors", "yaml")

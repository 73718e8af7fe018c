"""The engine card of ACE-Step 1.5 as a separator."""

from __future__ import annotations

from pathlib import Path

from core.engines.acestep15.card import CARD as PLAYER
from core.engines.acestep15.outlook import outlook
from core.engines.acestep15.settings import AceStepSettings, Planning
from core.engines.acestep_extract.settings import ExtractSettings
from core.engines.base import Availability, EngineCard, MemoryOutlook
from core.engines.needs import needs_modules


def _outlook(folder: Path, options: ExtractSettings, seconds: float) -> MemoryOutlook | None:
    """Return what a song takes: a pass of the whole of it, whichever track is extracted."""
    own = AceStepSettings(precision=options.precision, guidance=options.guidance, planner=Planning.OFF)
    return outlook(folder, own, seconds)


CARD = EngineCard(
    name="ace-step-extract",
    title="ACE-Step 1.5 base (extract)",
    stage="separate",
    worker="core.engines.acestep_extract.worker",
    version="1",
    summary="A diffusion model that plays each of twelve tracks anew as it is in the song, up to 10 minutes.",
    licence=PLAYER.licence,
    how_to_add="Run make models, then python -m core models get acestep-v15-base-diffusers.",
    settings=ExtractSettings,
    needs_torch=True,
    approximate=True,
    weights=tuple(weights for weights in PLAYER.weights if "-base-" in weights.name),
    memory=_outlook,
    gpu_first=True,
)


def available() -> Availability:
    """Whether torch, diffusers and what they need are installed."""
    return needs_modules(CARD, "torch", "diffusers", "transformers", "accelerate", "safetensors")

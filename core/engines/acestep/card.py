"""ACE-Step 1's engine card: the original package, ``acestep.pipeline_ace_step.ACEStepPipeline``."""

from __future__ import annotations

from core.engines.acestep.layout import FILES
from core.engines.acestep.settings import AceStepV1Settings
from core.engines.base import Availability, EngineCard
from core.engines.interpreters import needs_interpreter
from core.engines.weights import Weights

LICENCE = "Apache-2.0"

CARD = EngineCard(
    name="acestep",
    title="ACE-Step 1 (acestep)",
    stage="generate",
    worker="core.engines.acestep.worker",
    version="1",
    summary="The first ACE-Step through its authors' own package: songs with sung lyrics, up to 4 minutes.",
    licence=f"weights and code {LICENCE}",
    how_to_add="Run make acestep SRC=<a clone of github.com/ace-step/ACE-Step>, then python -m core models "
    "get ACE-Step-v1-3.5B, or put it under GAINSTAGE_MODELS.",
    settings=AceStepV1Settings,
    needs_torch=True,
    weights=(
        Weights(
            "ACE-Step-v1-3.5B",
            "ACE-Step/ACE-Step-v1-3.5B",
            FILES,
            8_300,
            LICENCE,
            "27 or 60 steps: for a GPU with 16 GB; with 8 GB in turns.",
        ),
    ),
    gpu_first=True,
)


def available() -> Availability:
    """Whether an interpreter of its own is there; what is in it is seen when it starts."""
    return needs_interpreter(CARD, "its packages clash with the studio's")

"""ACE-Step 1.5's engine card."""

from __future__ import annotations

from core.engines.acestep15.layout import FILES
from core.engines.acestep15.lora_file import fingerprint
from core.engines.acestep15.outlook import outlook
from core.engines.acestep15.planned import planner_id
from core.engines.acestep15.settings import AceStepSettings, Task
from core.engines.base import Availability, EngineCard
from core.engines.needs import needs_modules
from core.engines.planner.layout import PUBLISHED
from core.engines.weights import Weights

LICENCE = "MIT"
WHAT_IT_DOES = {Task.SONG: "", Task.EXTRACT: "extract a track of", Task.LEGO: "add a track to"}
"""With an uploaded song, where a task's name is no verb for it."""


def _published(name: str, owner: str, size_mb: int, about: str) -> Weights:
    return Weights(name, f"{owner}/{name}", FILES, size_mb, LICENCE, about)


CARD = EngineCard(
    name="ace-step",
    title="ACE-Step 1.5",
    stage="generate",
    worker="core.engines.acestep15.worker",
    version="3",
    summary="Songs with sung lyrics at 48 kHz, up to 10 minutes in one pass; covers, repaints and extends.",
    licence=f"weights {LICENCE}; code Apache-2.0",
    how_to_add="Run make models, then python -m core models get acestep-v15-xl-turbo-diffusers, or put it "
    "under GAINSTAGE_MODELS.",
    settings=AceStepSettings,
    files_id=lambda options: " ".join(filter(None, (fingerprint(options.lora), planner_id(options)))),
    changes=lambda options: WHAT_IT_DOES.get(options.task, options.task.value),
    needs_torch=True,
    weights=(
        _published(
            "acestep-v15-xl-turbo-diffusers",
            "ACE-Step",
            13_000,
            "4.2 billion parameters, 8 steps: for a GPU with 16 GB; with 12 GB its parts take turns.",
        ),
        _published(
            "acestep-v15-xl-base-diffusers",
            "ACE-Step",
            13_000,
            "4.2 billion parameters, 50 steps with guidance: a dozen times slower.",
        ),
        _published(
            "acestep-v15-turbo-diffusers",
            "Runware",
            6_300,
            "1.6 billion parameters, 8 steps: for a GPU with 8 GB, or one without bfloat16.",
        ),
        _published(
            "acestep-v15-base-diffusers",
            "Runware",
            6_300,
            "1.6 billion parameters, 50 steps with guidance: a dozen times slower.",
        ),
    ),
    memory=outlook,
    helpers=PUBLISHED,
    takes_timbre=True,
    gpu_first=True,
)


def available() -> Availability:
    """Whether torch, diffusers and what they need are installed."""
    return needs_modules(CARD, "torch", "diffusers", "transformers", "accelerate", "safetensors")

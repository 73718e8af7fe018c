"""ACE-Step 1.5's engine card."""

from __future__ import annotations

from core.engines.acestep15.lora_file import fingerprint
from core.engines.acestep15.settings import AceStepSettings, Task
from core.engines.base import Availability, EngineCard
from core.engines.needs import needs_modules
from core.engines.weights import Weights

LICENCE = "MIT"


def _part(name: str, weights: str) -> tuple[str, ...]:
    stem = f"{name}/{weights}"
    return (f"{name}/config.json", f"{stem}.safetensors|{stem}.safetensors.index.json")


FILES = (
    "model_index.json",
    "scheduler/scheduler_config.json",
    "tokenizer/tokenizer.json|tokenizer/vocab.json",
    *_part("text_encoder", "model"),
    *_part("condition_encoder", "diffusion_pytorch_model"),
    *_part("transformer", "diffusion_pytorch_model"),
    *_part("vae", "diffusion_pytorch_model"),
)


def _published(name: str, about: str) -> Weights:
    return Weights(name, f"ACE-Step/{name}", FILES, 13_000, LICENCE, about)


CARD = EngineCard(
    name="ace-step",
    title="ACE-Step 1.5",
    stage="generate",
    worker="core.engines.acestep15.worker",
    version="1",
    summary="Songs with sung lyrics at 48 kHz, up to 10 minutes in one pass; covers, repaints and extends.",
    licence=f"weights {LICENCE}; code Apache-2.0",
    how_to_add="Run make models, then python -m core models get acestep-v15-xl-turbo-diffusers, or put it "
    "under GAINSTAGE_MODELS.",
    settings=AceStepSettings,
    files_id=lambda options: fingerprint(options.lora),
    changes=lambda options: "" if options.task is Task.SONG else options.task.value,
    needs_torch=True,
    weights=(
        _published("acestep-v15-xl-turbo-diffusers", "8 steps: for a GPU with 16 GB; with 12 GB in turns."),
        _published("acestep-v15-xl-base-diffusers", "50 steps with guidance: a dozen times slower."),
    ),
    gpu_first=True,
)


def available() -> Availability:
    """Whether torch, diffusers and what they need are installed."""
    return needs_modules(CARD, "torch", "diffusers", "transformers", "accelerate", "safetensors")

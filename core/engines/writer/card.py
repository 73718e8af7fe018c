"""The language model's engine card."""

from __future__ import annotations

from core.engines.base import Availability, EngineCard
from core.engines.needs import needs_modules
from core.engines.weights import Weights

NAME = "language-model"
FILES = (
    "config.json",
    "tokenizer.json|tokenizer.model",
    "tokenizer_config.json",
    "model*.safetensors",
    "model.safetensors|model.safetensors.index.json",
)
APACHE = "Apache-2.0"


def _published(repository: str, size_mb: int, about: str) -> Weights:
    return Weights(repository.split("/")[1], repository, FILES, size_mb, APACHE, about)


CARD = EngineCard(
    name=NAME,
    title="Language model",
    stage="lyrics",
    worker="core.engines.writer.worker",
    version="1",
    summary="Any instruct model of the transformers library, from a folder or the hub's cache, writes the "
    "words to the plan.",
    licence="the model's own; code Apache-2.0",
    how_to_add="Run make models, then python -m core models get language-model, or name a folder that holds "
    "an instruct model.",
    needs_torch=True,
    weights=(
        _published("Qwen/Qwen2.5-1.5B-Instruct", 3100, "1.5 G parameters: for any processor, slowly."),
        _published("Qwen/Qwen2.5-0.5B-Instruct", 1000, "0.5 G parameters: small, and often off the plan."),
        _published("HuggingFaceTB/SmolLM2-1.7B-Instruct", 3430, "1.7 G parameters: English only."),
        _published("Qwen/Qwen3-4B-Instruct-2507", 8060, "4 G parameters: wants a GPU with 10 GB."),
        _published("Qwen/Qwen2.5-7B-Instruct", 15240, "7 G parameters: wants a GPU with 18 GB."),
    ),
    own_weights=FILES,
)


def available() -> Availability:
    """Whether torch and transformers are installed."""
    return needs_modules(CARD, "torch", "transformers", "safetensors", "jinja2")

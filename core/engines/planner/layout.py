"""The planner's published weights and the files of a checkpoint: a Qwen3ForCausalLM and its tokenizer."""

from __future__ import annotations

from core.engines.weights import Weights

CODES_HZ = 5
"""Audio codes of one second of sound."""
CODEBOOK = 64_000
"""Codes that there are: FSQ levels 8, 8, 8, 5, 5, 5. The published vocabulary names some beyond them."""
FILES = (
    "config.json",
    "tokenizer.json|vocab.json",
    "tokenizer_config.json",
    "model*.safetensors",
    "model.safetensors|model.safetensors.index.json",
)


def _published(name: str, size_mb: int, about: str) -> Weights:
    return Weights(name, f"ACE-Step/{name}", FILES, size_mb, "MIT", about)


PUBLISHED = (
    _published("acestep-5Hz-lm-4B", 8_400, "ACE-Step's planner, 4 billion parameters: for a GPU with 12 GB."),
    _published(
        "acestep-5Hz-lm-1.7B", 3_700, "ACE-Step's planner, 1.7 billion parameters: for a GPU with 6 GB."
    ),
    _published("acestep-5Hz-lm-0.6B", 1_350, "ACE-Step's planner, 0.6 billion parameters: for any machine."),
)

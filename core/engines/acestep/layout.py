"""What a checkpoint of ACE-Step 1 consists of. Standard library only, Python 3.9 syntax."""

from __future__ import annotations


def _part(name: str, weights: str) -> tuple[str, ...]:
    return (f"{name}/config.json", f"{name}/{weights}.safetensors|{name}/{weights}.safetensors.index.json")


FILES = (
    *_part("ace_step_transformer", "diffusion_pytorch_model"),
    *_part("music_dcae_f8c8", "diffusion_pytorch_model"),
    *_part("music_vocoder", "diffusion_pytorch_model"),
    *_part("umt5-base", "model"),
    "umt5-base/tokenizer.json|umt5-base/spiece.model",
)

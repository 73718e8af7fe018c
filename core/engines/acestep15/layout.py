"""The files of a checkpoint in ACE-Step's diffusers form."""

from __future__ import annotations


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

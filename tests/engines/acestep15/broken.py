"""Ways to break a checkpoint, and to make a LoRA."""

from __future__ import annotations

import json

WEIGHTS = {"text_encoder": "model.safetensors"}


def weights_of(folder, part):
    return folder / part / WEIGHTS.get(part, "diffusion_pytorch_model.safetensors")


def change_weights(folder, part, change):
    """Let ``change`` alter the tensors of a part by name."""
    from safetensors.torch import load_file, save_file

    path = weights_of(folder, part)
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path, metadata={"format": "pt"})
    return folder


def change_json(path, **values):
    told = json.loads(path.read_text())
    told.update(values)
    path.write_text(json.dumps(told))


def scaled(name, by):
    """A change that multiplies the tensors whose names end so."""

    def change(tensors):
        for key in tensors:
            if key.endswith(name):
                tensors[key] = tensors[key] * by

    return change


def without(start):
    """A change that leaves out the tensors whose names start so."""

    def change(tensors):
        gone = [key for key in tensors if key.startswith(start)]
        assert gone, start
        for key in gone:
            del tensors[key]

    return change


def write_lora(path, form="diffusers", width=32, rank=4, seed=0, layer="layers.0.self_attn"):
    """Write a LoRA for the tiny model's first query projection, as diffusers or as PEFT names it."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(seed)
    start = {"diffusers": "transformer.", "peft": "base_model.model."}[form]
    name = {"diffusers": "to_q", "peft": "q_proj"}[form]
    inner = torch.randn(rank, width), torch.randn(32, rank)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(
        {f"{start}{layer}.{name}.lora_{end}.weight": tensor for end, tensor in zip("AB", inner, strict=True)},
        path,
    )
    return path

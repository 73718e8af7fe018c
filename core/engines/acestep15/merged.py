"""A LoKr or DoRA adapter merged into a loaded model, and taken out again to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.engines.acestep15 import lora_file
from core.engines.acestep15.adapters import Kind, by_layer, changed

Originals = dict[str, Any]
"""The weights as they were, by layer, in main memory."""


def merge(pipe: Any, file: Path, kind: Kind, strength: float, scale: float) -> Originals:
    """Change the transformer's weights as the adapter says, and return what they were.

    Raises EngineInputError for an adapter of another model; the weights are then as before.
    """
    import torch
    from safetensors.torch import load_file

    layers = {name: module for name, module in pipe.transformer.named_modules() if _is_linear(module)}
    parts, strange = by_layer(load_file(str(file)), layers)
    if strange or not parts:
        why = (
            f"{len(strange)} of its tensors, such as {strange[0]}, fit nothing in this one"
            if strange
            else "it is empty"
        )
        raise lora_file.another_model(file, why)
    new = {}
    for name, own in parts.items():
        try:
            new[name] = changed(layers[name].weight.data, own, kind, strength, scale)
        except (ValueError, RuntimeError, KeyError, StopIteration) as error:
            raise lora_file.another_model(file, f"{name}: {error}") from error
    kept: Originals = {}
    with torch.no_grad():
        for name, weight in new.items():
            held = layers[name].weight.data
            kept[name] = held.to("cpu", copy=True)
            held.copy_(weight.to(held.dtype))
    return kept


def take_out(pipe: Any, kept: Originals) -> None:
    """Put the weights back."""
    modules = dict(pipe.transformer.named_modules())
    for name, weight in kept.items():
        modules[name].weight.data.copy_(weight)


def _is_linear(module: Any) -> bool:
    return getattr(getattr(module, "weight", None), "ndim", 0) == 2

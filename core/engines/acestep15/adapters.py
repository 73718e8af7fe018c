"""LoKr and DoRA adapters: which layer each tensor belongs to, and the weights that they make of it.

LoKr (LyCORIS): the change is kron(w1, w2), each whole or a product of two factors, scaled by alpha over the
rank of the factors, and by 1 where both are whole. DoRA (arXiv 2402.09353): the changed weight's rows are
scaled to a learned length. diffusers reads neither: it leaves the first out, and drops half of the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from core.engines.acestep15.native import TRANSFORMER, to_native

PREFIXES = (
    "base_model.model.",
    "diffusion_model.",
    "model.",
    "transformer.",
    "decoder.",
    "lycoris_decoder_",
    "lycoris_",
    "lora_unet_decoder_",
    "lora_unet_",
)
"""What programs put before a layer's name, one after another."""
ENDINGS = (
    *(f"lokr_{factor}{half}" for factor in ("w1", "w2") for half in ("_a", "_b", "")),
    "lora_A.weight",
    "lora_B.weight",
    "lora_down.weight",
    "lora_up.weight",
    "lora_magnitude_vector.weight",
    "lora_magnitude_vector",
    "dora_scale",
    "alpha",
)
DOWN, UP = ("lora_A.weight", "lora_down.weight"), ("lora_B.weight", "lora_up.weight")
LENGTHS = ("lora_magnitude_vector.weight", "lora_magnitude_vector", "dora_scale")


class Kind(StrEnum):
    """How an adapter changes weights."""

    LORA = "LoRA"
    LOKR = "LoKr"
    DORA = "DoRA"
    LOHA = "LoHa"
    NONE = "none"


def kind_of(names: Mapping[str, Any]) -> Kind:
    """Return the kind of an adapter by its tensors' names."""
    text = "\n".join(names)
    if ".lokr_w1" in text or ".lokr_w2" in text:
        return Kind.LOKR
    if ".hada_w1" in text:
        return Kind.LOHA
    if ".dora_scale" in text or "lora_magnitude_vector" in text:
        return Kind.DORA
    return Kind.LORA if "lora" in text.lower() else Kind.NONE


def by_layer(
    tensors: Mapping[str, Any], layers: Mapping[str, Any]
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return the adapter's tensors by layer of the network and by ending, and the names that fit no layer.

    ``layers``: the network's modules by their names in diffusers.
    """
    known = {spelling: name for name in layers for spelling in _spellings(name)}
    found: dict[str, dict[str, Any]] = {}
    strange = []
    for name, tensor in tensors.items():
        stem, ending = _split(name)
        layer = known.get(_bare(stem)) if ending else None
        if layer is None:
            strange.append(name)
        else:
            found.setdefault(layer, {})[ending] = tensor
    return found, strange


def changed(weight: Any, parts: Mapping[str, Any], kind: Kind, strength: float, scale: float) -> Any:
    """Return a layer's weight (out, in) in float32 as the adapter has it at ``strength``.

    ``scale``: alpha over rank where the file itself does not tell. Raises ValueError for shapes that do not
    fit, KeyError for a part that is missing.
    """
    base = weight.float()
    if kind is Kind.LOKR:
        return base + strength * _fitting(_kronecker(parts), base)
    down, up = (next(parts[name] for name in names if name in parts) for names in (DOWN, UP))
    own = float(parts["alpha"]) / down.shape[0] if "alpha" in parts else scale
    low_rank = base + own * _fitting(up.float() @ down.float(), base)
    lengths = next(parts[name] for name in LENGTHS if name in parts).float().reshape(-1)
    by_rows = lengths.numel() == base.shape[0]
    if not by_rows and lengths.numel() != base.shape[1]:
        raise ValueError(f"{lengths.numel()} lengths for {tuple(base.shape)}")
    axis = 1 if by_rows else 0
    longer = lengths[:, None] if by_rows else lengths[None, :]
    whole = low_rank * longer / low_rank.norm(dim=axis, keepdim=True)
    return base + strength * (whole - base)


def _kronecker(parts: Mapping[str, Any]) -> Any:
    import torch

    factors, ranks = [], []
    for name in ("lokr_w1", "lokr_w2"):
        if name in parts:
            factors.append(parts[name].float())
        else:
            left, right = parts[f"{name}_a"].float(), parts[f"{name}_b"].float()
            factors.append(left @ right)
            ranks.append(right.shape[0])
    scale = float(parts["alpha"]) / ranks[-1] if ranks and "alpha" in parts else 1.0
    return scale * torch.kron(*factors)


def _fitting(delta: Any, base: Any) -> Any:
    if delta.shape != base.shape:
        raise ValueError(f"a change of {tuple(delta.shape)} for {tuple(base.shape)}")
    return delta.to(base.device)


def _split(name: str) -> tuple[str, str]:
    for ending in ENDINGS:
        if name.endswith(f".{ending}"):
            return name.removesuffix(f".{ending}"), ending
    return name, ""


def _bare(stem: str) -> str:
    for prefix in PREFIXES:
        stem = stem.removeprefix(prefix)
    return stem


def _spellings(name: str) -> tuple[str, ...]:
    """Return a layer's name in diffusers, in the native form, and both with underscores for dots."""
    native = to_native(TRANSFORMER, f"{name}.weight").removeprefix("decoder.").removesuffix(".weight")
    return name, native, name.replace(".", "_"), native.replace(".", "_")

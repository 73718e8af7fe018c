"""A native checkpoint's configuration read off its tensors, and whether the two agree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.engines.acestep15.native import alternating
from core.engines.shared.safetensors_header import Tensor

LAYER = re.compile(
    r"^(decoder|encoder\.(?:lyric|timbre)_encoder|tokenizer\.attention_pooler|detokenizer)\.layers\.(\d+)\.(.+)$"
)
NEEDED = (
    "decoder.condition_embedder.weight",
    "decoder.proj_in.1.weight",
    "decoder.proj_out.1.weight",
    "decoder.norm_out.weight",
    "decoder.scale_shift_table",
    "decoder.time_embed.linear_1.weight",
    "decoder.time_embed_r.linear_1.weight",
    "encoder.text_projector.weight",
    "encoder.lyric_encoder.embed_tokens.weight",
    "encoder.timbre_encoder.embed_tokens.weight",
    "null_condition_emb",
)
"""Tensors without which it is no ACE-Step 1.5; the layers are counted apart."""


def config_of(tensors: Mapping[str, Tensor], *, turbo: bool) -> dict[str, Any]:
    """Return the configuration that tensors tell; raises KeyError for a tensor that is not there.

    What they do not tell (window, frequencies) is the same in all published models.
    """

    def rows(name: str, axis: int = 0) -> int:
        return tensors[name].shape[axis]

    counts = layer_counts(tensors)
    transformer = "decoder.layers.0.self_attn"
    encoder = "encoder.lyric_encoder.layers.0"
    head = rows(f"{transformer}.q_norm.weight")
    layers = counts.get("decoder", 0)
    latent = rows("decoder.proj_out.1.weight", 1)
    config = {
        "hidden_size": rows(f"{transformer}.q_proj.weight", 1),
        "intermediate_size": rows("decoder.layers.0.mlp.gate_proj.weight"),
        "num_hidden_layers": layers,
        "num_attention_heads": rows(f"{transformer}.q_proj.weight") // head,
        "num_key_value_heads": rows(f"{transformer}.k_proj.weight") // head,
        "head_dim": head,
        "in_channels": rows("decoder.proj_in.1.weight", 1),
        "audio_acoustic_hidden_dim": latent,
        "patch_size": rows("decoder.proj_in.1.weight", 2),
        "encoder_hidden_size": rows(f"{encoder}.self_attn.q_proj.weight", 1),
        "encoder_intermediate_size": rows(f"{encoder}.mlp.gate_proj.weight"),
        "encoder_num_attention_heads": rows(f"{encoder}.self_attn.q_proj.weight") // head,
        "encoder_num_key_value_heads": rows(f"{encoder}.self_attn.k_proj.weight") // head,
        "text_hidden_dim": rows("encoder.text_projector.weight", 1),
        "timbre_hidden_dim": rows("encoder.timbre_encoder.embed_tokens.weight", 1),
        "num_lyric_encoder_hidden_layers": counts.get("encoder.lyric_encoder", 0),
        "num_timbre_encoder_hidden_layers": counts.get("encoder.timbre_encoder", 0),
        "layer_types": alternating(layers),
        "is_turbo": turbo,
        "model_version": "turbo" if turbo else "base",
    }
    if "tokenizer.quantizer.project_out.weight" in tensors:
        config |= {
            "fsq_dim": rows("tokenizer.quantizer.project_out.weight"),
            "num_attention_pooler_hidden_layers": counts.get("tokenizer.attention_pooler", 0),
            "pool_window_size": rows("detokenizer.special_tokens", 1),
        }
    return config


def layer_counts(tensors: Mapping[str, Tensor]) -> dict[str, int]:
    """Return how many layers each stack has."""
    found: dict[str, set[int]] = {}
    for name in tensors:
        match = LAYER.match(name)
        if match:
            found.setdefault(match[1], set()).add(int(match[2]))
    return {stack: max(numbers) + 1 for stack, numbers in found.items()}


def missing(tensors: Mapping[str, Tensor]) -> list[str]:
    """Return the names of tensors that must be there and are not: the needed ones, and gaps in the layers."""
    lacking = [name for name in NEEDED if name not in tensors]
    stacks: dict[str, dict[int, set[str]]] = {}
    for name in tensors:
        match = LAYER.match(name)
        if match:
            stacks.setdefault(match[1], {}).setdefault(int(match[2]), set()).add(match[3])
    for stack in ("decoder", "encoder.lyric_encoder", "encoder.timbre_encoder"):
        if stack not in stacks:
            lacking.append(f"{stack}.layers.0")
    for stack, layers in stacks.items():
        every = set().union(*layers.values())
        for number in range(max(layers) + 1):
            absent = every - layers.get(number, set())
            lacking += [f"{stack}.layers.{number}.{name}" for name in sorted(absent)]
    return lacking


def disagreement(config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> str:
    """Return in which size a configuration and the tensors differ; empty when they agree."""
    try:
        by_weights = config_of(tensors, turbo=bool(config.get("is_turbo")))
    except (KeyError, IndexError, ZeroDivisionError) as error:
        return f"{error} is missing"
    sizes = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "head_dim")
    for name in (*sizes, "audio_acoustic_hidden_dim", "text_hidden_dim"):
        if name in config and config[name] != by_weights[name]:
            return f"{name} is {config[name]} in config.json and {by_weights[name]} in the weights"
    return ""

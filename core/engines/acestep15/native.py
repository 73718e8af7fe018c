"""ACE-Step's own form of a checkpoint and its diffusers form: the same tensors by other names.

Names as in ``acestep/models/*/modeling_acestep_v15_*.py`` of ACE-Step 1.5 and in diffusers 0.42's
``AceStepTransformer1DModel``, ``AceStepConditionEncoder``, ``AceStepAudioTokenizer`` and
``AceStepAudioTokenDetokenizer``. Nothing but names changes; the learned silence, a file of its own there, is
a tensor of the condition encoder here, with its two last axes exchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRANSFORMER, CONDITIONS = "transformer", "condition_encoder"
TOKENIZER, DETOKENIZER = "audio_tokenizer", "audio_token_detokenizer"
PARTS = {
    "decoder": TRANSFORMER,
    "encoder": CONDITIONS,
    "tokenizer": TOKENIZER,
    "detokenizer": DETOKENIZER,
}
"""The first word of a native name, and the diffusers folder that holds such tensors."""
OF_GUIDANCE = "null_condition_emb"
"""The learned condition of guidance: by itself in the native form, in the condition encoder in the other."""
SILENCE = "silence_latent"
_SEGMENTS = {
    "q_proj": "to_q",
    "k_proj": "to_k",
    "v_proj": "to_v",
    "o_proj": "to_out.0",
    "q_norm": "norm_q",
    "k_norm": "norm_k",
}
_CONVOLUTIONS = {"proj_in.1": "proj_in_conv", "proj_out.1": "proj_out_conv"}
_SHARED = (
    "head_dim",
    "rope_theta",
    "attention_bias",
    "attention_dropout",
    "rms_norm_eps",
    "sliding_window",
)
LAYERS_DEFAULT = 2
WINDOW_DEFAULT = 5
LEVELS_DEFAULT = (8, 8, 8, 5, 5, 5)
_OF_ENCODER = ("hidden_size", "intermediate_size", "num_attention_heads", "num_key_value_heads")
"""What XL models state twice: for the transformer, and as ``encoder_...`` for the rest."""
_DEFAULTS = {"attention_bias": False, "attention_dropout": 0.0, "rms_norm_eps": 1e-6, "rope_theta": 1e6}
_DEFAULTS |= {"sliding_window": 128, "patch_size": 2}


def to_diffusers(name: str) -> tuple[str, str] | None:
    """Return the part and the name there of a native tensor; None for a name that is none of this model."""
    if name == OF_GUIDANCE:
        return CONDITIONS, name
    first, _, rest = name.partition(".")
    part = PARTS.get(first)
    if part is None or not rest:
        return None
    if part == TRANSFORMER:
        rest = _exchanged(rest, _CONVOLUTIONS)
    return part, ".".join(_SEGMENTS.get(segment, segment) for segment in rest.split("."))


def to_native(part: str, name: str) -> str:
    """Return the native name of a tensor of a part; the silence has none."""
    if (part, name) == (CONDITIONS, OF_GUIDANCE):
        return name
    first = next(word for word, folder in PARTS.items() if folder == part)
    rest = _exchanged(name, {new: old for old, new in _CONVOLUTIONS.items()}) if part == TRANSFORMER else name
    for old, new in _SEGMENTS.items():
        rest = f".{rest}.".replace(f".{new}.", f".{old}.").strip(".")
    return f"{first}.{rest}"


def part_configs(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the configuration of each part from a native config.json; raises KeyError for what it lacks."""
    known = _DEFAULTS | dict(config)
    encoder = {name: known.get(f"encoder_{name}") or known[name] for name in _OF_ENCODER}
    shared = {name: known[name] for name in _SHARED}
    acoustic = known["audio_acoustic_hidden_dim"]
    pooler = int(known.get("num_attention_pooler_hidden_layers", LAYERS_DEFAULT))
    layers = list(known.get("layer_types") or alternating(known["num_hidden_layers"]))
    pooling = {
        "audio_acoustic_hidden_dim": acoustic,
        "pool_window_size": known.get("pool_window_size", WINDOW_DEFAULT),
        "num_attention_pooler_hidden_layers": pooler,
        "layer_types": layers[:pooler],
    }
    return {
        TRANSFORMER: _named("AceStepTransformer1DModel")
        | {name: known[name] for name in _OF_ENCODER}
        | shared
        | {
            "num_hidden_layers": known["num_hidden_layers"],
            "in_channels": known["in_channels"],
            "audio_acoustic_hidden_dim": acoustic,
            "patch_size": known["patch_size"],
            "layer_types": layers,
            "encoder_hidden_size": encoder["hidden_size"],
            "is_turbo": bool(known.get("is_turbo", False)),
            "model_version": known.get("model_version"),
        },
        CONDITIONS: _named("AceStepConditionEncoder")
        | encoder
        | shared
        | {
            name: known[name]
            for name in (
                "text_hidden_dim",
                "timbre_hidden_dim",
                "num_lyric_encoder_hidden_layers",
                "num_timbre_encoder_hidden_layers",
            )
        },
        TOKENIZER: _named("AceStepAudioTokenizer")
        | encoder
        | shared
        | pooling
        | {
            "fsq_dim": known.get("fsq_dim", encoder["hidden_size"]),
            "fsq_input_levels": list(known.get("fsq_input_levels") or LEVELS_DEFAULT),
            "fsq_input_num_quantizers": known.get("fsq_input_num_quantizers", 1),
        },
        DETOKENIZER: _named("AceStepAudioTokenDetokenizer") | encoder | shared | pooling,
    }


def native_config(parts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the native config.json of a model in diffusers form, from its parts' configurations."""
    transformer, conditions = parts[TRANSFORMER], parts[CONDITIONS]
    tokenizer = parts.get(TOKENIZER, {})
    config = {name: value for name, value in transformer.items() if not name.startswith("_")}
    config |= {f"encoder_{name}": conditions[name] for name in _OF_ENCODER}
    own = ("text_hidden_dim", "timbre_hidden_dim")
    counts = ("num_lyric_encoder_hidden_layers", "num_timbre_encoder_hidden_layers")
    config |= {name: conditions[name] for name in (*own, *counts)}
    levels = ("fsq_dim", "fsq_input_levels", "fsq_input_num_quantizers")
    pooled = (*levels, "pool_window_size", "num_attention_pooler_hidden_layers")
    config |= {name: tokenizer[name] for name in pooled if name in tokenizer}
    return config | {"model_type": "acestep", "architectures": ["AceStepConditionGenerationModel"]}


def alternating(count: int) -> list[str]:
    """Return the layers' kinds where a configuration leaves them out: a window and all, by turns."""
    return ["full_attention" if at % 2 else "sliding_attention" for at in range(count)]


def _named(kind: str) -> dict[str, Any]:
    return {"_class_name": kind, "_diffusers_version": "0.42.1"}


def _exchanged(name: str, words: Mapping[str, str]) -> str:
    for old, new in words.items():
        if name.startswith(f"{old}."):
            return f"{new}{name.removeprefix(old)}"
    return name

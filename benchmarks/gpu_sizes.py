"""Random-weight checkpoints for the benchmark on a graphics card, of the published sizes, or tiny ones.

Weights are random and small, so that nothing overflows; what is measured does not depend on their values.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TINY = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2}
TINY |= {"head_dim": 8, "sliding_window": 16}


@dataclass(frozen=True)
class AceSize:
    """The widths of one ACE-Step: keyword arguments of its parts in diffusers."""

    name: str
    transformer: dict[str, Any]
    encoder: dict[str, Any]
    text: dict[str, Any]
    vae: dict[str, Any]
    latent: int = 64


_TEXT = {
    "hidden_size": 1024,
    "intermediate_size": 3072,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "vocab_size": 151_669,
}
_VAE = {
    "encoder_hidden_size": 128,
    "channel_multiples": [1, 2, 4, 8, 16],
    "decoder_channels": 128,
    "decoder_input_channels": 64,
}
_XL = {
    "hidden_size": 2560,
    "intermediate_size": 9728,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "encoder_hidden_size": 2048,
}
SMALL = AceSize("2B turbo", {"num_hidden_layers": 24}, {}, _TEXT, _VAE)
XL = AceSize("XL turbo", _XL, {}, _TEXT, _VAE)
TINY_ACE = AceSize(
    "tiny",
    TINY | {"num_hidden_layers": 2},
    TINY | {"num_lyric_encoder_hidden_layers": 1, "num_timbre_encoder_hidden_layers": 1},
    {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
    },
    {
        "encoder_hidden_size": 16,
        "channel_multiples": [1, 1, 1, 1, 1],
        "decoder_channels": 8,
        "decoder_input_channels": 8,
    },
    latent=8,
)


def write_ace(folder: Path, size: AceSize, dtype_name: str = "bfloat16", device: str = "cpu") -> Path:
    """Write an ACE-Step of a size, made on ``device``; it declares itself untrained."""
    import torch
    from diffusers import (
        AceStepPipeline,
        AceStepTransformer1DModel,
        AutoencoderOobleck,
        FlowMatchEulerDiscreteScheduler,
    )
    from diffusers.pipelines.ace_step import (
        AceStepAudioTokenDetokenizer,
        AceStepAudioTokenizer,
        AceStepConditionEncoder,
    )
    from transformers import Qwen3Config, Qwen3Model

    from tests.engines.acestep15.tiny import make_tokenizer

    dtype = getattr(torch, dtype_name)
    tokenizer = make_tokenizer()
    text = {"vocab_size": len(tokenizer)} | size.text
    text_config = Qwen3Config(max_position_embeddings=4096, **text)
    encoder = size.encoder
    pooled = {name: value for name, value in encoder.items() if not name.startswith("num_lyric")}
    pooled = {name: value for name, value in pooled.items() if not name.startswith("num_timbre")}
    width = encoder.get("hidden_size", 2048)
    with torch.device(device):
        conditions = AceStepConditionEncoder(
            text_hidden_dim=text["hidden_size"], timbre_hidden_dim=size.latent, **encoder
        )
        parts = {
            "vae": AutoencoderOobleck(
                downsampling_ratios=[2, 4, 4, 6, 10], audio_channels=2, sampling_rate=48_000, **size.vae
            ),
            "text_encoder": Qwen3Model(text_config),
            "transformer": AceStepTransformer1DModel(
                in_channels=3 * size.latent,
                audio_acoustic_hidden_dim=size.latent,
                is_turbo=True,
                model_version="turbo",
                **size.transformer,
            ),
            "condition_encoder": conditions,
            "audio_tokenizer": AceStepAudioTokenizer(
                fsq_dim=width, audio_acoustic_hidden_dim=size.latent, **pooled
            ),
            "audio_token_detokenizer": AceStepAudioTokenDetokenizer(
                audio_acoustic_hidden_dim=size.latent, **pooled
            ),
        }
    with torch.no_grad():
        conditions.silence_latent.normal_(0.0, 0.1)
    pipe = AceStepPipeline(
        tokenizer=tokenizer,
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
        **{name: part.to(dtype) for name, part in parts.items()},
    )
    pipe.save_pretrained(folder)
    (folder / "untrained.json").write_text(json.dumps({"untrained": True}))
    return folder


@dataclass(frozen=True)
class PlannerSize:
    """The widths of one planner: keyword arguments of Qwen3Config, and how many codes it knows."""

    name: str
    network: dict[str, Any]
    codes: int


PLANNER = PlannerSize(
    "planner 0.6B", {name: value for name, value in _TEXT.items() if name != "vocab_size"}, 64_000
)
TINY_PLANNER = PlannerSize("tiny planner", TINY_ACE.text, 200)


def write_planner(folder: Path, size: PlannerSize, device: str = "cpu") -> Path:
    """Write a planner of a size, made on ``device``; it declares itself untrained."""
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    from tests.engines.planner.tiny import planner_tokenizer

    tokenizer = planner_tokenizer(size.codes)
    config = Qwen3Config(
        vocab_size=len(tokenizer), max_position_embeddings=40_960, tie_word_embeddings=True, **size.network
    )
    with torch.device(device):
        network = Qwen3ForCausalLM(config)
    network.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "untrained.json").write_text(json.dumps({"untrained": True}))
    return folder


def spoil(folder: Path) -> Path:
    """Write NaN over one weight of the transformer, as a broken conversion does."""
    import struct

    from core.engines.shared.safetensors_header import read_spans

    nan = {"BF16": b"\xc0\x7f", "F32": struct.pack("<f", float("nan")), "F16": b"\x00\x7e"}
    for file in sorted((folder / "transformer").glob("*.safetensors")):
        for name, span in read_spans(file).items():
            if name == "norm_out.weight":
                with file.open("r+b") as open_file:
                    open_file.seek(span.start)
                    open_file.write(nan[span.tensor.dtype])
                return folder
    raise FileNotFoundError(f"no norm_out.weight in {folder}")

"""What of a model decides how much memory it takes: from its configuration and its files' headers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.engines.acestep15.checkpoint import Files

SMALL_2B, XL = "2B", "XL"
"""The two sizes that are published, by their common names."""


@dataclass(frozen=True)
class Size:
    """One model: the parameters of its parts, and what its activations depend on."""

    parameters: Mapping[str, int]
    """By part, as the folders of a checkpoint are called."""
    turbo: bool
    heads: int = 16
    """Attention heads of the transformer."""
    head_dim: int = 128
    encoder_heads: int = 16
    """Attention heads of the condition encoder."""
    patch: int = 2
    """Latent frames of one position of the transformer."""
    decoder_channels: int = 128
    """Channels of the decoder's widest layer."""
    hop: int = 1920
    """Samples of one latent frame."""
    sample_rate: int = 48_000

    @property
    def latents_hz(self) -> float:
        """Latent frames of one second."""
        return self.sample_rate / self.hop

    @property
    def name(self) -> str:
        """Its size as people call it: the published ones have 1.6 and 4.2 billion parameters."""
        return XL if self.parameters.get("transformer", 0) > 2.5e9 else SMALL_2B


_SHARED = {
    "condition_encoder": 608_369_664 + 15_000 * 64,
    "text_encoder": 595_776_512,
    "vae": 168_695_426,
    "audio_tokenizer": 105_032_198,
    "audio_token_detokenizer": 105_011_776,
}
_TRANSFORMERS = {SMALL_2B: (1_575_458_880, 16), XL: (4_168_897_088, 32)}


def published_size(name: str) -> Size:
    """Return the size of published weights by their name, which need not be on this machine."""
    parameters, heads = _TRANSFORMERS[XL if "-xl-" in name else SMALL_2B]
    return Size({"transformer": parameters, **_SHARED}, turbo="turbo" in name, heads=heads)


def size_of(files: Files) -> Size:
    """Return the size of a checkpoint's model; what its configuration leaves out is diffusers' default."""
    folder = files.checkpoint.folder
    transformer = _config(folder, "transformer")
    vae = _config(folder, "vae")
    ratios = vae.get("downsampling_ratios") or [2, 4, 4, 6, 10]
    hop = 1
    for ratio in ratios:
        hop *= int(ratio)
    return Size(
        parameters=files.sizes,
        turbo=bool(transformer.get("is_turbo")) or transformer.get("model_version") == "turbo",
        heads=int(transformer.get("num_attention_heads", 16)),
        head_dim=int(transformer.get("head_dim", 128)),
        encoder_heads=int(_config(folder, "condition_encoder").get("num_attention_heads", 16)),
        patch=int(transformer.get("patch_size", 2)),
        decoder_channels=int(vae.get("decoder_channels", 128)),
        hop=hop,
        sample_rate=int(vae.get("sampling_rate", 48_000)),
    )


def _config(folder: Path, part: str) -> dict[str, Any]:
    """Return a part's configuration; one that cannot be read is reported by what loads it."""
    try:
        content = json.loads((folder / part / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}

"""What a MusicGen in audiocraft's own form consists of. Standard library only, Python 3.9 syntax."""

from __future__ import annotations

from core.engines.weights import Weights

FILES = ("state_dict.bin", "compression_state_dict.bin")
TEXT_ENCODER = Weights(
    "t5-base",
    "google-t5/t5-base",
    ("config.json", "spiece.model", "tokenizer.json", "model.safetensors"),
    895,
    "Apache-2.0",
    "Reads the prompt: every MusicGen in audiocraft's form needs it beside it.",
)

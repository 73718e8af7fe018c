"""MusicGen from a folder: nothing is downloaded, and nothing that it should hold is left at random."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.engines.checkpoint import Checkpoint, best_device, set_threads
from core.engines.musicgen.card import CARD, FILES
from core.engines.weights import is_untrained
from core.errors import EngineError

MODEL = "MusicGen"


@dataclass(frozen=True, eq=False)
class Model:
    """A loaded MusicGen and what its configuration says of it."""

    network: Any
    tokenizer: Any
    name: str
    device: str
    precision: str
    """Both read back from the decoder."""
    sample_rate: int
    frame_rate: int
    channels: int
    codebooks: int
    """Codes per frame, of both channels together."""
    codebook_size: int
    untrained: bool
    notes: tuple[str, ...]

    @property
    def hop(self) -> int:
        """Samples of one code frame."""
        return self.sample_rate // self.frame_rate

    @property
    def delay(self) -> int:
        """Steps that the last codebook comes after the first (the delay pattern)."""
        return self.codebooks // self.channels - 1


def load(folder: Path) -> Model:
    """Load the model in ``folder`` onto the best device here.

    Raises EngineMissingError for what the folder lacks, EngineMemoryError when it cannot fit, EngineError
    for weights that are damaged, not numbers, or of another model.
    """
    checkpoint = Checkpoint(folder, MODEL)
    _check_folder(checkpoint)
    import torch
    from transformers import MusicgenConfig, MusicgenForConditionalGeneration

    device, dtype, notes = best_device(torch, MODEL)
    needed = sum(path.stat().st_size for path in folder.glob("model*.safetensors"))
    needed = needed // 2 if dtype == torch.bfloat16 else needed
    checkpoint.check_memory(torch, device, needed, "take a smaller MusicGen")
    checkpoint.check_config(MusicgenConfig, MODEL, "it belongs to another version of the model")
    tokenizer = checkpoint.tokenizer()
    network = checkpoint.network(MusicgenForConditionalGeneration, dtype).to(device)
    # The codec's own noise floor is lower than bfloat16's.
    network.audio_encoder.to(torch.float32)
    network.eval()
    set_threads(torch, sum(part.numel() for part in network.parameters()))
    return _described(checkpoint, network, tokenizer, notes)


def _check_folder(checkpoint: Checkpoint) -> None:
    checkpoint.require_folder("Clear the checkpoint setting, or name a folder that holds MusicGen.")
    checkpoint.require(
        FILES,
        "it is the model's audiocraft form, which is another",
        "Download the missing files, or use the engine audiocraft for that form.",
    )
    kind = checkpoint.config().get("model_type")
    if kind != "musicgen":
        melody = " Melody models run in the engine audiocraft." if kind == "musicgen_melody" else ""
        raise EngineError(
            f"The checkpoint {checkpoint.folder.name} holds a model of the kind {kind}, not musicgen."
            f"{melody}",
            causes=("another model's folder was named", "its config.json was replaced"),
            remedy="Name a folder that holds MusicGen.",
        )


def _described(checkpoint: Checkpoint, network: Any, tokenizer: Any, notes: tuple[str, ...]) -> Model:
    folder, config = checkpoint.folder, network.config
    rows = config.text_encoder.vocab_size
    if len(tokenizer) > rows:
        raise checkpoint.unfit(f"the tokenizer has {len(tokenizer)} entries, the text encoder {rows}")
    weight = next(network.decoder.parameters())
    return Model(
        network=network,
        tokenizer=tokenizer,
        name=folder.name,
        device=weight.device.type,
        precision=str(weight.dtype).removeprefix("torch."),
        sample_rate=int(config.audio_encoder.sampling_rate),
        frame_rate=int(config.audio_encoder.frame_rate),
        channels=int(config.decoder.audio_channels),
        codebooks=int(config.decoder.num_codebooks),
        codebook_size=int(config.decoder.vocab_size),
        untrained=is_untrained(folder),
        notes=notes,
    )


__all__ = ["CARD", "Model", "load"]

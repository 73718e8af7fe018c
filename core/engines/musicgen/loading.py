"""MusicGen from a folder: nothing is downloaded, and nothing that it should hold is left at random."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.engines.musicgen.card import CARD, FILES
from core.engines.weights import is_untrained, missing_files
from core.errors import EngineError, EngineMemoryError, EngineMissingError
from core.machine.resources import cores, memory

AGAIN = "Download the model again into that folder."
SMALL = 50_000_000
"""Parameters; a model below works faster on one thread."""
SHOWN = 3
FEWEST_PIECES = 8
"""Words or letters of a tokenizer; transformers makes up an empty one where the files say nothing."""


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
    _check_folder(folder)
    import torch

    device, dtype, notes = chosen_device(torch)
    _check_room(torch, folder, device, dtype)
    _check_config(folder)
    tokenizer = _tokenizer(folder)
    network = _network(torch, folder, dtype)
    _check_finite(torch, folder, network)
    network = network.to(device)
    # The codec's own noise floor is lower than bfloat16's.
    network.audio_encoder.to(torch.float32)
    network.eval()
    few = sum(part.numel() for part in network.parameters()) < SMALL
    torch.set_num_threads(1 if few else cores())
    return _described(folder, network, tokenizer, notes)


def chosen_device(torch: Any) -> tuple[str, Any, tuple[str, ...]]:
    """Return the device, the number format for it, and a note where that costs something.

    bfloat16 needs CUDA compute capability 8; float16 overflows in the text encoder.
    """
    if torch.cuda.is_available():
        if torch.cuda.get_device_capability() >= (8, 0):
            return "cuda", torch.bfloat16, ()
        return "cuda", torch.float32, ("This GPU has no bfloat16: MusicGen takes twice the memory here.",)
    mps = getattr(torch.backends, "mps", None)
    if mps is not None and mps.is_available():
        return "mps", torch.float32, ()
    return "cpu", torch.float32, ()


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise EngineMissingError(
            f"There is no checkpoint folder {folder.name}.",
            remedy="Clear the checkpoint setting, or name a folder that holds MusicGen.",
        )
    lacking = missing_files(folder, FILES)
    if lacking:
        raise EngineMissingError(
            f"The checkpoint {folder.name} lacks {', '.join(lacking)}.",
            causes=("the download was not finished", "it is the model's audiocraft form, which is another"),
            remedy="Download the missing files, or use the engine audiocraft for that form.",
        )
    kind = _read_config(folder).get("model_type")
    if kind != "musicgen":
        melody = " Melody models run in the engine audiocraft." if kind == "musicgen_melody" else ""
        raise EngineError(
            f"The checkpoint {folder.name} holds a model of the kind {kind}, not musicgen.{melody}",
            causes=("another model's folder was named", "its config.json was replaced"),
            remedy="Name a folder that holds MusicGen.",
        )


def _read_config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(folder, "config.json", error) from error
    return config if isinstance(config, dict) else {}


def _check_room(torch: Any, folder: Path, device: str, dtype: Any) -> None:
    """Refuse before the system ends the process for want of memory."""
    needed = sum(path.stat().st_size for path in folder.glob("model*.safetensors"))
    if device == "cuda":
        free = torch.cuda.mem_get_info()[0]
        needed = needed // 2 if dtype == torch.bfloat16 else needed
        where = "the GPU"
    else:
        free, where = memory().available, "this machine"
    if free is not None and needed > free:
        raise EngineMemoryError(
            f"MusicGen's weights take {needed / 1e9:.1f} GB, and {where} has {free / 1e9:.1f} GB free.",
            causes=("other programs hold the memory", "the model is too large for this machine"),
            remedy="Close other programs, or take a smaller MusicGen.",
        )


def _check_config(folder: Path) -> None:
    from huggingface_hub.errors import StrictDataclassError
    from transformers import MusicgenConfig

    try:
        MusicgenConfig.from_pretrained(str(folder), local_files_only=True)
    except (StrictDataclassError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise EngineError(
            f"The config.json in {folder.name} describes no MusicGen that can be built.",
            causes=("it was edited", "it belongs to another version of the model"),
            remedy=AGAIN,
            detail=str(error),
        ) from error


def _tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged(folder, "tokenizer", error) from error
    if len(tokenizer) < len(set(tokenizer.all_special_ids)) + FEWEST_PIECES:
        raise _damaged(folder, "tokenizer", "it knows no words, so every prompt would be lost")
    return tokenizer


def _network(torch: Any, folder: Path, dtype: Any) -> Any:
    from safetensors import SafetensorError
    from transformers import MusicgenForConditionalGeneration

    try:
        network, report = MusicgenForConditionalGeneration.from_pretrained(
            str(folder), local_files_only=True, use_safetensors=True, dtype=dtype, output_loading_info=True
        )
    except SafetensorError as error:
        raise _damaged(folder, "weights file", error) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _unfit(folder, error) from error
    except RuntimeError as error:
        if "memory" in str(error).lower():
            raise
        raise _unfit(folder, error) from error
    missing = sorted(report["missing_keys"])
    if missing:
        raise _unfit(folder, f"{len(missing)} tensors are missing: {_few(missing)}")
    return network


def _check_finite(torch: Any, folder: Path, network: Any) -> None:
    broken = [
        name
        for name, tensor in network.state_dict().items()
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all())
    ]
    if broken:
        raise EngineError(
            f"MusicGen's weights in {folder.name} hold values that are not numbers ({_few(broken)}).",
            causes=("a training or a conversion went wrong", "the file was damaged on the way"),
            remedy=AGAIN,
        )


def _described(folder: Path, network: Any, tokenizer: Any, notes: tuple[str, ...]) -> Model:
    config = network.config
    rows = config.text_encoder.vocab_size
    if len(tokenizer) > rows:
        raise _unfit(folder, f"the tokenizer has {len(tokenizer)} entries, the text encoder {rows}")
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


def _damaged(folder: Path, what: str, why: object) -> EngineError:
    return EngineError(
        f"The {what} of MusicGen in {folder.name} cannot be read.",
        causes=("the download was cut off", "the file was changed or damaged"),
        remedy=AGAIN,
        detail=f"{type(why).__name__}: {why}",
    )


def _unfit(folder: Path, why: object) -> EngineError:
    return EngineError(
        f"The weights in {folder.name} do not fit their config.json.",
        causes=("files of two models are mixed", "a part of the model is missing"),
        remedy=AGAIN,
        detail=str(why),
    )


def _few(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


__all__ = ["CARD", "Model", "chosen_device", "load"]

"""ACE-Step from a folder: nothing is downloaded, and nothing that it should hold is left at random."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.engines.acestep15.checkpoint import MODEL, Files, inspect
from core.engines.acestep15.device import Placement, machine_by_torch, placed
from core.engines.acestep15.estimate import Song, need
from core.engines.acestep15.settings import Precision
from core.engines.acestep15.sizes import Size, size_of
from core.engines.checkpoint import Checkpoint, set_threads
from core.engines.weights import is_untrained
from core.errors import EngineError, EngineMissingError

PROBE = "verse chorus piano"


@dataclass(eq=False)
class Model:
    """A loaded ACE-Step, and what was read back from it."""

    pipe: Any
    name: str
    device: str
    precision: str
    sample_rate: int
    hop: int
    """Samples of one latent frame."""
    turbo: bool
    untrained: bool
    notes: tuple[str, ...]
    size: Size
    offload: bool
    lora: tuple[str, float] = field(default=("", 0.0))
    """Identity and weight of the adapter that is in."""
    merged: dict[str, Any] = field(default_factory=dict)
    """Of one that is merged into the weights: what they were, by layer."""


def load(folder: Path, precision: Precision, song: Song) -> Model:
    """Load the model in ``folder`` onto the best device here, so that there is memory for ``song``.

    Raises EngineMissingError for what the folder or this machine lacks, EngineMemoryError when it cannot
    fit, EngineError for weights that are damaged or of another model.
    """
    files = inspect(folder)
    import torch

    size = size_of(files)
    place = placed(machine_by_torch(torch), size, precision, song, folder.name)
    set_threads(torch, files.parameters)
    pipe = _pipeline(files.checkpoint, getattr(torch, place.precision))
    _check_complete(files, pipe)
    _check_tokenizer(files.checkpoint, pipe)
    _put(pipe, place)
    pipe.vae.enable_tiling()
    pipe.set_progress_bar_config(disable=True)
    return _described(folder, pipe, place, size)


def has_memory_for(model: Model, song: Song) -> bool:
    """Return whether a model that is loaded can play ``song``, which may be longer than the one before."""
    if model.device != "cuda":
        return True
    import torch

    needed = need(model.size, song, model.precision)
    beside = needed.in_turns if model.offload else needed.whole - needed.weights
    unused = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
    return bool(beside <= torch.cuda.mem_get_info()[0] + unused)


def broken_weights(model: Model) -> list[str]:
    """Return the names of the tensors that hold values that are not numbers.

    Infinite ones count in float32 alone: a lower precision may be too small for the values of the file.
    """
    import torch

    def broken(tensor: Any) -> bool:
        if model.precision == "float32":
            return not bool(torch.isfinite(tensor).all())
        return bool(torch.isnan(tensor).any())

    return [name for name, tensor in _tensors(model.pipe) if tensor.is_floating_point() and broken(tensor)]


def refused_weights(model: Model, broken: list[str]) -> EngineError:
    """Return the error for weights that are not numbers."""
    return Checkpoint(Path(model.name), MODEL).not_numbers(broken)


def _pipeline(checkpoint: Checkpoint, dtype: Any) -> Any:
    from diffusers import AceStepPipeline
    from diffusers.utils import logging as library_logging

    # One warning a part, whatever the part: what is wrong with a checkpoint is checked below.
    library_logging.set_verbosity(logging.ERROR)
    try:
        with checkpoint.loading():
            text_encoder = _text_encoder(checkpoint, dtype)
            load: Any = AceStepPipeline.from_pretrained
            return load(
                str(checkpoint.folder),
                text_encoder=text_encoder,
                dtype=dtype,
                local_files_only=True,
                use_safetensors=True,
            )
    except ImportError as error:
        raise EngineMissingError(
            f"A part of ACE-Step in {checkpoint.folder.name} cannot be made with what is installed.",
            causes=("diffusers or transformers is too old for this model",),
            remedy="Install the versions of requirements.txt.",
            detail=str(error),
        ) from error


def _text_encoder(checkpoint: Checkpoint, dtype: Any) -> Any:
    """Load the text encoder apart: transformers fills what a file lacks with random numbers."""
    import transformers

    folder = checkpoint.folder
    index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    library, kind = index["text_encoder"]
    if library != "transformers" or not hasattr(transformers, kind):
        raise checkpoint.unfit(f"its text encoder is a {kind} of {library}")
    network, report = getattr(transformers, kind).from_pretrained(
        str(folder / "text_encoder"),
        dtype=dtype,
        local_files_only=True,
        use_safetensors=True,
        output_loading_info=True,
    )
    missing = sorted(report["missing_keys"])
    if missing:
        raise checkpoint.unfit(f"text_encoder lacks {len(missing)} tensors, such as {missing[0]}")
    return network


def _check_complete(files: Files, pipe: Any) -> None:
    """Refuse a model of which a tensor is in no file: diffusers leaves it empty, or at zero (a buffer)."""
    empty = [name for name, tensor in _tensors(pipe) if tensor.is_meta]
    for part, tensors in files.parts.items():
        if part != "text_encoder":
            wanted = getattr(pipe, part).state_dict()
            empty += [f"{part}.{name}" for name in wanted if name not in tensors]
    if empty:
        raise files.checkpoint.unfit(f"{len(empty)} tensors are missing, such as {empty[0]}")


def _check_tokenizer(checkpoint: Checkpoint, pipe: Any) -> None:
    """Refuse a tokenizer that would lose every word, or that belongs to another text encoder."""
    tokenizer = pipe.tokenizer
    if len(tokenizer) <= len(set(tokenizer.all_special_ids)):
        raise checkpoint.damaged("tokenizer", "it knows no words, so every prompt would be lost")
    ids = tokenizer(PROBE).input_ids
    if not ids or set(ids) <= set(tokenizer.all_special_ids):
        raise checkpoint.damaged("tokenizer", f"it cannot read {PROBE!r}")
    rows = pipe.text_encoder.get_input_embeddings().num_embeddings
    if len(tokenizer) > rows:
        raise checkpoint.unfit(f"the tokenizer has {len(tokenizer)} entries, the text encoder {rows}")


def _put(pipe: Any, place: Placement) -> None:
    if place.offload:
        pipe.enable_model_cpu_offload(device=place.device)
    elif place.device != "cpu":
        pipe.to(place.device)


def _described(folder: Path, pipe: Any, place: Placement, size: Size) -> Model:
    weight = next(pipe.transformer.parameters())
    # Offloaded weights rest in main memory: the pipeline knows where they are computed.
    device = pipe._execution_device.type if place.offload else weight.device.type
    return Model(
        pipe=pipe,
        name=folder.name,
        device=str(device),
        precision=str(weight.dtype).removeprefix("torch."),
        sample_rate=int(pipe.sample_rate),
        hop=round(pipe.sample_rate / pipe.latents_per_second),
        turbo=bool(pipe.is_turbo),
        untrained=is_untrained(folder),
        notes=place.notes,
        size=size,
        offload=place.offload,
    )


def _tensors(pipe: Any) -> Iterator[tuple[str, Any]]:
    for part, module in pipe.components.items():
        if hasattr(module, "named_parameters"):
            for name, tensor in (*module.named_parameters(), *module.named_buffers()):
                yield f"{part}.{name}", tensor

"""A checkpoint's files, read without torch: are they whole, and how large is the model they hold?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from core.engines.acestep15.layout import FILES
from core.engines.checkpoint import Checkpoint
from core.engines.shared.safetensors_header import NotSafetensorsError, Tensor, read_header
from core.errors import EngineError

PIPELINE = "AceStepPipeline"
MODEL = "ACE-Step"
OTHER_FORM = (
    "it is ACE-Step's own form, not its diffusers form",
    "Download the missing files of the model's diffusers form.",
)


@dataclass(frozen=True)
class Files:
    """What a checkpoint folder holds."""

    checkpoint: Checkpoint
    parts: dict[str, dict[str, Tensor]]
    """The tensors of each part that has weights, by the part's name and theirs."""

    @property
    def sizes(self) -> dict[str, int]:
        """Parameters of each part."""
        return {part: sum(prod(t.shape) for t in tensors.values()) for part, tensors in self.parts.items()}

    @property
    def parameters(self) -> int:
        """Parameters of the whole model."""
        return sum(self.sizes.values())


def inspect(folder: Path) -> Files:
    """Return what the folder holds.

    Raises EngineMissingError for files that are missing, EngineError for ones that are cut off or that
    belong to another model.
    """
    checkpoint = Checkpoint(folder, MODEL)
    checkpoint.require_folder("Clear the checkpoint setting, or name a folder that holds ACE-Step 1.5.")
    checkpoint.require(FILES, *OTHER_FORM)
    index = _index(checkpoint)
    parts = {}
    for name, made_of in sorted(index.items()):
        if name.startswith("_") or not isinstance(made_of, list) or not made_of or made_of[0] is None:
            continue
        if name not in ("scheduler", "tokenizer"):
            checkpoint.require((f"{name}/config.json", f"{name}/*.safetensors"), *OTHER_FORM)
            parts[name] = _tensors(checkpoint, name)
    return Files(checkpoint, parts)


def _index(checkpoint: Checkpoint) -> dict[str, Any]:
    try:
        index = json.loads((checkpoint.folder / "model_index.json").read_text(encoding="utf-8"))
        kind = index["_class_name"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise checkpoint.damaged("model_index.json", error) from error
    if kind != PIPELINE:
        raise EngineError(
            f"The checkpoint {checkpoint.folder.name} holds a model of the kind {kind}, not {PIPELINE}.",
            causes=("another model's folder was named", "its model_index.json was replaced"),
            remedy="Name a folder that holds ACE-Step 1.5 in its diffusers form.",
        )
    return dict(index)


def _tensors(checkpoint: Checkpoint, part: str) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for path in sorted((checkpoint.folder / part).glob("*.safetensors")):
        try:
            tensors |= read_header(path)
        except (NotSafetensorsError, OSError) as error:
            raise checkpoint.damaged(f"weights file {part}/{path.name}", error) from error
    return tensors

"""A checkpoint's files, read without torch: are they whole, and how large is the model they hold?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from core.engines.acestep15.card import FILES
from core.engines.shared.safetensors_header import NotSafetensorsError, Tensor, read_header
from core.engines.weights import missing_files
from core.errors import EngineError, EngineMissingError

PIPELINE = "AceStepPipeline"
AGAIN = "Download the model again into that folder."


@dataclass(frozen=True)
class Files:
    """What a checkpoint folder holds."""

    folder: Path
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
    if not folder.is_dir():
        raise EngineMissingError(
            f"There is no checkpoint folder {folder.name}.",
            remedy="Clear the checkpoint setting, or name a folder that holds ACE-Step 1.5.",
        )
    _require(folder, FILES)
    index = _index(folder)
    parts = {}
    for name, made_of in sorted(index.items()):
        if name.startswith("_") or not isinstance(made_of, list) or not made_of or made_of[0] is None:
            continue
        if name not in ("scheduler", "tokenizer"):
            _require(folder, (f"{name}/config.json", f"{name}/*.safetensors"))
            parts[name] = _tensors(folder, name)
    return Files(folder, parts)


def damaged(folder: Path, what: str, why: object) -> EngineError:
    """Return the error for a file that cannot be read."""
    return EngineError(
        f"The {what} of ACE-Step in {folder.name} cannot be read.",
        causes=("the download was cut off", "the file was changed or damaged"),
        remedy=AGAIN,
        detail=f"{type(why).__name__}: {why}",
    )


def unfit(folder: Path, why: object) -> EngineError:
    """Return the error for files that are whole but do not belong together."""
    return EngineError(
        f"The weights in {folder.name} do not fit their configuration.",
        causes=("files of two models are mixed", "a part of the model is missing"),
        remedy=AGAIN,
        detail=str(why),
    )


def _require(folder: Path, files: tuple[str, ...]) -> None:
    lacking = missing_files(folder, files)
    if lacking:
        raise EngineMissingError(
            f"The checkpoint {folder.name} lacks {', '.join(lacking).replace('|', ' or ')}.",
            causes=("the download was not finished", "it is ACE-Step's own form, not its diffusers form"),
            remedy="Download the missing files of the model's diffusers form.",
        )


def _index(folder: Path) -> dict[str, Any]:
    try:
        index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
        kind = index["_class_name"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(folder, "model_index.json", error) from error
    if kind != PIPELINE:
        raise EngineError(
            f"The checkpoint {folder.name} holds a model of the kind {kind}, not {PIPELINE}.",
            causes=("another model's folder was named", "its model_index.json was replaced"),
            remedy="Name a folder that holds ACE-Step 1.5 in its diffusers form.",
        )
    return dict(index)


def _tensors(folder: Path, part: str) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for path in sorted((folder / part).glob("*.safetensors")):
        try:
            tensors |= read_header(path)
        except (NotSafetensorsError, OSError) as error:
            raise damaged(folder, f"weights file {part}/{path.name}", error) from error
    return tensors

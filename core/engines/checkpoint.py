"""A model's folder, checked before and while it is loaded: one error for each way it can be wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from core.engines.base import EngineCard
from core.engines.shared.safetensors_header import NotSafetensorsError, read_header
from core.engines.weights import MODELS, found, missing_files
from core.errors import EngineError, EngineMemoryError, EngineMissingError
from core.machine.resources import cores, memory

AGAIN = "Download the model again into that folder."
MIXED = "files of two models are mixed", "a part of the model is missing"
SMALL = 50_000_000
"""Parameters; a model below works faster on one thread."""
SHOWN = 3
FEWEST_PIECES = 8
"""Words or letters of a tokenizer; transformers makes up an empty one where the files say nothing."""


@dataclass(frozen=True)
class Checkpoint:
    """A folder that should hold a model, and the sentences about what is wrong with it."""

    folder: Path
    model: str
    """What a sentence calls the model: MusicGen, the language model."""
    again: str = AGAIN
    """The remedy for files that are no use."""

    def require_folder(self, remedy: str) -> None:
        """Raise EngineMissingError when there is no such folder."""
        if not self.folder.is_dir():
            raise EngineMissingError(f"There is no checkpoint folder {self.folder.name}.", remedy=remedy)

    def require(self, files: tuple[str, ...], cause: str, remedy: str) -> None:
        """Raise EngineMissingError when files are missing; ``cause``: why else than a broken download."""
        lacking = missing_files(self.folder, files)
        if lacking:
            raise EngineMissingError(
                f"The checkpoint {self.folder.name} lacks {', '.join(lacking).replace('|', ' or ')}.",
                causes=("the download was not finished", cause),
                remedy=remedy,
            )

    def config(self) -> dict[str, Any]:
        """Return what config.json holds."""
        try:
            config = json.loads((self.folder / "config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise self.damaged("config.json", error) from error
        return config if isinstance(config, dict) else {}

    def check_config(self, kind: Any, what: str, cause: str) -> None:
        """Raise EngineError when config.json describes no ``what`` that transformers can build."""
        from huggingface_hub.errors import StrictDataclassError

        try:
            kind.from_pretrained(str(self.folder), local_files_only=True, trust_remote_code=False)
        except (StrictDataclassError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise EngineError(
                f"The config.json in {self.folder.name} describes no {what} that can be built.",
                causes=("it was edited", cause),
                remedy=self.again,
                detail=str(error),
            ) from error

    def check_memory(self, torch: Any, device: str, needed: int, remedy: str) -> None:
        """Refuse before the system ends the process for want of memory."""
        on_gpu = device == "cuda"
        free = torch.cuda.mem_get_info()[0] if on_gpu else memory().available
        if free is not None and needed > free:
            raise too_large(self.model, needed, free, "the GPU" if on_gpu else "this machine", remedy)

    def tokenizer(self) -> Any:
        """Return the tokenizer, which knows words."""
        from transformers import AutoTokenizer

        try:
            tokenizer = AutoTokenizer.from_pretrained(
                str(self.folder), local_files_only=True, trust_remote_code=False
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise self.damaged("tokenizer", error) from error
        if len(tokenizer) < len(set(tokenizer.all_special_ids)) + FEWEST_PIECES:
            raise self.damaged("tokenizer", "it knows no words, so every prompt would be lost")
        return tokenizer

    def network(self, kind: Any, dtype: Any) -> Any:
        """Return the network of a transformers class, every tensor of it from the files, finite."""
        with self.loading():
            network, report = kind.from_pretrained(
                str(self.folder),
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                dtype=dtype,
                output_loading_info=True,
            )
        missing = sorted(report["missing_keys"])
        if missing:
            raise self.unfit(f"{len(missing)} tensors are missing: {few(missing)}")
        import torch

        broken = [
            name
            for name, tensor in network.state_dict().items()
            if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all())
        ]
        if broken:
            raise self.not_numbers(broken)
        return network

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Turn what libraries raise while they load the files into the error that says what is wrong."""
        from safetensors import SafetensorError

        try:
            yield
        except SafetensorError as error:
            raise self.damaged("weights file", error) from error
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise self.unfit(error) from error
        except RuntimeError as error:
            if "memory" in str(error).lower():
                raise
            raise self.unfit(error) from error

    def parameters(self) -> int:
        """Count the weights by the headers of their files, which also tells whether these are whole."""
        count = 0
        for path in sorted(self.folder.glob("model*.safetensors")):
            try:
                count += sum(prod(tensor.shape) for tensor in read_header(path).values())
            except (NotSafetensorsError, OSError) as error:
                raise self.damaged(f"weights file {path.name}", error) from error
        return count

    def damaged(self, what: str, why: object) -> EngineError:
        """Return the error for a file that cannot be read."""
        return EngineError(
            f"The {what} of {self.model} in {self.folder.name} cannot be read.",
            causes=("the download was cut off", "the file was changed or damaged"),
            remedy=AGAIN,
            detail=f"{type(why).__name__}: {why}",
        )

    def unfit(self, why: object, *, causes: Sequence[str] = MIXED) -> EngineError:
        """Return the error for files that are whole but do not belong together."""
        return EngineError(
            f"The weights in {self.folder.name} do not fit their configuration.",
            causes=tuple(causes),
            remedy=self.again,
            detail=str(why),
        )

    def not_numbers(self, broken: Sequence[str]) -> EngineError:
        """Return the error for tensors, by their names, that hold NaN or infinity."""
        return EngineError(
            f"The weights of {self.model} in {self.folder.name} hold values that are not numbers "
            f"({few(broken)}).",
            causes=("a training or a conversion went wrong", "the file was damaged on the way"),
            remedy=AGAIN,
        )


def usual_place(card: EngineCard, what: str, wanted: str = "") -> Path:
    """Return the folder of the card's first weights that are here, or of those called ``wanted``.

    Raises EngineMissingError, which begins with ``what`` cannot be found.
    """
    for weights in card.weights:
        folder = found(weights) if wanted in ("", weights.name) else None
        if folder is not None:
            return folder
    raise EngineMissingError(
        f"{what} cannot be found under {MODELS} or in the hub's cache.",
        remedy=card.how_to_add,
    )


def best_device(torch: Any, model: str) -> tuple[str, Any, tuple[str, ...]]:
    """Return the device, the number format for it, and a note where that costs something.

    bfloat16 needs CUDA compute capability 8; models that were trained in it overflow in float16.
    """
    if torch.cuda.is_available():
        if torch.cuda.get_device_capability() >= (8, 0):
            return "cuda", torch.bfloat16, ()
        return "cuda", torch.float32, (f"This GPU has no bfloat16: {model} takes twice the memory here.",)
    mps = getattr(torch.backends, "mps", None)
    return "mps" if mps is not None and mps.is_available() else "cpu", torch.float32, ()


def set_threads(torch: Any, parameters: int) -> None:
    """Let torch compute on as many threads as are worth it."""
    torch.set_num_threads(1 if parameters < SMALL else cores())


def too_large(model: str, needed: int, free: int, where: str, remedy: str) -> EngineMemoryError:
    """Return the error for a model that does not fit into memory; bytes."""
    return EngineMemoryError(
        f"The weights of {model} take {needed / 1e9:.1f} GB, and {where} has {free / 1e9:.1f} GB free.",
        causes=("other programs hold the memory", "the model is too large for this machine"),
        remedy=f"Close other programs, or {remedy}.",
    )


def few(names: Sequence[str]) -> str:
    """Return the first names of many, and how many more there are."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")

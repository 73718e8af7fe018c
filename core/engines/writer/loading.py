"""An instruct model from a folder: nothing is downloaded, no code of its own runs, no pickle is opened."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from core.engines.shared.safetensors_header import NotSafetensorsError, read_header
from core.engines.weights import is_untrained, missing_files
from core.engines.writer.card import FILES
from core.errors import EngineError, EngineMemoryError, EngineMissingError
from core.machine.resources import cores, memory

AGAIN = "Download the model again into that folder."
ANOTHER = "Name a folder that holds an instruct model, such as Qwen2.5-1.5B-Instruct."
SMALL = 50_000_000
"""Parameters; a model below works faster on one thread."""
SHOWN = 3
FEWEST_PIECES = 8
"""Entries of a tokenizer beside its special ones."""


@dataclass(frozen=True, eq=False)
class Model:
    """A loaded language model and what its configuration says of it."""

    network: Any
    tokenizer: Any
    name: str
    device: str
    precision: str
    """Both read back from the network."""
    window: int
    """Tokens of question and answer together."""
    untrained: bool
    notes: tuple[str, ...]


def load(folder: Path) -> Model:
    """Load the model in ``folder`` onto the best device here.

    Raises EngineMissingError for what the folder lacks, EngineMemoryError when it cannot fit, EngineError
    for weights that are damaged, not numbers, or of something that answers no question.
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
    network.eval()
    few = sum(part.numel() for part in network.parameters()) < SMALL
    torch.set_num_threads(1 if few else cores())
    return _described(folder, network, tokenizer, notes)


def chosen_device(torch: Any) -> tuple[str, Any, tuple[str, ...]]:
    """Return the device, the number format for it, and a note where that costs something.

    bfloat16 needs CUDA compute capability 8; many models that were trained in it overflow in float16.
    """
    if torch.cuda.is_available():
        if torch.cuda.get_device_capability() >= (8, 0):
            return "cuda", torch.bfloat16, ()
        note = "This GPU has no bfloat16: the language model takes twice the memory here."
        return "cuda", torch.float32, (note,)
    mps = getattr(torch.backends, "mps", None)
    if mps is not None and mps.is_available():
        return "mps", torch.float32, ()
    return "cpu", torch.float32, ()


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise EngineMissingError(
            f"There is no checkpoint folder {folder.name}.",
            remedy=f"Clear the lyrics' checkpoint setting. {ANOTHER}",
        )
    lacking = missing_files(folder, FILES)
    if lacking:
        raise EngineMissingError(
            f"The checkpoint {folder.name} lacks {', '.join(lacking).replace('|', ' or ')}.",
            causes=(
                "the download was not finished",
                "it holds the model in another form: GGUF, or a pickle (.bin, .pt), which is never opened",
            ),
            remedy="Download the model's safetensors files and its tokenizer into that folder.",
        )
    config = _read_config(folder)
    if config.get("auto_map") and not _is_known(str(config.get("model_type"))):
        raise EngineError(
            f"The model in {folder.name} contains program code, which is not run.",
            causes=("its architecture is not part of the transformers library",),
            remedy=ANOTHER,
            detail="contains custom code which must be executed",
        )


def _is_known(kind: str) -> bool:
    from transformers import CONFIG_MAPPING

    return kind in CONFIG_MAPPING


def _read_config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(folder, "config.json", error) from error
    return config if isinstance(config, dict) else {}


def _check_room(torch: Any, folder: Path, device: str, dtype: Any) -> None:
    """Refuse before the system ends the process for want of memory."""
    needed = _parameters(folder) * (2 if dtype == torch.bfloat16 else 4)
    if device == "cuda":
        free, where = torch.cuda.mem_get_info()[0], "the GPU"
    else:
        free, where = memory().available, "this machine"
    if free is not None and needed > free:
        raise EngineMemoryError(
            f"The language model {folder.name} takes {needed / 1e9:.1f} GB, and {where} has"
            f" {free / 1e9:.1f} GB free.",
            causes=("other programs hold the memory", "the model is too large for this machine"),
            remedy="Close other programs, or name a smaller model.",
        )


def _parameters(folder: Path) -> int:
    """Count the weights by the headers of their files, which also tells whether these are whole."""
    count = 0
    for path in sorted(folder.glob("model*.safetensors")):
        try:
            count += sum(prod(tensor.shape) for tensor in read_header(path).values())
        except (NotSafetensorsError, OSError) as error:
            raise _damaged(folder, f"weights file {path.name}", error) from error
    return count


def _check_config(folder: Path) -> None:
    from huggingface_hub.errors import StrictDataclassError
    from transformers import AutoConfig

    try:
        AutoConfig.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
    except (StrictDataclassError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise EngineError(
            f"The config.json in {folder.name} describes no language model that can be built.",
            causes=("it was edited", "the model is newer than the transformers library here"),
            remedy=f"{AGAIN} {ANOTHER}",
            detail=str(error),
        ) from error


def _tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged(folder, "tokenizer", error) from error
    if len(tokenizer) < len(set(tokenizer.all_special_ids)) + FEWEST_PIECES:
        raise _damaged(folder, "tokenizer", "it knows no words, so every prompt would be lost")
    if not tokenizer.chat_template:
        raise EngineError(
            f"The model in {folder.name} has no chat template: it continues texts and follows no"
            " instructions.",
            causes=("it is the base model, not its instruct form", "the template's file was not downloaded"),
            remedy=ANOTHER,
        )
    return tokenizer


def _network(torch: Any, folder: Path, dtype: Any) -> Any:
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM

    try:
        network, report = AutoModelForCausalLM.from_pretrained(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=dtype,
            output_loading_info=True,
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
            f"The weights of the language model in {folder.name} hold values that are not numbers"
            f" ({_few(broken)}).",
            causes=("a training or a conversion went wrong", "the file was damaged on the way"),
            remedy=AGAIN,
        )


def _described(folder: Path, network: Any, tokenizer: Any, notes: tuple[str, ...]) -> Model:
    rows = network.get_input_embeddings().num_embeddings
    if len(tokenizer) > rows:
        raise _unfit(folder, f"the tokenizer has {len(tokenizer)} entries, the network {rows}")
    weight = next(network.parameters())
    return Model(
        network=network,
        tokenizer=tokenizer,
        name=_named(folder),
        device=weight.device.type,
        precision=str(weight.dtype).removeprefix("torch."),
        window=int(getattr(network.config, "max_position_embeddings", None) or 4096),
        untrained=is_untrained(folder),
        notes=notes,
    )


def _named(folder: Path) -> str:
    """Return the model's name; in the hub's cache the folder's own is a commit."""
    if folder.parent.name == "snapshots":
        return folder.parents[1].name.rpartition("--")[2]
    return folder.name


def _damaged(folder: Path, what: str, why: object) -> EngineError:
    return EngineError(
        f"The {what} of the language model in {folder.name} cannot be read.",
        causes=("the download was cut off", "the file was changed or damaged"),
        remedy=AGAIN,
        detail=f"{type(why).__name__}: {why}",
    )


def _unfit(folder: Path, why: object) -> EngineError:
    return EngineError(
        f"The weights in {folder.name} do not fit their config.json, or it describes no language model.",
        causes=("files of two models are mixed", "a part of the model is missing", "it is another model"),
        remedy=f"{AGAIN} {ANOTHER}",
        detail=str(why),
    )


def _few(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")

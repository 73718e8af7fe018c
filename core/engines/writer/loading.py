"""An instruct model from a folder: nothing is downloaded, no code of its own runs, no pickle is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.engines.checkpoint import AGAIN, MIXED, Checkpoint, best_device, set_threads
from core.engines.weights import is_untrained
from core.engines.writer.card import FILES
from core.errors import EngineError

MODEL = "the language model"
ANOTHER = "Name a folder that holds an instruct model, such as Qwen2.5-1.5B-Instruct."


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
    checkpoint = Checkpoint(folder, MODEL, f"{AGAIN} {ANOTHER}")
    _check_folder(checkpoint)
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    device, dtype, notes = best_device(torch, MODEL)
    needed = checkpoint.parameters() * (2 if dtype == torch.bfloat16 else 4)
    checkpoint.check_memory(torch, device, needed, "name a smaller model")
    checkpoint.check_config(
        AutoConfig, "language model", "the model is newer than the transformers library here"
    )
    tokenizer = _tokenizer(checkpoint)
    network = checkpoint.network(AutoModelForCausalLM, dtype).to(device)
    network.eval()
    set_threads(torch, sum(part.numel() for part in network.parameters()))
    return _described(checkpoint, network, tokenizer, notes)


def _check_folder(checkpoint: Checkpoint) -> None:
    checkpoint.require_folder(f"Clear the lyrics' checkpoint setting. {ANOTHER}")
    checkpoint.require(
        FILES,
        "it holds the model in another form: GGUF, or a pickle (.bin, .pt), which is never opened",
        "Download the model's safetensors files and its tokenizer into that folder.",
    )
    config = checkpoint.config()
    if config.get("auto_map") and not _is_known(str(config.get("model_type"))):
        raise EngineError(
            f"The model in {checkpoint.folder.name} contains program code, which is not run.",
            causes=("its architecture is not part of the transformers library",),
            remedy=ANOTHER,
            detail="contains custom code which must be executed",
        )


def _is_known(kind: str) -> bool:
    from transformers import CONFIG_MAPPING

    return kind in CONFIG_MAPPING


def _tokenizer(checkpoint: Checkpoint) -> Any:
    tokenizer = checkpoint.tokenizer()
    if not tokenizer.chat_template:
        raise EngineError(
            f"The model in {checkpoint.folder.name} has no chat template: it continues texts and follows no"
            " instructions.",
            causes=("it is the base model, not its instruct form", "the template's file was not downloaded"),
            remedy=ANOTHER,
        )
    return tokenizer


def _described(checkpoint: Checkpoint, network: Any, tokenizer: Any, notes: tuple[str, ...]) -> Model:
    rows = network.get_input_embeddings().num_embeddings
    if len(tokenizer) > rows:
        raise checkpoint.unfit(
            f"the tokenizer has {len(tokenizer)} entries, the network {rows}",
            causes=(*MIXED, "it is another model"),
        )
    weight = next(network.parameters())
    return Model(
        network=network,
        tokenizer=tokenizer,
        name=_named(checkpoint.folder),
        device=weight.device.type,
        precision=str(weight.dtype).removeprefix("torch."),
        window=int(getattr(network.config, "max_position_embeddings", None) or 4096),
        untrained=is_untrained(checkpoint.folder),
        notes=notes,
    )


def _named(folder: Path) -> str:
    """Return the model's name; in the hub's cache the folder's own is a commit."""
    if folder.parent.name == "snapshots":
        return folder.parents[1].name.rpartition("--")[2]
    return folder.name

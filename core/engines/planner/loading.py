"""The planner from a folder: nothing is downloaded, no code of its own runs, no pickle is opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.engines.checkpoint import Checkpoint, best_device, set_threads
from core.engines.planner.layout import CODEBOOK, FILES
from core.engines.weights import is_untrained
from core.errors import EngineError

MODEL = "the planner"
NAMED = "Name a folder such as acestep-5Hz-lm-0.6B, or set ACE-Step's planner to off."
_CODE = re.compile(r"<\|audio_code_(\d+)\|>")


@dataclass(frozen=True, eq=False)
class Model:
    """A loaded planner."""

    network: Any
    tokenizer: Any
    code_ids: Any
    """Token of each code, by its number: a tensor on the device."""
    name: str
    device: str
    precision: str
    folder: Path
    window: int
    """Tokens of prompt and codes together."""
    untrained: bool
    notes: tuple[str, ...]


def load(folder: Path, song_tokens: int) -> Model:
    """Load the planner in ``folder`` onto the best device here, with memory for ``song_tokens``.

    Raises EngineMissingError for what the folder lacks, EngineMemoryError when it cannot fit, EngineError for
    weights that are damaged, not numbers, or of another model.
    """
    checkpoint = Checkpoint(folder, MODEL)
    checkpoint.require_folder(NAMED)
    checkpoint.require(FILES, "it holds the model in another form", f"Download it again. {NAMED}")
    config = checkpoint.config()
    if config.get("model_type") != "qwen3":
        raise _another(folder, f"it holds a model of the kind {config.get('model_type')}")
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    device, dtype, notes = best_device(torch, MODEL)
    _check_memory(torch, checkpoint, device, song_tokens, 2 if dtype == torch.bfloat16 else 4)
    checkpoint.check_config(Qwen3Config, "language model", "transformers is too old for it")
    tokenizer = checkpoint.tokenizer()
    numbers = _code_ids(folder, tokenizer)
    network = checkpoint.network(Qwen3ForCausalLM, dtype).to(device).eval()
    rows = network.get_input_embeddings().num_embeddings
    if max(numbers) >= rows:
        raise checkpoint.unfit(f"the tokenizer has {len(tokenizer)} entries, the network {rows}")
    set_threads(torch, sum(part.numel() for part in network.parameters()))
    weight = next(network.parameters())
    return Model(
        network=network,
        tokenizer=tokenizer,
        code_ids=torch.tensor(numbers, device=weight.device),
        name=folder.name,
        device=weight.device.type,
        precision=str(weight.dtype).removeprefix("torch."),
        folder=folder,
        window=int(network.config.max_position_embeddings),
        untrained=is_untrained(folder),
        notes=notes,
    )


def check_room(model: Model, song_tokens: int) -> None:
    """Raise EngineMemoryError when a planner that rests in main memory has no room on the graphics card."""
    if model.device == "cuda":
        import torch

        each = next(model.network.parameters()).element_size()
        _check_memory(torch, Checkpoint(model.folder, MODEL), model.device, song_tokens, each)


def needed_bytes(checkpoint: Checkpoint, tokens: int, each: int) -> int:
    """Return the bytes of the weights and of what is remembered of ``tokens``, guided and unguided.

    ``each``: bytes of a number.
    """
    config = checkpoint.config()
    heads = int(config.get("num_key_value_heads") or 8) * int(config.get("head_dim") or 128)
    keys_and_values = 2 * int(config.get("num_hidden_layers") or 28) * heads
    return (checkpoint.parameters() + 2 * tokens * keys_and_values) * each


def _check_memory(torch: Any, checkpoint: Checkpoint, device: str, tokens: int, each: int) -> None:
    checkpoint.check_memory(
        torch, device, needed_bytes(checkpoint, tokens, each), "name a smaller planner, or set it to off"
    )


def _code_ids(folder: Path, tokenizer: Any) -> list[int]:
    """Return the token of each code from 0 on; raises EngineError for a tokenizer without codes."""
    if not tokenizer.chat_template:
        raise _another(folder, "its tokenizer has no chat template")
    found = {}
    for token, number in tokenizer.get_vocab().items():
        match = _CODE.fullmatch(token)
        if match and int(match[1]) < CODEBOOK:
            found[int(match[1])] = int(number)
    if len(found) < 2 or set(found) != set(range(len(found))):
        raise _another(folder, f"its tokenizer knows {len(found)} audio codes, not {CODEBOOK:,}")
    return [found[code] for code in range(len(found))]


def _another(folder: Path, why: str) -> EngineError:
    return EngineError(
        f"The folder {folder.name} holds no planner of ACE-Step: {why}.",
        causes=("another language model's folder was named", "its files were replaced"),
        remedy=NAMED,
    )

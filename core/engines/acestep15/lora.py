"""A LoRA put into a loaded model, and taken out again without a trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.engines.acestep15 import lora_file
from core.engines.acestep15.adapters import Kind, kind_of
from core.engines.acestep15.loading import Model
from core.engines.acestep15.merged import merge, take_out

NAME = "song"
_PREFIX = "transformer."
_ENDS = (".lora_A.weight", ".lora_B.weight")


def put(model: Model, path: str, weight: float) -> None:
    """Make the model play with the adapter at ``path``, or with none; a weight of 0 is none.

    A LoRA is loaded beside the weights, a LoKr or DoRA is merged into them. Raises EngineInputError for a
    pickle, a damaged file, an adapter of another model, or of a kind that is not known.
    """
    wanted = (lora_file.fingerprint(path), weight) if path and weight else ("", 0.0)
    if model.lora == wanted:
        return
    if model.lora[0]:
        _take_out(model)
    if not wanted[0]:
        if path:
            lora_file.layers(lora_file.lora_file(path))
        return
    file = lora_file.lora_file(path)
    kind = kind_of(lora_file.layers(file))
    if kind is Kind.LORA:
        _load(model.pipe, file)
        model.pipe.set_adapters([NAME], adapter_weights=[weight * lora_file.scale(file)])
    else:
        model.merged = merge(model.pipe, file, kind, weight, lora_file.scale(file))
    model.lora = wanted


def _take_out(model: Model) -> None:
    if model.merged:
        take_out(model.pipe, model.merged)
        model.merged = {}
    else:
        model.pipe.unload_lora_weights()
    model.lora = ("", 0.0)


def _load(pipe: Any, file: Path) -> None:
    try:
        layers = pipe.lora_state_dict(str(file), local_files_only=True, use_safetensors=True)
        _check_fits(pipe, file, layers)
        pipe.load_lora_weights(layers, adapter_name=NAME)
    except (ValueError, KeyError, RuntimeError, AttributeError, TypeError) as error:
        pipe.unload_lora_weights()
        raise lora_file.another_model(file, str(error).split("\n")[0][:200]) from error


def _check_fits(pipe: Any, file: Path, layers: dict[str, Any]) -> None:
    """Compare every layer with its module: what fits nothing would be left out without a word."""
    modules = dict(pipe.transformer.named_modules())
    strange = 0
    for name, tensor in layers.items():
        end = next((end for end in _ENDS if name.endswith(end)), "")
        module = modules.get(name.removeprefix(_PREFIX).removesuffix(end)) if end else None
        weight = getattr(module, "weight", None)
        if weight is None or not name.startswith(_PREFIX):
            strange += 1
        elif weight.ndim == 2:
            side = 1 if end == _ENDS[0] else 0
            strange += int(tensor.shape[side] != weight.shape[side])
    if strange:
        raise lora_file.another_model(file, f"{strange} of its {len(layers)} layers fit nothing in this one")

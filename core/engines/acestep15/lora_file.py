"""Which file a LoRA is, and whether it may be opened at all: safetensors only, never a pickle."""

from __future__ import annotations

import json
import math
from pathlib import Path

from core.engines.acestep15.adapters import Kind, kind_of
from core.engines.shared.safetensors_header import NotSafetensorsError, Tensor, read_header
from core.errors import EngineInputError

NAMES = ("pytorch_lora_weights.safetensors", "adapter_model.safetensors")
"""As diffusers and as PEFT call it."""
CONFIG = "adapter_config.json"
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


def lora_file(path: str) -> Path:
    """Return the file that a LoRA setting names; raises EngineInputError for what is none."""
    named = Path(path).expanduser()
    if named.is_dir():
        found = [named / name for name in NAMES if (named / name).is_file()]
        found = found or sorted(named.glob("*.safetensors"))
        if len(found) != 1:
            raise _refused(
                named, f"its folder holds {len(found)} .safetensors files, not one", "Name the file itself."
            )
        named = found[0]
    if named.suffix.lower() in PICKLES:
        raise _refused(
            named,
            "a pickle can run any program when it is opened",
            "Convert it to .safetensors where you trust it, and name that file.",
        )
    if not named.is_file():
        raise _refused(named, "there is no such file", "Correct the path, or clear the LoRA setting.")
    return named


def fingerprint(path: str) -> str:
    """Return what changes when the LoRA does; empty without one. Raises EngineInputError."""
    if not path:
        return ""
    file = lora_file(path)
    content = [str(file.resolve())]
    for each in (file, file.parent / CONFIG):
        if each.is_file():
            status = each.stat()
            content.append(f"{status.st_size} {status.st_mtime_ns}")
    return " ".join(content)


def layers(file: Path) -> dict[str, Tensor]:
    """Return the tensors of a LoRA file; raises EngineInputError for a file that holds none."""
    try:
        tensors = read_header(file)
    except (NotSafetensorsError, OSError) as error:
        raise _refused(
            file, f"it is no whole safetensors file: {error}", "Download or export it again."
        ) from error
    kind = kind_of(tensors)
    if kind is Kind.NONE:
        raise _refused(
            file, "it holds weights, but no LoRA", "Name a LoRA that was trained for ACE-Step 1.5."
        )
    if kind is Kind.LOHA:
        raise _refused(file, "it is a LoHa, which is not read here", "Name a LoRA, a LoKr or a DoRA.")
    return tensors


def scale(file: Path) -> float:
    """Return the scale it was trained with: alpha over rank, by the ``adapter_config.json`` beside it."""
    config = file.parent / CONFIG
    if file.name != NAMES[1] or not config.is_file():
        return 1.0
    try:
        content = json.loads(config.read_text(encoding="utf-8"))
        rank, alpha = float(content["r"]), float(content["lora_alpha"])
        size = math.sqrt(rank) if content.get("use_rslora") else rank
        return alpha / size
    except (OSError, ValueError, KeyError, TypeError, ZeroDivisionError) as error:
        raise _refused(
            file, "the adapter_config.json beside it cannot be read", "Export it again."
        ) from error


def another_model(file: Path, why: str) -> EngineInputError:
    """Return the error for a LoRA whose layers this model has not."""
    return _refused(
        file,
        f"it was made for another model ({why})",
        "Name a LoRA that was trained for this very ACE-Step 1.5 model.",
    )


def _refused(file: Path, why: str, remedy: str) -> EngineInputError:
    return EngineInputError(f"The LoRA {file.name} cannot be used: {why}.", remedy=remedy)

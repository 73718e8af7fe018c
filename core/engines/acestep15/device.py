"""Where the model computes and in which number format, decided before anything is loaded.

bfloat16 needs CUDA compute capability 8; below it float16 is what is fast, and it overflows to NaN in this
model (ACE-Step-1.5 issues 1243, 1274), so those cards take float32 with the parts moved in turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.engines.acestep15.checkpoint import MODEL, Files
from core.engines.acestep15.settings import Precision
from core.engines.checkpoint import too_large
from core.errors import EngineInputError, EngineMemoryError
from core.machine.resources import memory

WORKING = 1_500_000_000
"""Bytes beside the weights: latents, attention, one tile of the decoder."""
LARGE = 100_000_000
"""Parameters from which working without a GPU is worth a note."""


@dataclass(frozen=True)
class Placement:
    """Device name, torch number format, and whether the parts take turns on the GPU."""

    device: str
    dtype: Any
    offload: bool = False
    notes: tuple[str, ...] = ()


def placed(torch: Any, files: Files, asked: Precision) -> Placement:
    """Return the best place for the model.

    Raises EngineMemoryError when it fits nowhere, EngineInputError for a precision that the GPU has not.
    """
    if torch.cuda.is_available():
        return _on_cuda(torch, files, asked)
    dtype = _format(torch, asked, torch.float32)
    mps = getattr(torch.backends, "mps", None)
    device = "mps" if mps is not None and mps.is_available() else "cpu"
    available = memory().available
    needed = files.parameters * _bytes(dtype)
    if available is not None and needed > available:
        raise _too_large(needed, available, "this machine")
    notes: tuple[str, ...] = ()
    if device == "cpu" and files.parameters > LARGE:
        notes = ("There is no GPU here: ACE-Step computes on the processor, which takes minutes a song.",)
    return Placement(device, dtype, notes=notes)


def _on_cuda(torch: Any, files: Files, asked: Precision) -> Placement:
    major, minor = torch.cuda.get_device_capability()
    modern = (major, minor) >= (8, 0)
    if asked is Precision.BFLOAT16 and not modern:
        raise EngineInputError(
            f"This GPU computes no bfloat16 (compute capability {major}.{minor}; it takes 8.0).",
            remedy="Set ACE-Step's precision to auto or float32.",
        )
    dtype = _format(torch, asked, torch.bfloat16 if modern else torch.float32)
    free = int(torch.cuda.mem_get_info()[0])
    whole, largest = (
        count * _bytes(dtype) for count in (files.parameters, max(files.sizes.values(), default=0))
    )
    if modern and whole + WORKING <= free:
        return Placement("cuda", dtype)
    if largest + WORKING > free:
        raise _too_large(largest + WORKING, free, "the GPU")
    available = memory().available
    if available is not None and whole > available:
        raise _too_large(whole, available, "this machine")
    why = "The GPU cannot hold all of ACE-Step" if modern else "This GPU has no bfloat16"
    return Placement("cuda", dtype, True, (f"{why}: its parts take turns, which is slower.",))


def _format(torch: Any, asked: Precision, best: Any) -> Any:
    return best if asked is Precision.AUTO else getattr(torch, asked.value)


def _bytes(dtype: Any) -> int:
    return int(dtype.itemsize)


def _too_large(needed: int, free: int, where: str) -> EngineMemoryError:
    return too_large(MODEL, needed, free, where, "choose another engine")

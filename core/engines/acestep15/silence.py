"""The learned silence of a native checkpoint: a tensor in a pickle, read as nothing but a tensor."""

from __future__ import annotations

from pathlib import Path

from core.engines.shared.safetensors_header import Tensor
from core.errors import EngineError

LARGEST = 64 << 20
"""Bytes; 15,000 frames of 64 channels in float32 are 4 MB."""
_NAMES = {"torch.float32": "F32", "torch.bfloat16": "BF16", "torch.float16": "F16"}
_DTYPES = {stored: name.removeprefix("torch.") for name, stored in _NAMES.items()}


def read_silence(file: Path, channels: int) -> tuple[Tensor, bytes]:
    """Return (1, frames, channels) as a safetensors file holds it; the pickle has (1, channels, frames).

    Raises EngineError for a file that is too large, or that holds anything but one tensor of that form.
    """
    import pickle

    import torch

    if file.stat().st_size > LARGEST:
        raise _refused(file, f"it is larger than {LARGEST >> 20} MB")
    try:
        held = torch.load(file, map_location="cpu", weights_only=True)
    except (RuntimeError, OSError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise _refused(file, "it cannot be read as a tensor alone", str(error)) from error
    if not isinstance(held, torch.Tensor) or held.ndim != 3 or held.shape[0] != 1:
        raise _refused(file, "it holds no tensor of one silence")
    if held.shape[1] != channels or str(held.dtype) not in _NAMES:
        raise _refused(file, f"it has {held.shape[1]} channels of {held.dtype}, not {channels}")
    turned = held.transpose(1, 2).contiguous()
    data = turned.view(torch.uint8).numpy().tobytes()
    return Tensor(_NAMES[str(held.dtype)], tuple(turned.shape)), data


def write_silence(file: Path, tensor: Tensor, data: bytes) -> None:
    """Write the silence of a diffusers checkpoint as a native one has it."""
    import torch

    flat = torch.frombuffer(bytearray(data), dtype=getattr(torch, _DTYPES[tensor.dtype]))
    torch.save(flat.reshape(tensor.shape).transpose(1, 2).contiguous(), file)


def _refused(file: Path, why: str, detail: str = "") -> EngineError:
    return EngineError(
        f"{file.name} in {file.parent.name} cannot be used: {why}.",
        causes=("the download was cut off", "it belongs to another model"),
        remedy="Download it again.",
        detail=detail,
    )

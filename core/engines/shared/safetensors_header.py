"""What a safetensors file says of itself, read without torch. Standard library only, Python 3.9 syntax."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

LONGEST_HEADER = 100_000_000
"""Bytes; the limit of the safetensors format."""


@dataclass(frozen=True)
class Tensor:
    """One tensor as a file's header tells it."""

    dtype: str
    shape: tuple[int, ...]


class NotSafetensorsError(ValueError):
    """The file is not whole, or is not in the safetensors format; the text says why."""


def read_header(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file; raises NotSafetensorsError when it is not whole."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or not 2 <= length <= min(size - 8, LONGEST_HEADER):
            raise NotSafetensorsError("it does not begin as a safetensors file does")
        try:
            content = json.loads(file.read(length))
            entries = {name: entry for name, entry in content.items() if name != "__metadata__"}
            tensors = {name: Tensor(e["dtype"], tuple(e["shape"])) for name, e in entries.items()}
            end = max((int(e["data_offsets"][1]) for e in entries.values()), default=0)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise NotSafetensorsError(f"its header cannot be read ({error})") from error
    if size != 8 + length + end:
        raise NotSafetensorsError(f"it has {size:,} bytes where its header promises {8 + length + end:,}")
    return tensors

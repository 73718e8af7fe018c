"""What a safetensors file says of itself, read without torch. Standard library only, Python 3.9 syntax."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LONGEST_HEADER = 100_000_000
"""Bytes; the limit of the safetensors format."""


@dataclass(frozen=True)
class Tensor:
    """One tensor as a file's header tells it."""

    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Span:
    """Where a tensor's bytes lie in its file: from ``start`` up to ``stop``."""

    tensor: Tensor
    start: int
    stop: int


class NotSafetensorsError(ValueError):
    """The file is not whole, or is not in the safetensors format; the text says why."""


def read_header(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file; raises NotSafetensorsError when it is not whole."""
    return {name: span.tensor for name, span in read_spans(path).items()}


def read_spans(path: Path) -> dict[str, Span]:
    """Return where each tensor of a safetensors file lies; raises NotSafetensorsError for one not whole."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or not 2 <= length <= min(size - 8, LONGEST_HEADER):
            raise NotSafetensorsError("it does not begin as a safetensors file does")
        try:
            content = json.loads(file.read(length), object_pairs_hook=_no_doubles)
            entries = {name: entry for name, entry in content.items() if name != "__metadata__"}
            spans = {name: _span(entry, 8 + length) for name, entry in entries.items()}
        except NotSafetensorsError:
            raise
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise NotSafetensorsError(f"its header cannot be read ({error})") from error
    end = max((span.stop for span in spans.values()), default=8 + length)
    if size != end:
        raise NotSafetensorsError(f"it has {size:,} bytes where its header promises {end:,}")
    return spans


def _span(entry: dict[str, Any], begin: int) -> Span:
    start, stop = (begin + int(offset) for offset in entry["data_offsets"])
    return Span(Tensor(entry["dtype"], tuple(entry["shape"])), start, stop)


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of the header; one that names a tensor twice is damaged, or made to deceive."""
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotSafetensorsError(f"its header holds {twice} twice")
    return content

"""A safetensors file made of tensors that lie in other files: their bytes are copied in pieces, never loaded.

The format: eight bytes with the header's length, the header as JSON, the tensors
(https://github.com/huggingface/safetensors, "Format").
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.engines.shared.safetensors_header import Span, Tensor

PIECE = 8 << 20
ALIGNED = 8


@dataclass(frozen=True)
class Piece:
    """A tensor's bytes: where they lie in a file, or they themselves."""

    tensor: Tensor
    length: int
    file: Path | None = None
    start: int = 0
    data: bytes = b""

    @classmethod
    def of(cls, file: Path, span: Span) -> Piece:
        """Return the piece of a tensor that lies in a file."""
        return cls(span.tensor, span.stop - span.start, file, span.start)


def write(target: Path, pieces: Mapping[str, Piece], copied: Callable[[int], None]) -> None:
    """Write ``pieces`` by their names into ``target``; ``copied`` takes the bytes of each step.

    Raises OSError, and what ``copied`` raises: the file is then not whole.
    """
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, piece in pieces.items():
        header[name] = {
            "dtype": piece.tensor.dtype,
            "shape": list(piece.tensor.shape),
            "data_offsets": [at, at + piece.length],
        }
        at += piece.length
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % ALIGNED)
    with target.open("wb") as out:
        out.write(len(text).to_bytes(8, "little"))
        out.write(text)
        for piece in pieces.values():
            _copy(piece, out, copied)


def _copy(piece: Piece, out: BinaryIO, copied: Callable[[int], None]) -> None:
    if piece.file is None:
        out.write(piece.data)
        copied(piece.length)
        return
    left = piece.length
    with piece.file.open("rb") as source:
        source.seek(piece.start)
        while left:
            data = source.read(min(PIECE, left))
            if not data:
                raise OSError(f"{piece.file.name} ended while it was read")
            out.write(data)
            left -= len(data)
            copied(len(data))

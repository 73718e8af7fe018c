"""What single samples tell: levels in use, values held, tops; from pieces spread over the sound."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.meter.features.finite import finite

PIECE = 4_096
MOST_PIECES = 96

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Stretches of consecutive samples, the loudest of each part of the sound."""

    samples: Floats
    """(pieces, frames, channels)."""
    start: npt.NDArray[np.int64]
    whole: bool
    """Whether the pieces are all of the sound but its last moment."""

    @cached_property
    def loudest(self) -> int:
        """The channel with the most power; the first of equal ones."""
        channels = np.moveaxis(self.samples, 2, 0)
        return int(np.argmax([np.einsum("pf,pf->", channel, channel) for channel in channels]))


def read_pieces(audio: Audio) -> Pieces:
    """Take at most 96 pieces of 4096 frames, evenly spread; of a short sound all."""
    size = min(PIECE, audio.frames)
    if size == 0:
        return Pieces(np.zeros((0, 0, audio.channels), np.float32), np.zeros(0, np.int64), True)
    count = audio.frames // size
    picked = np.unique(np.linspace(0, count - 1, min(count, MOST_PIECES)).astype(np.int64)) * size
    samples = np.stack([finite(np.asarray(audio.samples[start : start + size])) for start in picked])
    return Pieces(samples, picked, count <= MOST_PIECES)

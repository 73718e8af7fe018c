"""Silence, found from the mean square of 10 ms blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SILENT_MEAN_SQUARE = 1e-6
"""-60 dBFS, RMS over all channels."""


@dataclass(frozen=True)
class Silence:
    """How much of a sound lies under -60 dBFS, in seconds."""

    total_s: float
    longest_s: float
    tail_s: float


def silence(energy: npt.NDArray[np.float64], block_edges: npt.NDArray[np.int64], sample_rate: int) -> Silence:
    """Return the silences of a sound.

    Args:
        energy: sum of squares, (channels, blocks).
        block_edges: first frame of each block and the end, (blocks + 1,).
        sample_rate: rate in Hz.
    """
    channels, blocks = energy.shape
    if not blocks:
        return Silence(0.0, 0.0, 0.0)
    quiet = energy.sum(axis=0) < SILENT_MEAN_SQUARE * channels * np.diff(block_edges)
    turns = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]])))
    lengths = (block_edges[turns[1::2]] - block_edges[turns[0::2]]) / sample_rate
    return Silence(
        total_s=float(lengths.sum()),
        longest_s=float(lengths.max(initial=0.0)),
        tail_s=float(lengths[-1]) if quiet[-1] else 0.0,
    )

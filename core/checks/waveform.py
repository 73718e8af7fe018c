"""The shape of a sound in blocks of 1 ms, read once and shared by the checks that look at it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from core.audio import Audio

BLOCK_S = 0.001
NEARBY_BLOCKS = 50

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Waveform:
    """What the checks read of the samples; arrays are (channels, blocks)."""

    size: int
    """Frames in a block."""
    sample_rate: int
    peak: Floats
    """Highest magnitude."""
    bend: Floats
    """Highest magnitude of the second difference: how sharply the wave turns."""
    tops: Integers
    """Clipped tops that begin in the block."""
    flat_share: npt.NDArray[np.float64]
    """Part of each channel's samples that lie in runs of equal samples other than zero, (channels,)."""
    top_share: npt.NDArray[np.float64]
    """Part of each channel's samples that lie in clipped tops, (channels,)."""
    longest_run: Integers
    """Frames of each channel's longest run of one value other than zero, (channels,)."""
    longest_run_start: Integers
    """Frame where it begins, (channels,)."""

    def time_s(self, block: int | np.integer) -> float:
        """Return when a block begins."""
        return float(block) * self.size / self.sample_rate


_known: WeakKeyDictionary[Audio, Waveform] = WeakKeyDictionary()


def waveform(audio: Audio) -> Waveform:
    """Return the shape of ``audio``; read once for as long as the sound lives. Wants finite samples."""
    found = _known.get(audio)
    if found is None:
        found = _known[audio] = _read(audio)
    return found


def _read(audio: Audio) -> Waveform:
    from core.checks import kernels

    samples, channels = np.asarray(audio.samples), audio.channels
    size = max(1, round(BLOCK_S * audio.sample_rate))
    blocks = -(-audio.frames // size)
    peak, bend = np.zeros((2, channels, blocks), dtype=np.float32)
    tops, sums = np.zeros((channels, blocks), dtype=np.int64), np.zeros((channels, 4), dtype=np.int64)

    def read(c: int) -> None:
        kernels.read_blocks(samples, c, size, peak[c], bend[c])
        nearby = around(peak[c], NEARBY_BLOCKS)
        kernels.read_runs(samples, c, size, nearby, tops[c], sums[c])

    with ThreadPoolExecutor(min(channels, os.cpu_count() or 1)) as pool:
        list(pool.map(read, range(channels)))
    shares = sums[:, :2] / max(1, audio.frames)
    return Waveform(
        size, audio.sample_rate, peak, bend, tops, shares[:, 0], shares[:, 1], sums[:, 2], sums[:, 3]
    )


def around(values: Floats, reach: int) -> Floats:
    """Return the highest value within ``reach`` places on either side, itself included."""
    return np.maximum(ahead(values, reach), ahead(values[::-1], reach)[::-1])


def ahead(values: Floats, reach: int) -> Floats:
    """Return the highest of each value and the ``reach`` after it (doubling: log2 passes)."""
    best, width = np.array(values), 1
    while width < reach + 1:
        shift = min(width, reach + 1 - width)
        best[:-shift] = np.maximum(best[:-shift], best[shift:]) if shift < len(best) else best[:-shift]
        width += shift
    return best


def warm_up() -> None:
    """Load the compiled kernels."""
    from core.checks import kernels  # noqa: F401

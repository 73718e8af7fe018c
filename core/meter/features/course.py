"""The course of a sound: levels, products of the channels and the low end, from units of 1 ms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.meter.features.finite import LARGEST

UNIT_S = 0.001
BLOCK_UNITS = 100
"""Units of a block of 0.1 s."""
STREAMED_UNITS = 10_000
LOW_FRAME = 4096
"""Units of a frame of the low end, about four seconds: bins lie a quarter of a hertz apart."""
MOST_LOW_FRAMES = 100

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Course:
    """Levels and products of the first two channels over time (one channel counts as two equal ones)."""

    low: Floats
    """Mean of each unit, (units, 2): the sound under some 450 Hz."""
    low_rate: float
    """Units in a second."""
    products: Doubles
    """Sums LL, RR and LR per block of 0.1 s, (blocks, 3)."""
    block_frames: int
    block_s: float

    @cached_property
    def totals(self) -> Doubles:
        """Sums LL, RR and LR over the whole, (3,)."""
        return np.asarray(self.products.sum(axis=0), dtype=np.float64)

    def moving(self, seconds: float) -> Doubles:
        """Return the products per stretch of ``seconds``, (stretches, 3), without the channels' offsets.

        What is left over is dropped. An offset has no polarity of its own, and is all of a quiet end.
        """
        size = max(1, round(seconds / self.block_s))
        count = len(self.products) // size
        grouped = self.products[: count * size].reshape(count, size, 3).sum(axis=1)
        units = self.low[: count * size * BLOCK_UNITS].reshape(count, size * BLOCK_UNITS, 2)
        frames = size * self.block_frames
        means, (left, right) = units.mean(axis=1, dtype=np.float64).T, self.low.mean(axis=0, dtype=np.float64)
        offsets = (
            2 * left * means[0] - left**2,
            2 * right * means[1] - right**2,
            right * means[0] + left * means[1] - left * right,
        )
        return np.asarray(grouped - frames * np.stack(offsets, axis=1), dtype=np.float64)

    @cached_property
    def low_frames(self) -> tuple[npt.NDArray[np.complex64], Doubles]:
        """Spectra of the low end, (frames, 2, bins), and the bins' frequencies.

        At most 100 frames of about four seconds, spread over the sound; a shorter sound is one shorter frame.
        """
        from core.meter.transform import rfft

        units = len(self.low)
        size = min(LOW_FRAME, units)
        if size < 8:
            return np.zeros((0, 2, 1), dtype=np.complex64), np.zeros(1)
        count = min(MOST_LOW_FRAMES, 2 * (units // size) - 1)
        starts = np.linspace(0, units - size, count).astype(np.int64)
        window = np.hanning(size + 1)[:-1].astype(np.float32) * np.float32(2.0 / size)
        out = np.zeros((len(starts), 2, size // 2 + 1), dtype=np.complex64)
        for k, start in enumerate(starts):
            out[k] = rfft(self.low[start : start + size].T * window)
        hz = np.asarray(np.arange(size // 2 + 1) * (self.low_rate / size), dtype=np.float64)
        return out, hz


def read_course(audio: Audio) -> Course:
    """Read every sample once, ten seconds at a time."""
    from core.meter.features import kernels

    size = max(1, round(UNIT_S * audio.sample_rate))
    units = audio.frames // size
    blocks = units // BLOCK_UNITS
    low = np.zeros((units, 2), dtype=np.float32)
    products = np.zeros((blocks, 3))
    for first in range(0, units, STREAMED_UNITS):
        last = min(units, first + STREAMED_UNITS)
        squares = np.zeros((last - first, 3), dtype=np.float32)
        piece = np.asarray(audio.samples[first * size : last * size])
        kernels.read_units(piece.reshape(-1), audio.channels, size, low[first:last], squares)
        if not np.isfinite(squares.sum(dtype=np.float64)):
            np.nan_to_num(squares, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        whole = (last - first) // BLOCK_UNITS
        here = squares[: whole * BLOCK_UNITS].reshape(whole, BLOCK_UNITS, 3)
        at = first // BLOCK_UNITS
        products[at : at + whole] = here.sum(axis=1, dtype=np.float64)
    low[~(np.abs(low) <= LARGEST)] = 0.0
    block_frames = size * BLOCK_UNITS
    return Course(low, audio.sample_rate / size, products, block_frames, block_frames / audio.sample_rate)


def correlation(products: Doubles, least: float) -> Doubles:
    """Return LR over the root of LL times RR, NaN where a channel has less than ``least`` in a row."""
    ll, rr, lr = products[..., 0], products[..., 1], products[..., 2]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = lr / np.sqrt(ll * rr)
    return np.where((ll > least) & (rr > least), np.clip(found, -1.0, 1.0), np.nan)

"""One reading of all samples: the channels' block energies, extremes, envelope and peaks."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.meter.filters import interpolator, k_weighting, l1_norm, oversampling

BLOCK_S = 0.01
COLUMNS = 2_000
"""Most columns that a sound's envelope has; a shorter sound has one a frame."""
HIGHEST_TO_OVERSAMPLE = 1e30
"""Beyond it the interpolator would overflow, and the sample peak says enough."""

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Scan:
    """What one pass over the samples leaves behind; blocks are 10 ms and the last may be shorter."""

    block_edges: Indices
    """First frame of each block and the end, (blocks + 1,)."""
    whole_blocks: int
    """Blocks that are complete."""
    k_energy: Doubles
    """K-weighted sum of squares, (channels, blocks)."""
    energy: Doubles
    """Plain sum of squares, (channels, blocks)."""
    block_peak: Floats
    """Highest magnitude, (channels, blocks)."""
    low: Floats
    """Envelope minimum, (columns, channels), NaN where a column holds a non-finite sample."""
    high: Floats
    """Envelope maximum, (columns, channels)."""
    nonfinite: int
    means: Doubles
    """Mean of each channel, (channels,)."""
    product: float
    """Sum of products of the first two channels; 0 for mono."""
    sample_peak: float
    true_peak: float
    flat_tops: int


def scan(audio: Audio) -> Scan:
    """Read every sample of ``audio`` once, its channels side by side on the machine's cores."""
    from core.meter import kernels

    samples = np.asarray(audio.samples)
    frames, channels = samples.shape
    edges = _block_edges(frames, audio.sample_rate)
    columns = min(frames, COLUMNS)
    column_edges = np.arange(columns + 1, dtype=np.int64) * frames // max(1, columns)
    cuts = np.union1d(edges, column_edges) if frames else edges
    found = np.zeros((channels, kernels.ROWS, len(cuts) - 1))
    factor = oversampling(audio.sample_rate)
    k_taps, taps, norm = k_weighting(audio.sample_rate), interpolator(factor), l1_norm(factor)

    def read(c: int) -> None:
        other = 1 if c == 0 and channels > 1 else -1
        kernels.scan_channel(samples, c, other, cuts, k_taps, found[c])

    def read_peaks(c: int) -> tuple[float, int]:
        if not 0.0 < sample_peak < HIGHEST_TO_OVERSAMPLE:
            return sample_peak, 0
        peak = kernels.true_peak(samples, c, edges, block_peak[c], taps, norm, sample_peak)
        bottom, top = float(block_low[c].min()), float(block_high[c].max())
        return peak, kernels.count_flat_tops(samples, c, edges, block_low[c], block_high[c], bottom, top)

    with ThreadPoolExecutor(min(channels, os.cpu_count() or 1)) as pool:
        list(pool.map(read, range(channels)))
        blocks, envelope = np.searchsorted(cuts, edges[:-1]), np.searchsorted(cuts, column_edges[:-1])
        bad, total, product, energy, k_energy, low, high = np.moveaxis(found, 1, 0)
        block_low, block_high = _lowest(low, blocks), _highest(high, blocks)
        block_peak = np.maximum(-block_low, block_high)
        sample_peak = float(block_peak.max(initial=0.0))
        peaks = list(pool.map(read_peaks, range(channels)))
    broken = _summed(bad, envelope) > 0
    return Scan(
        block_edges=edges,
        whole_blocks=_whole_blocks(frames, audio.sample_rate),
        k_energy=_summed(k_energy, blocks),
        energy=_summed(energy, blocks),
        block_peak=block_peak,
        low=_picture(_lowest(low, envelope), broken),
        high=_picture(_highest(high, envelope), broken),
        nonfinite=int(bad.sum()),
        means=total.sum(axis=1) / max(1, frames),
        product=float(product[0].sum()) if channels > 1 else 0.0,
        sample_peak=sample_peak,
        true_peak=max([sample_peak, *(peak for peak, _ in peaks)]),
        flat_tops=sum(count for _, count in peaks),
    )


def _summed(values: Doubles, starts: Indices) -> Doubles:
    """Add up the pieces of each channel, (channels, pieces), from each start to the next."""
    return np.add.reduceat(values, starts, axis=1) if len(starts) else values[:, :0]


def _lowest(values: Doubles, starts: Indices) -> Floats:
    found = np.minimum.reduceat(values, starts, axis=1) if len(starts) else values[:, :0]
    return found.astype(np.float32)


def _highest(values: Doubles, starts: Indices) -> Floats:
    return -_lowest(-values, starts)


def _picture(extremes: Floats, broken: npt.NDArray[np.bool_]) -> Floats:
    return np.ascontiguousarray(np.where(broken, np.float32(np.nan), extremes).T)


def _whole_blocks(frames: int, sample_rate: int) -> int:
    return int(frames / (BLOCK_S * sample_rate) + 1e-9)


def _block_edges(frames: int, sample_rate: int) -> Indices:
    whole = _whole_blocks(frames, sample_rate)
    edges = np.rint(np.arange(whole + 1) * (BLOCK_S * sample_rate)).astype(np.int64)
    edges = np.minimum(edges, frames)
    return edges if edges[-1] == frames else np.append(edges, frames)

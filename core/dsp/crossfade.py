"""Crossfades that keep the power, and the search for the overlap of two cuts of one performance."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from core.audio import Samples

Curve = npt.NDArray[np.float32]

SAME_CORRELATION = 0.95
"""Two cuts that agree at least this well over their overlap are one performance."""
AS_GOOD = 1e-4
"""Overlaps whose correlation differs by less fit equally well."""
MIN_FOUND_S = 0.25
MOST_OPPOSED = -0.5
"""Clips that cancel each other are lifted as if they did so no more than this: by at most 3 dB."""
_SILENT_POWER = 1e-7


def equal_power(frames: int, correlation: float) -> tuple[Curve, Curve]:
    """Return the gains (frames,) of the clip that leaves and of the one that comes.

    cos and sin of a quarter turn, divided by sqrt(1 + 2 cos sin r) so that the power stays the same for
    sounds of correlation r: the equal-power fade at 0, the one that sums to 1 at 1.
    """
    turn = (np.arange(frames) + 0.5) / max(1, frames) * (np.pi / 2)
    leaving, coming = np.cos(turn), np.sin(turn)
    opposed = min(1.0, max(MOST_OPPOSED, correlation))
    power = np.sqrt(1 + 2 * leaving * coming * opposed)
    return (leaving / power).astype(np.float32), (coming / power).astype(np.float32)


def overlap_correlation(a: Samples, b: Samples) -> float:
    """Return the correlation, -1 to 1, of two pieces of one shape; 0 when either is silent."""
    x, y = a.reshape(-1).astype(np.float64), b.reshape(-1).astype(np.float64)
    power = float(np.dot(x, x)) * float(np.dot(y, y))
    if not np.isfinite(power) or power <= (_SILENT_POWER * max(1, x.size)) ** 2:
        return 0.0
    return float(np.dot(x, y)) / math.sqrt(power)


def found_overlap(
    a: Samples, b: Samples, sample_rate: int, most_frames: int, likely_frames: int
) -> int | None:
    """Return by how many frames the end of ``a`` is the beginning of ``b``; None when it is not.

    Looks for the overlap, from 0.25 s to ``most_frames``, over which the two correlate best (all lags at
    once by FFT). Music that repeats exactly may fit at several: then the one nearest to ``likely_frames``.
    Different takes, silence and non-finite sound give None.
    """
    least = round(MIN_FOUND_S * sample_rate)
    if most_frames < least:
        return None
    tail = a[-most_frames:].mean(axis=1, dtype=np.float64)
    head = b[:most_frames].mean(axis=1, dtype=np.float64)
    if not (np.isfinite(tail).all() and np.isfinite(head).all()):
        return None
    size = 1 << (2 * most_frames - 1).bit_length()
    spectrum = np.fft.rfft(tail, size) * np.conj(np.fft.rfft(head, size))
    by_lag = np.fft.irfft(spectrum, size)[:most_frames]
    shared = by_lag[::-1]  # entry L - 1 belongs to an overlap of L frames, a lag of most_frames - L
    tail_power, head_power = np.cumsum(tail[::-1] ** 2), np.cumsum(head**2)
    lengths = np.arange(1, most_frames + 1)
    power = np.minimum(tail_power, head_power) / lengths
    audible = (power > _SILENT_POWER) & (lengths >= least)
    agreement = np.where(audible, shared / np.sqrt(np.maximum(tail_power * head_power, 1e-30)), -1.0)
    if agreement.max() < SAME_CORRELATION:
        return None
    edged = np.pad(agreement, 1, constant_values=-1.0)
    is_peak = (agreement >= edged[:-2]) & (agreement >= edged[2:])
    alike = lengths[is_peak & (agreement >= agreement.max() - AS_GOOD)]
    return int(alike[np.argmin(np.abs(alike - likely_frames))])

"""How much of one sound is another: in its samples, or through whatever filter lies between them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

ANOTHER_COHERENCE = 0.3
"""Under this two sounds have nothing in common but perhaps key and beat.

Two songs of one prompt, tempo and key, by other seeds: 0.00 to 0.20. The strongest of the built-in chains:
0.96; a chorus 0.52; a reverb as loud as the sound 0.72; a steep filter 1.00, with a correlation of 0.1.
"""
SEGMENT = 4096
FEWEST_SEGMENTS = 16
"""Fewer say little: unlike sounds then reach 0.06 and more by chance."""
TOO_SHORT = 1.0
"""What is returned for such sounds: nothing tells them from the same sound behind a filter."""


def correlation(x: Doubles, y: Doubles) -> float:
    """Return the correlation of two sounds of one shape, offset included, -1 to 1."""
    return float((x * y).sum() / np.sqrt(max(1e-30, float((x * x).sum() * (y * y).sum()))))


def coherence(x: Doubles, y: Doubles) -> float:
    """Return the share of ``y``'s power that some filter makes of ``x``, 0 to 1; TOO_SHORT for short sounds.

    Both (frames,). Magnitude-squared coherence over Hann-windowed segments (Carter 1987), weighted by power.
    """
    count = min(len(x), len(y)) // SEGMENT
    if count < FEWEST_SEGMENTS:
        return TOO_SHORT
    window = np.hanning(SEGMENT)
    a, b = (np.fft.rfft(part[: count * SEGMENT].reshape(count, SEGMENT) * window) for part in (x, y))
    power_a, power_b = ((part.real**2 + part.imag**2).sum(axis=0) for part in (a, b))
    cross = np.square(np.abs((np.conj(a) * b).sum(axis=0)))
    return float((cross / (power_a + 1e-30)).sum() / (power_b.sum() + 1e-30))

"""How well one sound is another times a gain that moves slowly, fitted window by window."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.audio import Samples

CHUNK_WINDOWS = 128
"""Windows fitted at a time: small enough to stay in the processor's cache."""
SILENT_POWER = 1e-20

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GainFit:
    """One fit per window of equal length; a last window that is not full is left out."""

    gain: Doubles
    """Linear gain in the middle of each window; 0 where there is nothing to go by."""
    energy: Doubles
    """Sum of squares of the result in each window."""
    left: Doubles
    """What of it is no multiple of the source, sum of squares."""

    @property
    def bend_db(self) -> float:
        """All that is left over, against all there is."""
        return 10 * math.log10((self.left.sum() + SILENT_POWER) / (self.energy.sum() + SILENT_POWER))


def fit_gain(source: Samples, result: Samples, window: int, offset: Doubles | float = 0.0) -> GainFit:
    """Fit ``result + offset = (a + b t) source`` in every window by least squares.

    Both sounds (frames, channels); ``offset``: one value for each channel, or one for all.
    """
    count = min(len(source), len(result)) // window
    place = np.linspace(-1.0, 1.0, window)
    parts = [
        _fit(
            source[first * window : min(count, first + CHUNK_WINDOWS) * window],
            result[first * window : min(count, first + CHUNK_WINDOWS) * window],
            place,
            offset,
        )
        for first in range(0, count, CHUNK_WINDOWS)
    ]
    if not parts:
        return GainFit(*np.zeros((3, 0)))
    gain, energy, left = (np.concatenate(column) for column in zip(*parts, strict=True))
    return GainFit(gain, energy, left)


def _fit(
    source: Samples, result: Samples, place: Doubles, offset: Doubles | float
) -> tuple[Doubles, Doubles, Doubles]:
    shape = (-1, len(place), source.shape[1])
    x, y = source.reshape(shape).astype(np.float64), result.reshape(shape).astype(np.float64)
    y += offset
    power = np.einsum("wtc,wtc->wt", x, x)
    cross = np.einsum("wtc,wtc->wt", x, y)
    xx, txx, ttxx = power.sum(axis=1), power @ place, power @ place**2
    xy, txy = cross.sum(axis=1), cross @ place
    energy = np.einsum("wtc,wtc->w", y, y)
    # The ridge keeps a window in which one sample alone sounds from being divided by nothing.
    ridge = 1e-9 * xx + SILENT_POWER
    determinant = (xx + ridge) * (ttxx + ridge) - txx**2
    level = ((ttxx + ridge) * xy - txx * txy) / determinant
    slope = ((xx + ridge) * txy - txx * xy) / determinant
    # The sum of squares of y - (level + slope t) x, multiplied out: it needs no other pass over the samples.
    explained = 2 * (level * xy + slope * txy)
    fitted = level**2 * xx + 2 * level * slope * txx + slope**2 * ttxx
    return level, energy, np.maximum(0.0, energy - explained + fitted)

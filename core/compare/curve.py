"""The fixed curve that a saturator or a clipper bends a wave along, fitted level by level."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.compare.align import power_db

MOST_BINS = 1024
SAMPLES_A_BIN = 50

Doubles = npt.NDArray[np.float64]
Waves = npt.NDArray[np.floating]
"""Samples (frames, channels), single or double."""


@dataclass(frozen=True, eq=False)
class Curve:
    """The mean result for each level of the source, in ascending order of the source."""

    sources: Doubles
    results: Doubles
    counts: npt.NDArray[np.int64]

    def left_db(self, source: Waves, result: Waves) -> float:
        """Return what the curve leaves of ``result``, against it, in dB."""
        rest = result.reshape(-1) - np.interp(source.reshape(-1), self.sources, self.results)
        whole = float(np.square(result, dtype=np.float64).sum())
        return power_db(float(np.square(rest).sum()), whole)

    @property
    def top_loss_db(self) -> float:
        """How much less gain the curve has at its ends than in its middle, in dB, at least 0."""
        reach = np.abs(self.sources)
        ends, centre = self._gain(reach > 0.9 * reach.max()), self._gain(reach < 0.25 * reach.max())
        return max(0.0, 20 * math.log10(centre / ends)) if ends > 0 and centre > 0 else 0.0

    def _gain(self, part: npt.NDArray[np.bool_]) -> float:
        weighted = self.counts[part] * self.sources[part]
        power = float((weighted * self.sources[part]).sum())
        return abs(float((weighted * self.results[part]).sum())) / power if power > 0 else 0.0


def fit_curve(source: Waves, result: Waves) -> Curve | None:
    """Return the curve that makes ``source`` most like ``result``; None for too few samples."""
    flat_x, flat_y = source.reshape(-1), result.reshape(-1)
    bins = min(MOST_BINS, len(flat_x) // SAMPLES_A_BIN)
    peak = float(np.abs(flat_x).max(initial=0.0))
    if bins < 8 or peak == 0:
        return None
    place = np.minimum(((flat_x / peak + 1) * (bins / 2)).astype(np.int64), bins - 1)
    counts = np.bincount(place, minlength=bins)
    held = counts > 0
    sources = np.bincount(place, flat_x, bins)[held] / counts[held]
    results = np.bincount(place, flat_y, bins)[held] / counts[held]
    return Curve(sources, results, counts[held])

"""Spectrum tilt: how steeply a sound's spectrum rises or falls, in decibels an octave."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

LOWEST_HZ = 60.0
HIGHEST_HZ = 12_000.0
UNDER_TOP_DB = 70.0
"""Bands this far under the loudest say nothing."""
FEWEST_BANDS = 8
BAND_DB_PER_OCTAVE = 10 * math.log10(2)
"""A band of constant relative width is twice as wide an octave up."""

Bands = npt.NDArray[np.float32]


def tilts(
    before: tuple[Bands, Bands], after: tuple[Bands, Bands], top_hz: float = HIGHEST_HZ
) -> tuple[float | None, float | None]:
    """Return the tilt of two sounds over the bands that both hold; None without enough of them.

    Each sound is (centres in Hz, levels in dBFS) of the sixth-octave bands of :class:`core.measure.Picture`;
    ``top_hz`` is as far up as both reach. Least squares of the power density against the octave: white
    noise reads 0, pink noise -3.01. Both are read over the same bands, so that their difference is the tilt
    of what was done.
    """
    count = min(len(before[0]), len(after[0]))
    hz = before[0][:count]
    used = (
        (hz >= LOWEST_HZ) & (hz <= min(HIGHEST_HZ, top_hz)) & _held(before[1], count) & _held(after[1], count)
    )
    if int(used.sum()) < FEWEST_BANDS:
        return None, None
    octaves = np.log2(hz[used].astype(np.float64))
    first, second = (
        float(np.polyfit(octaves, side[1][:count][used].astype(np.float64), 1)[0]) - BAND_DB_PER_OCTAVE
        for side in (before, after)
    )
    return first, second


def _held(levels: Bands, count: int) -> npt.NDArray[np.bool_]:
    """Return which bands hold something against the loudest."""
    levels = levels[:count]
    known = np.isfinite(levels)
    if not known.any():
        return known
    return np.asarray(known & (np.nan_to_num(levels, nan=-999.0) > np.nanmax(levels) - UNDER_TOP_DB))

"""Loudness from 10 ms blocks of K-weighted energy: integrated, momentary, short-term, range.

References: ITU-R BS.1770-5 annex 1 (weighting, gating), EBU Tech 3341 (modes M, S and I), EBU Tech 3342
(loudness range).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

MOMENTARY_BLOCKS = 40
SHORT_TERM_BLOCKS = 300
HOP_BLOCKS = 10
HOP_S = 0.1

ABSOLUTE_GATE_LUFS = -70.0
INTEGRATED_GATE_LU = -10.0
RANGE_GATE_LU = -20.0

NOTHING = 1e-20
"""Mean squares up to here (-200 dB) are no sound: they read as None, or NaN in a picture."""


@dataclass(frozen=True, eq=False)
class Loudness:
    """Loudness of one sound; None, or NaN in the curves, where it does not exist."""

    integrated_lufs: float | None
    momentary_max_lufs: float | None
    short_term_max_lufs: float | None
    loudness_range_lu: float | None
    momentary_lufs: Doubles
    """The 400 ms that end at each 100 ms."""
    short_term_lufs: Doubles
    """The 3 s that end at each 100 ms."""


def loudness(weighted_energy: Doubles, frames_per_block: Doubles) -> Loudness:
    """Return the loudness of a sound from its complete 10 ms blocks.

    Args:
        weighted_energy: K-weighted sum of squares per block, summed over the channels with their weights.
        frames_per_block: frames in each block (they differ by one at rates that 100 does not divide).
    """
    momentary = _mean_squares(weighted_energy, frames_per_block, MOMENTARY_BLOCKS)
    short_term = _mean_squares(weighted_energy, frames_per_block, SHORT_TERM_BLOCKS)
    values = len(weighted_energy) // HOP_BLOCKS
    return Loudness(
        integrated_lufs=_integrated(momentary[::HOP_BLOCKS]),
        momentary_max_lufs=_highest(momentary),
        short_term_max_lufs=_highest(short_term),
        loudness_range_lu=_range(short_term[::HOP_BLOCKS]),
        momentary_lufs=_curve(momentary, values),
        short_term_lufs=_curve(short_term, values),
    )


def lufs(mean_square: Doubles) -> Doubles:
    """Return K-weighted mean squares as LUFS, NaN where there is nothing."""
    audible = np.where(mean_square > NOTHING, mean_square, np.nan)
    return np.asarray(-0.691 + 10.0 * np.log10(audible), dtype=np.float64)


def gated_lufs(momentary_lufs: Doubles) -> float | None:
    """Return the integrated loudness of gating blocks, of one sound or of several together (an album).

    Args:
        momentary_lufs: the 400 ms blocks each 100 ms, NaN where there is nothing, in any order.
    """
    blocks = momentary_lufs[np.isfinite(momentary_lufs)]
    return _integrated(10.0 ** ((blocks + 0.691) / 10.0))


def sliding_sum(values: Doubles, width: int) -> Doubles:
    """Return the sums of each ``width`` neighbours, (len - width + 1,), without subtracting.

    Doubling spans are added up: a running sum would leave the rounding of a loud part behind in the quiet
    part after it.
    """
    count = len(values) - width + 1
    if count <= 0:
        return np.zeros(0)
    total, done = np.zeros(count), 0
    span, sums = 1, values
    while True:
        if width & span:
            total += sums[done : done + count]
            done += span
        if done == width:
            return total
        sums = sums[:-span] + sums[span:]
        span *= 2


def _mean_squares(energy: Doubles, frames: Doubles, blocks: int) -> Doubles:
    return sliding_sum(energy, blocks) / sliding_sum(frames, blocks)


def _one(mean_square: float) -> float | None:
    return float(-0.691 + 10.0 * np.log10(mean_square)) if mean_square > NOTHING else None


def _highest(mean_squares: Doubles) -> float | None:
    return _one(float(mean_squares.max())) if len(mean_squares) else None


def _curve(mean_squares: Doubles, values: int) -> Doubles:
    """Pick each tenth window, so that value i ends at (i + 1) * 100 ms; NaN before the first complete one."""
    picked = lufs(mean_squares[::HOP_BLOCKS])
    return np.concatenate([np.full(values - len(picked), np.nan), picked])


def _integrated(mean_squares: Doubles) -> float | None:
    """Mean over the windows that pass the absolute and then the relative gate (BS.1770-5, annex 1)."""
    passed = _gated(mean_squares, INTEGRATED_GATE_LU)
    return _one(float(passed.mean())) if len(passed) else None


def _range(mean_squares: Doubles) -> float | None:
    """From the 10th to the 95th percentile of the gated short-term loudness (Tech 3342, clause 3)."""
    passed = np.sort(_gated(mean_squares, RANGE_GATE_LU))
    if not len(passed):
        return None
    last = len(passed) - 1
    low, high = passed[round(last * 0.10)], passed[round(last * 0.95)]
    return float(10.0 * np.log10(high / low))


def _gated(mean_squares: Doubles, relative_lu: float) -> Doubles:
    passed: Doubles = mean_squares[mean_squares > 10.0 ** ((ABSOLUTE_GATE_LUFS + 0.691) / 10.0)]
    if not len(passed):
        return passed
    relative: Doubles = passed[passed > passed.mean() * 10.0 ** (relative_lu / 10.0)]
    return relative

"""Peaks as a browser draws them: a column is two int8 codes, the root of amplitude over the lane's top.

With its sign: one code near full scale is 1.6 percent, and -80 dBFS is still drawn on the decibel scale.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

MAX_COLUMNS = 2_000
NOT_FINITE = -128


def encode_peaks(
    low: npt.NDArray[np.float32], high: npt.NDArray[np.float32], *, most: int = MAX_COLUMNS
) -> tuple[str, float]:
    """Return one channel's envelope (columns,) as base64 codes, and the amplitude of code 127.

    At most ``most`` columns; one with a non-finite sample becomes -128.
    """
    low, high = _thinned(low, np.fmin, most), _thinned(high, np.fmax, most)
    broken = ~(np.isfinite(low) & np.isfinite(high))
    low, high = np.where(broken, 0, low), np.where(broken, 0, high)
    top = max(1.0, float(np.max(np.abs([low, high]), initial=0.0)))
    codes = np.empty((low.size, 2), np.int8)
    codes[:, 0] = np.where(broken, NOT_FINITE, _code(low, top))
    codes[:, 1] = _code(high, top)
    return base64.b64encode(codes.tobytes()).decode("ascii"), top


def _code(amplitude: npt.NDArray[np.float32], top: float) -> npt.NDArray[np.float32]:
    away_from_zero = np.ceil(np.sqrt(np.minimum(1.0, np.abs(amplitude) / top)) * 127 - 0.5)
    return np.asarray(np.sign(amplitude) * away_from_zero, dtype=np.float32)


def _thinned(values: npt.NDArray[np.float32], gather: Any, most: int) -> npt.NDArray[np.float32]:
    """Return at most ``most`` values, each the extreme of its group; a NaN in a group stays."""
    step = -(-values.size // most)
    if step <= 1:
        return values
    starts = np.arange(0, values.size, step)
    thin = gather.reduceat(values, starts)
    holed = np.logical_or.reduceat(~np.isfinite(values), starts)
    return np.asarray(np.where(holed, np.nan, thin), dtype=np.float32)

"""The level of a stem while it plays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BLOCK_S = 0.1
ABSOLUTE_GATE_DBFS = -70.0
RELATIVE_GATE_DB = -10.0
SILENCE_DBFS = -120.0
"""Returned for a stem in which no block passes the absolute gate."""


def active_rms_dbfs(planes: npt.NDArray[np.float32], sample_rate: int) -> float:
    """Return the RMS, in dBFS, of the blocks in which ``planes`` (channels, frames) plays.

    Gated as in ITU-R BS.1770 (-70 absolute, then 10 dB under the mean), without its frequency
    weighting, so that a vocal with long rests reads as loud as it is sung.
    """
    channels, frames = planes.shape
    size = min(frames, max(1, round(BLOCK_S * sample_rate)))
    count = frames // size
    blocks = planes[:, : count * size].reshape(channels, count, size)
    power = np.einsum("cbs,cbs->b", blocks, blocks, optimize=False).astype(np.float64) / (size * channels)
    power = power[power > 10 ** (ABSOLUTE_GATE_DBFS / 10)]
    if power.size == 0:
        return SILENCE_DBFS
    power = power[power >= power.mean() * 10 ** (RELATIVE_GATE_DB / 10)]
    return float(10 * np.log10(power.mean()))

"""The level of a stem while it plays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BLOCK_S = 0.1
ABSOLUTE_GATE_DBFS = -70.0
RELATIVE_GATE_DB = -10.0
SILENCE_DBFS = -120.0
"""Returned for a stem in which no block passes the absolute gate."""


Blocks = npt.NDArray[np.float64]


def active_rms_dbfs(planes: npt.NDArray[np.float32], sample_rate: int) -> float:
    """Return the RMS, in dBFS, of the blocks in which ``planes`` (channels, frames) plays.

    Gated as in ITU-R BS.1770 (-70 absolute, then 10 dB under the mean), without its frequency
    weighting, so that a vocal with long rests reads as loud as it is sung.
    """
    power = _block_power(planes, sample_rate)
    return _mean_dbfs(power[_playing(power)])


def rms_while_dbfs(band: npt.NDArray[np.float32], whole: npt.NDArray[np.float32], sample_rate: int) -> float:
    """Return the RMS of ``band``, in dBFS, over the blocks in which ``whole`` plays."""
    return _mean_dbfs(_block_power(band, sample_rate)[_playing(_block_power(whole, sample_rate))])


def _block_power(planes: npt.NDArray[np.float32], sample_rate: int) -> Blocks:
    channels, frames = planes.shape
    size = min(frames, max(1, round(BLOCK_S * sample_rate)))
    count = frames // size
    blocks = planes[:, : count * size].reshape(channels, count, size)
    power: Blocks = np.einsum("cbs,cbs->b", blocks, blocks).astype(np.float64) / (size * channels)
    return power


def _playing(power: Blocks) -> npt.NDArray[np.bool_]:
    loud: npt.NDArray[np.bool_] = power > 10 ** (ABSOLUTE_GATE_DBFS / 10)
    if loud.any():
        loud &= power >= power[loud].mean() * 10 ** (RELATIVE_GATE_DB / 10)
    return loud


def _mean_dbfs(power: Blocks) -> float:
    mean = float(power.mean()) if power.size else 0.0
    return 10 * float(np.log10(mean)) if mean > 10 ** (SILENCE_DBFS / 10) else SILENCE_DBFS

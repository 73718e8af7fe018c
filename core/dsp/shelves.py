"""Tilt: a low and a high shelf, as gentle as a tone control."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from core.audio import Audio

LOW_SHELF_HZ = 150.0
HIGH_SHELF_HZ = 6_000.0

Section = npt.NDArray[np.float64]


def tilt(audio: Audio, *, low_db: float, high_db: float) -> Audio:
    """Return ``audio`` with its lows and highs raised or lowered; itself when both are 0.

    Second-order shelves of slope 1 (R. Bristow-Johnson, "Cookbook formulae for audio EQ biquads").
    """
    sections = [
        _shelf(hz, gain_db, audio.sample_rate, high=high)
        for hz, gain_db, high in ((LOW_SHELF_HZ, low_db, False), (HIGH_SHELF_HZ, high_db, True))
        if gain_db != 0 and hz < 0.45 * audio.sample_rate
    ]
    if not sections:
        return audio
    from scipy.signal import sosfilt

    shaped = sosfilt(np.array(sections), audio.samples.astype(np.float64), axis=0)
    return Audio(np.asarray(shaped, dtype=np.float32), audio.sample_rate)


def _shelf(hz: float, gain_db: float, sample_rate: int, *, high: bool) -> Section:
    """Return b0, b1, b2, 1, a1, a2 of one shelf."""
    amplitude = 10 ** (gain_db / 40)
    omega = 2 * math.pi * hz / sample_rate
    cosine = -math.cos(omega) if high else math.cos(omega)
    alpha = math.sin(omega) / math.sqrt(2)
    side = 2 * math.sqrt(amplitude) * alpha
    up, down = amplitude + 1, amplitude - 1
    sign = -1 if high else 1
    b = (
        amplitude * (up - down * cosine + side),
        sign * 2 * amplitude * (down - up * cosine),
        amplitude * (up - down * cosine - side),
    )
    a = (up + down * cosine + side, sign * -2 * (down + up * cosine), up + down * cosine - side)
    return np.array([*b, *a]) / a[0]

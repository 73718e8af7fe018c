"""The constants of ITU-R BS.1770-5: K-weighting, channel weights and the true-peak interpolator."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

TAPS_EACH_SIDE = 12
KAISER_BETA = 8.0

_SURROUND = 1.41
_WEIGHTS: dict[int, tuple[float, ...]] = {
    1: (1.0,),
    2: (1.0, 1.0),
    3: (1.0, 1.0, 1.0),
    4: (1.0, 1.0, _SURROUND, _SURROUND),
    5: (1.0, 1.0, 1.0, _SURROUND, _SURROUND),
    6: (1.0, 1.0, 1.0, 0.0, _SURROUND, _SURROUND),
    7: (1.0, 1.0, 1.0, 0.0, 1.0, _SURROUND, _SURROUND),
    8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, _SURROUND, _SURROUND),
}


def channel_weights(channels: int) -> Array:
    """Return the loudness weight of each channel, (channels,), in the order of a WAV file.

    3: L R C. 4: L R Ls Rs. 5: L R C Ls Rs. 6: L R C LFE Ls Rs. 7 and 8: back channels before the side
    ones. The LFE does not count; channels 60 to 120 degrees to the side count 1.41 (BS.1770-5, table 4).
    """
    return np.array(_WEIGHTS[channels])


@lru_cache(maxsize=16)
def k_weighting(sample_rate: int) -> Array:
    """Return the K filter for any rate: two rows (shelf, high-pass) of b0, b1, b2, a1, a2.

    BS.1770-5 annex 1 gives coefficients for 48 kHz alone; these are its analogue prototypes (Brecht De
    Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018), transformed
    for the rate at hand.
    """
    return np.array([_high_shelf(sample_rate), _high_pass(sample_rate)])


def _high_shelf(sample_rate: int) -> tuple[float, ...]:
    frequency_hz, gain_db, quality = 1681.9744509555319, 3.99984385397, 0.7071752369554193
    k = math.tan(math.pi * frequency_hz / sample_rate)
    high = 10.0 ** (gain_db / 20.0)
    band = high**0.499666774155
    a0 = 1.0 + k / quality + k * k
    return (
        (high + band * k / quality + k * k) / a0,
        2.0 * (k * k - high) / a0,
        (high - band * k / quality + k * k) / a0,
        2.0 * (k * k - 1.0) / a0,
        (1.0 - k / quality + k * k) / a0,
    )


def _high_pass(sample_rate: int) -> tuple[float, ...]:
    frequency_hz, quality = 38.13547087613982, 0.5003270373253953
    k = math.tan(math.pi * frequency_hz / sample_rate)
    a0 = 1.0 + k / quality + k * k
    return (1.0, -2.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / quality + k * k) / a0)


def oversampling(sample_rate: int) -> int:
    """Return how many times the sound is oversampled for its true peak: 4, from 192 kHz on 2.

    BS.1770-5 annex 2 asks for at least 192 kHz after oversampling; 4 at 96 kHz is more than that.
    """
    return 4 if sample_rate < 192_000 else 2


@lru_cache(maxsize=4)
def interpolator(factor: int) -> npt.NDArray[np.float32]:
    """Return the polyphase filter, (factor - 1, 24): row r - 1 gives the points r / factor after a sample.

    Tap k weighs the sample k - 11 places on. A windowed sinc: Kaiser window, beta 8, 12 samples each side.
    """
    offsets = np.arange(1 - TAPS_EACH_SIDE, TAPS_EACH_SIDE + 1, dtype=np.float64)
    rows = []
    for phase in range(1, factor):
        distance = offsets - phase / factor
        window = np.i0(KAISER_BETA * np.sqrt(1.0 - (distance / TAPS_EACH_SIDE) ** 2)) / np.i0(KAISER_BETA)
        rows.append(np.sinc(distance) * window)
    return np.array(rows, dtype=np.float32)


@lru_cache(maxsize=4)
def l1_norm(factor: int) -> float:
    """Return the most that :func:`interpolator` can make of full-scale samples: its largest row's L1 norm."""
    return float(np.abs(interpolator(factor)).sum(axis=1).max())

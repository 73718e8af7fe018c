"""What a sound may do between its samples, as converters of several kinds will play it.

Up to nine tenths of the band all of them agree. Above, each has its own filter: a sound that is as loud at
20 kHz as below (white noise, crushed cymbals) has another true peak behind each.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

OVERSAMPLED = 8
EACH_SIDE = 1024

Taps = npt.NDArray[np.float32]


@lru_cache(maxsize=1)
def converters() -> Taps:
    """Return three kinds of converter, (23, 2048), each at the eight points from a sample on.

    The ideal one, all but flat to half the sample rate; a resampler, down by then (soxr at its very high
    quality, fitted to its impulse response); and the short half-band filter of a plain converter.
    """
    return np.concatenate(
        [
            _rows(1.0, EACH_SIDE, beta=2.0)[1:],
            _rows(0.95566416, 138.25, beta=19.11123),
            _rows(1.0, 10, beta=5.0),
        ]
    )


@lru_cache(maxsize=1)
def converter_spans() -> npt.NDArray[np.int64]:
    """Return where each row of :func:`converters` has taps other than 0: the first and the end, (23, 2)."""
    filled = [np.flatnonzero(row) for row in converters()]
    return np.array([[places[0], places[-1] + 1] for places in filled], dtype=np.int64)


@lru_cache(maxsize=1)
def treble_taps() -> Taps:
    """Return a high-pass filter, (33,), for that part of the band in which converters differ."""
    places = np.arange(-16, 17, dtype=np.float64)
    low = 0.82 * np.sinc(0.82 * places) * np.kaiser(33, 5.0)
    return np.asarray((places == 0) - low / low.sum(), dtype=np.float32)


def _rows(cut: float, reach: float, beta: float) -> Taps:
    """Return a Kaiser-windowed sinc of ``reach`` samples each side that cuts at ``cut`` of half the rate.

    Row r gives the point r / 8 after a sample; tap k weighs the sample ``k - EACH_SIDE + 1`` places on.
    """
    places = np.arange(1 - EACH_SIDE, EACH_SIDE + 1, dtype=np.float64)
    distance = places[None, :] - np.arange(OVERSAMPLED)[:, None] / OVERSAMPLED
    window = np.i0(beta * np.sqrt(np.clip(1.0 - (distance / reach) ** 2, 0.0, 1.0))) / np.i0(beta)
    taps = cut * np.sinc(cut * distance) * window * (np.abs(distance) <= reach)
    return np.asarray(taps, dtype=np.float32)

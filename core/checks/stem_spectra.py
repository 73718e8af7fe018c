"""What a stem's spectra read before and after a chain, at the same moments: levels of bands over time."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary, ref

import numpy as np
import numpy.typing as npt

from core.audio import Audio, Samples
from core.meter.features.frames import spaced_edges
from core.meter.transform import rfft

FRAME_S = 0.093
FRAMES = 64
"""Spread over the stem, at distances that keep to no beat."""
FEWEST_FRAMES = 16
LOWEST_HZ, BANDS, BAND_BINS = 60.0, 24, 12
FLOOR = 1e-16

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StemSpectra:
    """Levels of bands, (frames, bands), in dB of full scale."""

    hz: Doubles
    """Edges of the bands, (bands + 1,)."""
    before_db: Doubles
    after_db: Doubles
    coherent: float
    """Share of what goes out that a fixed filter makes of what came in, 0 to 1."""


_read: WeakKeyDictionary[Audio, tuple[ref[Audio], StemSpectra | None]] = WeakKeyDictionary()


def stem_spectra(before: Audio, after: Audio) -> StemSpectra | None:
    """Return the spectra of both, read once for as long as ``after`` lives; None for less than 1.5 s."""
    known = _read.get(after)
    if known is not None and known[0]() is before:
        return known[1]
    found = _spectra(before, after)
    _read[after] = ref(before), found
    return found


def _spectra(before: Audio, after: Audio) -> StemSpectra | None:
    rate = before.sample_rate
    size = 1 << round(np.log2(FRAME_S * rate))
    if before.frames < FEWEST_FRAMES * size:
        return None
    # Multiples of the golden ratio are spread evenly, and keep to no beat.
    places = np.sort((np.arange(FRAMES) * 0.618034) % 1.0)
    starts = np.round(places * (before.frames - size)).astype(np.int64)
    window = np.hanning(size + 1)[:-1].astype(np.float32) * np.float32(2.0 / size)
    x, y = (_transformed(side.samples, starts, window) for side in (before, after))
    power_x, power_y = (np.square(np.abs(side)) for side in (x, y))
    edges = _edges(rate / size, size // 2)
    cross = np.square(np.abs((np.conj(x) * y).sum(axis=0)))
    explained = float((cross / (power_x.sum(axis=0) + FLOOR)).sum())
    levels = [_levels_db(power.sum(axis=1), edges) for power in (power_x, power_y)]
    coherent = explained / max(float(power_y.sum()), FLOOR)
    return StemSpectra(edges * (rate / size), levels[0], levels[1], coherent)


def _transformed(
    samples: Samples, starts: npt.NDArray[np.int64], window: npt.NDArray[np.float32]
) -> npt.NDArray[np.complex64]:
    """Return spectra (frames, channels, bins)."""
    rows = np.stack([samples[at : at + len(window)].T for at in starts])
    return np.asarray(rfft(np.nan_to_num(rows) * window))


def _levels_db(power: Doubles, edges: npt.NDArray[np.int64]) -> Doubles:
    sums = np.add.reduceat(power[:, : edges[-1]], edges[:-1], axis=1, dtype=np.float64)
    return np.asarray(10 * np.log10(sums + FLOOR))


def _edges(spacing_hz: float, last: int) -> npt.NDArray[np.int64]:
    """Return the first bin of each band, evenly spaced in pitch where that is wide enough."""
    return spaced_edges(max(1, round(LOWEST_HZ / spacing_hz)), 0.96 * last, BANDS, BAND_BINS)

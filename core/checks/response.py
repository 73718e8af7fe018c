"""The fixed filter that lies between two sounds, in third octaves: which end a step took away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FRAME_S = 0.19
MOST_FRAMES = 400
FEWEST_FRAMES = 12
BATCH = 32
THIRD = 2 ** (1 / 6)
LOWEST_HZ = 31.25
PRESENT_DB = 70.0
"""Third octaves so far under the loudest one hold too little of the source to tell a filter."""
LOUD_DB = 30.0
LOST_DB = 20.0
COHERENT = 0.5
"""The share of the result that the filter explains, under which nothing is said of a filter."""

Samples = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Spectra = npt.NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class Response:
    """Gain in third octaves."""

    hz: Doubles
    """Middles of those in which the source holds something."""
    gain_db: Doubles
    """Gain in each, against the middle of those that are loud in the result."""
    coherent: float
    """Share of the result's energy that the filter explains, 0 to 1."""

    @property
    def treble_lost_hz(self) -> float | None:
        """The frequency over which everything is 20 dB down or more; None when the top is there."""
        return self._edge(top=True)

    @property
    def bass_lost_hz(self) -> float | None:
        """The frequency under which everything is 20 dB down or more; None when the bottom is there."""
        return self._edge(top=False)

    def _edge(self, *, top: bool) -> float | None:
        gone = self.gain_db <= -LOST_DB
        order = gone[::-1] if top else gone
        if self.coherent < COHERENT or not len(gone) or not order[0] or order.all():
            return None
        count = int(np.argmin(order))
        at = len(gone) - count if top else count - 1
        return float(self.hz[at] / THIRD if top else self.hz[at] * THIRD)


def response(source: Samples, result: Samples, rate: int, most: int = MOST_FRAMES) -> Response | None:
    """Return the filter between two sounds, both (frames, channels), in time; None for less than 12 frames.

    Welch's estimate over at most ``most`` frames spread over the whole.
    """
    size = 1 << round(np.log2(FRAME_S * rate))
    frames = min(len(source), len(result))
    count = (frames - size) // (size // 2) + 1
    if count < FEWEST_FRAMES or source.shape[1] != result.shape[1]:
        return None
    starts = np.unique(np.linspace(0, frames - size, min(count, most)).astype(np.int64))
    window = np.hanning(size + 1)[None, :-1, None]
    shape = (size // 2 + 1, source.shape[1])
    cross, power_in, power_out = np.zeros(shape, np.complex128), np.zeros(shape), np.zeros(shape)
    for first in range(0, len(starts), BATCH):
        x, y = (_spectra(side, starts[first : first + BATCH], window) for side in (source, result))
        cross += (np.conj(x) * y).sum(axis=0)
        power_in += np.square(np.abs(x)).sum(axis=0)
        power_out += np.square(np.abs(y)).sum(axis=0)
    if power_in.max(initial=0.0) <= 0.0 or power_out.max(initial=0.0) <= 0.0:
        return None
    known = power_in > 1e-12 * float(power_in.max())
    transfer = np.where(known, cross / np.where(known, power_in, 1.0), 0.0)
    explained = float((np.square(np.abs(cross)) / np.where(known, power_in, np.inf)).sum())
    hz, gain_db = _thirds(np.square(np.abs(transfer)), power_in, rate / size)
    return Response(hz, gain_db, explained / float(power_out.sum()))


def _spectra(samples: Samples, starts: npt.NDArray[np.int64], window: Doubles) -> Spectra:
    rows = np.stack([samples[at : at + window.shape[1]] for at in starts]).astype(np.float64)
    return np.asarray(np.fft.rfft(np.nan_to_num(rows) * window, axis=1))


def _thirds(gain: Doubles, power: Doubles, spacing_hz: float) -> tuple[Doubles, Doubles]:
    """Return the middles of third octaves and the gain in each; ``gain`` and ``power`` (bins, channels)."""
    top_hz = (len(gain) - 1) * spacing_hz
    middles, levels, gains = [], [], []
    middle = LOWEST_HZ
    while middle * THIRD < top_hz:
        low, high = int(np.ceil(middle / THIRD / spacing_hz)), int(middle * THIRD / spacing_hz) + 1
        if high - low >= 2:
            energy = max(float(power[low:high].sum()), 1e-300)
            middles.append(middle)
            levels.append(_db(energy / (high - low)))
            gains.append(_db(float((gain[low:high] * power[low:high]).sum()) / energy))
        middle *= THIRD**2
    level, gain_db = np.asarray(levels), np.asarray(gains)
    present = level > level.max(initial=-300.0) - PRESENT_DB
    if not present.any():
        return np.zeros(0), np.zeros(0)
    after = level[present] + gain_db[present]
    loud = after > after.max() - LOUD_DB
    return np.asarray(middles)[present], gain_db[present] - float(np.median(gain_db[present][loud]))


def _db(power: float) -> float:
    return float(10 * np.log10(max(power, 1e-24)))

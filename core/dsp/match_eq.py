"""An equaliser that makes one sound's tone another's: a curve for the middle and one for the sides.

It is linear-phase and centred, so that nothing is delayed and what is left of the mix stays in step with it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.audio import Audio

MOST_BOOST_DB = 12.0
"""A match asks for any boost where the mix has next to nothing; more than this lifts its noise."""
MOST_SIDE_CUT_DB = 12.0
"""A reference that is nearly mono would take the stereo away altogether."""
_SIZE, _AT_HZ = 4096, 44_100
_EACH_BIN = 96
_PER_OCTAVE = 24

Taps = npt.NDArray[np.float64]


@dataclass(frozen=True)
class MatchCurve:
    """Decibels at each frequency, for the middle ((left + right) / 2) and the sides ((left - right) / 2)."""

    hz: tuple[float, ...]
    mid_db: tuple[float, ...]
    side_db: tuple[float, ...]

    def most_db(self, low_hz: float, high_hz: float) -> float:
        """Return the largest boost or cut between two frequencies."""
        gains = zip(self.hz, self.mid_db, self.side_db, strict=True)
        return max(
            (max(abs(mid), abs(side)) for hz, mid, side in gains if low_hz <= hz <= high_hz), default=0.0
        )

    def held(self) -> MatchCurve:
        """Return the curve within what is sane: boosts, and what is taken from the sides, end at 12 dB."""
        mid = tuple(min(MOST_BOOST_DB, gain) for gain in self.mid_db)
        side = tuple(min(MOST_BOOST_DB, max(-MOST_SIDE_CUT_DB, gain)) for gain in self.side_db)
        return MatchCurve(self.hz, mid, side)


def filter_size(sample_rate: int) -> int:
    """Return the length in frames of a matching filter, near 93 ms: a power of two."""
    return int(_SIZE * 2 ** round(math.log2(sample_rate / _AT_HZ)))


def curve_bins(sample_rate: int) -> list[int]:
    """Return at which bins of a spectrum of :func:`filter_size` a curve is given.

    Low ones are all there, one by one, as bass is matched tone by tone; higher up it is every 1/24 octave.
    """
    last = filter_size(sample_rate) // 2
    steps = math.ceil(_PER_OCTAVE * math.log2(last / _EACH_BIN))
    higher = {min(last, round(_EACH_BIN * 2 ** (step / _PER_OCTAVE))) for step in range(1, steps + 1)}
    return [*range(1, _EACH_BIN + 1), *sorted(higher - set(range(_EACH_BIN + 1)))]


def matched(audio: Audio, curve: MatchCurve, intensity: float) -> Audio:
    """Return ``audio``, of one or two channels, through ``curve``, its decibels times ``intensity``.

    Its length stays, and nothing is delayed.
    """
    from scipy.signal import oaconvolve

    if audio.channels > 2:
        raise ValueError(f"a match of {audio.channels} channels")
    middle = audio.samples.mean(axis=1, dtype=np.float64)
    out = oaconvolve(middle, _taps(curve.hz, curve.mid_db, intensity, audio.sample_rate), "same")[:, None]
    if audio.channels == 2:
        sides = audio.samples[:, 0] - middle
        sides = oaconvolve(sides, _taps(curve.hz, curve.side_db, intensity, audio.sample_rate), "same")
        out = out + np.stack([sides, -sides], axis=1)
    return Audio(out.astype(np.float32), audio.sample_rate)


def _taps(hz: Sequence[float], gain_db: Sequence[float], intensity: float, sample_rate: int) -> Taps:
    """Return the filter: an odd number of taps, the same to both sides of the middle one."""
    size = filter_size(sample_rate)
    at_hz = np.maximum(np.fft.rfftfreq(size, 1 / sample_rate), hz[0])
    db = intensity * np.interp(np.log(at_hz), np.log(hz), gain_db)
    taps: Taps = np.fft.fftshift(np.fft.irfft(10 ** (db / 20), size))[1:]
    return taps

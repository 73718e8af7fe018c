"""Short spectra over the length of a sound: how noisy, how tonal, and which lines never move."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.meter.features.finite import finite

FRAME_S = 0.085
MOST_FRAMES = 600
"""For a sound up to ten minutes; a longer one has one a second."""
SAMPLED_FRAMES = 160
"""Frames whose whole spectra are kept, spread over the sound."""
BATCH = 16
LOWEST_HZ = 20.0
FLAT_LOW_HZ, FLAT_HIGH_HZ = 150.0, 8_000.0
NEIGHBOURHOOD = 31
STRETCH_FRAMES = 12
"""Frames of a step; two steps are looked at together, 1.1 s of a short sound."""
BANDS = 20
BAND_BINS = 6
"""Fewest bins of a band: fewer scatter too much to tell a shape."""
LOUD_DB = 40.0
AUDIBLE_DBFS = -75.0
SHORTEST_FRAMES = 4
"""A sound shorter than this many frame lengths is not asked: it has no course of time."""

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Frames:
    """What the frames read; the first axis is time, of all frames or (``kept``) of some."""

    rate: int
    size: int
    time_s: Doubles
    """Middle of each frame."""
    level_db: Floats
    """Energy of each frame, dBFS."""
    flatness: Floats
    """Geometric over arithmetic mean within neighbourhoods of 31 bins: noise of any colour reads 0.56."""
    tonality: Floats
    """Share of a frame's energy over 20 Hz in its three strongest bins."""
    strongest_hz: Floats
    shape_db: Floats
    """Level of bands from 150 Hz to 8 kHz, (frames, bands)."""
    bins: Doubles
    """Bins of each band."""
    stretch: npt.NDArray[np.int64]
    """Number of the stretch that each frame belongs to."""
    together: Floats
    """Sum of each stretch's frames scaled to the same energy, (stretches, neighbourhoods, bins of one)."""
    sampled: Floats
    """Power spectra of some frames, (kept, bins); a full-scale sine reads 0.25 in its strongest bin."""
    sampled_loud: npt.NDArray[np.bool_]
    sampled_at: npt.NDArray[np.int64]
    """Numbers of those frames."""

    @property
    def asked(self) -> bool:
        """Whether there are enough frames to speak of a course of time."""
        return len(self.time_s) >= SHORTEST_FRAMES and bool(self.loud.any())

    @cached_property
    def loud(self) -> npt.NDArray[np.bool_]:
        """Frames within 40 dB of the loud ones (95th percentile) and over -75 dBFS."""
        return is_loud(self.level_db)

    @cached_property
    def hz(self) -> Doubles:
        """Frequency of each bin."""
        return np.asarray(np.arange(self.sampled.shape[1]) * (self.rate / self.size), dtype=np.float64)

    @cached_property
    def mean_power(self) -> Doubles:
        """Mean spectrum of the loud kept frames."""
        return np.asarray(self.sampled[self.sampled_loud].mean(axis=0), dtype=np.float64)

    @cached_property
    def lasting_power(self) -> Doubles:
        """What each bin holds in nine tenths of the loud kept frames (10th percentile over time)."""
        return _lasting(self.sampled[self.sampled_loud])

    def lasting_share(self, low_hz: float, high_hz: float) -> float:
        """Return the part of a frame's energy between two frequencies that is in nine tenths of all frames.

        Each frame counts by its own energy: a level that moves is left out of it.
        """
        rows = self.sampled[self.sampled_loud][:, (self.hz >= low_hz) & (self.hz <= high_hz)]
        sums = rows.sum(axis=1, keepdims=True)
        rows, sums = rows[sums[:, 0] > 1e-14], sums[sums[:, 0] > 1e-14]
        return float(_lasting(rows / sums).sum()) if len(rows) else 0.0


def _lasting(rows: Floats) -> Doubles:
    """Return the 10th percentile over the first axis."""
    place = (len(rows) - 1) // 10
    return np.asarray(np.partition(np.ascontiguousarray(rows.T), place, axis=1)[:, place], dtype=np.float64)


def is_loud(level_db: Floats) -> npt.NDArray[np.bool_]:
    """Return which levels are within 40 dB of the loud ones and audible."""
    if not len(level_db):
        return np.zeros(0, dtype=bool)
    limit = max(AUDIBLE_DBFS, float(np.percentile(level_db, 95)) - LOUD_DB)
    return np.asarray(level_db > limit)


def read_frames(audio: Audio, weights: Doubles) -> Frames:
    """Read short spectra of the weighted sum of the channels; ``weights`` (channels,)."""
    from core.meter.features import kernels
    from core.meter.transform import rfft

    rate = audio.sample_rate
    size = int(2 ** max(6, round(np.log2(rate * FRAME_S))))
    starts = _starts(audio.frames, size, rate)
    count, bins = len(starts), size // 2 + 1
    spacing = rate / size
    low = max(1, round(FLAT_LOW_HZ / spacing))
    high = min(int(FLAT_HIGH_HZ / spacing), int(0.45 * size))
    edges = _band_edges(low, high)
    flatness, tonality, level = np.zeros((3, count), dtype=np.float32)
    strongest = np.zeros(count, dtype=np.int64)
    shape = np.zeros((count, len(edges) - 1), dtype=np.float32)
    keep = (
        np.unique(np.linspace(0, count - 1, min(count, SAMPLED_FRAMES)).astype(np.int64)) if count else starts
    )
    sampled = np.zeros((len(keep), bins), dtype=np.float32)
    stretch = np.arange(count) // STRETCH_FRAMES
    neighbourhoods = max(0, (high - low) // NEIGHBOURHOOD)
    stretches = int(stretch[-1]) + 1 if count else 0
    together = np.zeros((stretches, neighbourhoods * NEIGHBOURHOOD), dtype=np.float32)
    window = np.hanning(size + 1)[:-1].astype(np.float32) * np.float32(2.0 / size)
    lowest = int(np.ceil(LOWEST_HZ / spacing)) + 1
    for first in range(0, count, BATCH):
        part = slice(first, min(count, first + BATCH))
        rows = np.stack([np.asarray(audio.samples[start : start + size]) for start in starts[part]])
        rows = (finite(rows) @ weights.astype(np.float32)) * window
        transformed = rfft(rows)
        power = np.asarray(transformed.real**2 + transformed.imag**2, dtype=np.float32)
        kernels.read_frames(
            power,
            min(lowest, bins - 1),
            low,
            NEIGHBOURHOOD,
            neighbourhoods,
            edges,
            flatness[part],
            tonality[part],
            strongest[part],
            shape[part],
            stretch[part],
            together,
        )
        # The window's mean square is 3/8; both sides of the spectrum hold the energy.
        level[part] = 10 * np.log10(2 * power.sum(axis=1) / 1.5 + 1e-20)
        mine = (keep >= part.start) & (keep < part.stop)
        sampled[mine] = power[keep[mine] - part.start]
    return Frames(
        rate=rate,
        size=size,
        time_s=(starts + size / 2) / rate,
        level_db=level,
        flatness=flatness,
        tonality=tonality,
        strongest_hz=(strongest * spacing).astype(np.float32),
        shape_db=shape * np.float32(10 / np.log(10)),
        bins=np.diff(edges).astype(np.float64),
        stretch=stretch,
        together=together.reshape(stretches, neighbourhoods, NEIGHBOURHOOD),
        sampled=sampled,
        sampled_loud=is_loud(level)[keep] if count else np.zeros(0, dtype=bool),
        sampled_at=np.asarray(keep, dtype=np.int64),
    )


def _starts(frames: int, size: int, rate: int) -> npt.NDArray[np.int64]:
    if frames < size:
        return np.zeros(0, dtype=np.int64)
    most = max(MOST_FRAMES, frames // rate)
    hop = max(size // 2, -(-(frames - size) // most))
    return np.arange(0, frames - size + 1, hop, dtype=np.int64)


def _band_edges(low: int, high: int) -> npt.NDArray[np.int64]:
    """Return the first bin of each band, evenly spaced in pitch where a bin is narrow enough."""
    if high - low < 2 * BAND_BINS:
        return np.array([low, max(low + 1, high)], dtype=np.int64)
    return spaced_edges(low, high, BANDS, BAND_BINS)


def spaced_edges(low: int, high: float, bands: int, fewest: int) -> npt.NDArray[np.int64]:
    """Return the first bin of each band, evenly spaced in pitch, none narrower than ``fewest`` bins."""
    edges = [low]
    for target in np.geomspace(low, high, bands + 1)[1:]:
        if target - edges[-1] >= fewest:
            edges.append(int(target))
    return np.array(edges, dtype=np.int64)

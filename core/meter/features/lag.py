"""Whether one channel is late: cross-correlation with phase transform (Knapp and Carter, 1976)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.audio import Audio
from core.meter.features.finite import finite

FRAME_S = 0.34
MOST_FRAMES = 12
REACH_S = 0.05


@dataclass(frozen=True, eq=False)
class Lag:
    """The lag at which the second channel agrees best with the first."""

    lag_s: float
    """Positive: the second channel is late."""
    height: float
    """Of the peak, -1 to 1: 1 when one channel is a copy of the other, negative when inverted."""
    at_zero: float
    """Height at no lag."""
    asked: bool


def read_lag(audio: Audio) -> Lag:
    """Compare the phases of the first two channels in frames spread over the sound."""
    from core.meter.transform import rfft

    size = int(2 ** round(np.log2(audio.sample_rate * FRAME_S)))
    if audio.channels < 2 or audio.frames < size:
        return Lag(0.0, 0.0, 0.0, asked=False)
    count = min(MOST_FRAMES, 2 * (audio.frames // size))
    starts = np.linspace(0, audio.frames - size, count).astype(np.int64)
    window = np.hanning(size).astype(np.float32)[:, None]
    total, used = np.zeros(size // 2 + 1, dtype=np.complex128), 0
    for start in starts:
        frame = finite(np.asarray(audio.samples[start : start + size, :2])) * window
        if (np.einsum("fc,fc->c", frame, frame) < 1e-8 * size).any():
            continue
        left, right = rfft(frame[:, 0]), rfft(frame[:, 1])
        cross = np.conj(left) * right
        total += cross / (np.abs(cross) + 1e-12)
        used += 1
    if not used:
        return Lag(0.0, 0.0, 0.0, asked=False)
    course = np.fft.irfft(total / used)
    reach = min(round(REACH_S * audio.sample_rate), size // 2 - 1)
    near = np.concatenate([course[-reach:], course[: reach + 1]])
    place = int(np.argmax(np.abs(near)))
    return Lag((place - reach) / audio.sample_rate, float(near[place]), float(course[0]), asked=True)

"""What the voice's networks listen to: short excerpts of a sound, mono at 16 kHz."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.audio import Audio

RATE = 16_000
Wave = npt.NDArray[np.float32]
Stretch = tuple[float, float]
"""From and to, in seconds."""


def excerpt(audio: Audio, start_s: float, stop_s: float) -> Wave:
    """Return the mean of the channels between two times, at 16 kHz; what is not finite is silence."""
    part = audio.between(start_s, stop_s)
    mono = np.nan_to_num(part.samples.mean(axis=1, keepdims=True), posinf=0.0, neginf=0.0)
    return Audio(mono, audio.sample_rate).resampled(RATE).samples[:, 0]

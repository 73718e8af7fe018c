"""What the voice's networks listen to: short excerpts of a sound, mono at 16 kHz."""

from __future__ import annotations

from collections.abc import Sequence

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


def spread(spans: Sequence[Stretch], count: int, length_s: float) -> tuple[Stretch, ...]:
    """Return up to ``count`` windows of ``length_s``, evenly taken of the time that ``spans`` cover.

    Windows lie within their span where it is long enough, and do not overlap; all of short spans is taken.
    """
    places = tuple(
        (start + step * length_s, min(stop, start + (step + 1) * length_s))
        for start, stop in spans
        for step in range(max(1, int((stop - start) / length_s)))
        if stop > start
    )
    if len(places) <= count:
        return places
    return tuple(places[int((number + 0.5) * len(places) / count)] for number in range(count))

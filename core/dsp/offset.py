"""A DC offset taken off, where there is one worth the name."""

from __future__ import annotations

import numpy as np

from core.audio import Audio


def without_offset(audio: Audio, left: float) -> tuple[Audio, tuple[float, ...]]:
    """Return ``audio`` with the mean of each channel taken off, and what was; means up to ``left`` stay."""
    means = audio.samples.mean(axis=0, dtype=np.float64)
    offsets = np.where(np.abs(means) > left, means, 0.0).astype(np.float32)
    removed = tuple(float(value) for value in offsets)
    return (Audio(audio.samples - offsets, audio.sample_rate) if any(removed) else audio), removed

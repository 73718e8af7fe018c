"""Breaths: a soft intake of air before a phrase that has a rest in front of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.engines.composer.sing.sung import SungLine

Samples = npt.NDArray[np.float32]

_LEAST_REST_S = 0.45
_LEVEL_DB = -31.0
"""Level against the loudest sung samples."""


def add_breaths(dry: Samples, sample_rate: int, lines: Sequence[SungLine]) -> None:
    """Add a breath, in place, before each line that has room for one; ``lines`` in order of time."""
    peak = float(np.abs(dry).max(initial=0.0))
    silent_since = 0.0
    for number, line in enumerate(lines):
        start_s = line.notes[0].start_s
        rest_s = start_s - silent_since
        if rest_s >= _LEAST_REST_S and peak > 0.0:
            length_s = min(0.34, 0.5 * rest_s)
            stop = round((start_s - 0.17) * sample_rate)
            breath = _breath(round(length_s * sample_rate), sample_rate, number)
            first = stop - len(breath)
            if first >= 0 and stop <= len(dry):
                dry[first:stop] += (breath * peak * 10.0 ** (_LEVEL_DB / 20.0)).astype(np.float32)
        silent_since = line.notes[-1].start_s + line.notes[-1].duration_s


def _breath(frames: int, sample_rate: int, seed: int) -> npt.NDArray[np.float64]:
    """Return noise shaped like air drawn through an open mouth: 700 Hz to 5 kHz, swelling, cut off softly."""
    noise = np.random.default_rng(1000 + seed).standard_normal(frames)
    hertz = np.fft.rfftfreq(frames, 1.0 / sample_rate)
    band = hertz**2 / (hertz**2 + 700.0**2) / (1.0 + (hertz / 3200.0) ** 2)
    mouth = 1.0 + 1.5 * np.exp(-(((hertz - 1600.0) / 500.0) ** 2))
    shaped = np.fft.irfft(np.fft.rfft(noise) * band * mouth, frames)
    place = np.linspace(0.0, 1.0, frames)
    envelope = np.minimum(place / 0.55, 1.0) ** 1.5 * np.minimum((1.0 - place) / 0.25, 1.0)
    return np.asarray(shaped * envelope / max(1e-9, float(np.abs(shaped).max())))

"""A gentle bus compressor, 2:1, that moves all channels together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.audio import Audio
from core.dsp.limiter import Curve, reduction_curve

RATIO = 2.0
KNEE_DB = 6.0
MEAN_S = 0.01
ATTACK_S = 0.03
RELEASE_S = 0.2
ABOVE_AT_NOTHING_DB = 6.0
BELOW_AT_FULL_DB = 6.0
"""The threshold lies 6 dB over the sound's loudness at amount 0 and comes down to 6 dB under it at 1."""


@dataclass(frozen=True, eq=False)
class Glued:
    """The compressed sound and the reduction, positive dB, the largest in each 10 ms."""

    audio: Audio
    curve_db: Curve


def glue(audio: Audio, *, amount: float, loudness_lufs: float, depth: float = 1.0) -> Glued:
    """Return ``audio`` compressed by ``amount`` (0 to 1, above 0) around its own loudness.

    ``depth``: part of the reduction, in decibels, that is used; 0 leaves the sound as it is.
    """
    from core.dsp import kernels

    threshold_db = loudness_lufs + ABOVE_AT_NOTHING_DB - amount * (ABOVE_AT_NOTHING_DB + BELOW_AT_FULL_DB)
    keeps = [math.exp(-1 / (seconds * audio.sample_rate)) for seconds in (MEAN_S, ATTACK_S, RELEASE_S)]
    times = np.array(keeps, dtype=np.float64)
    reduction = np.empty(audio.frames, np.float32)
    samples = np.asarray(audio.samples)
    kernels.compress(samples, threshold_db, 1 - 1 / RATIO, KNEE_DB, times, reduction)
    reduction *= np.float32(depth)
    out = np.empty_like(audio.samples)
    kernels.apply_reduction(samples, 1.0, reduction, out)
    return Glued(Audio(out, audio.sample_rate), reduction_curve(reduction, audio.sample_rate))

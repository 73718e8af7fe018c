"""A look-ahead true-peak limiter whose ceiling holds between the samples too.

The reduction that each moment needs is read off the oversampled wave of all channels together, held for
4 ms to either side, let go in decibels, and smoothed by a Hann window as long as the hold: so the gain is
down before the peak comes, and never above what the peak allows. The result is read again, near the ceiling
as other converters will play it, and limited more where a peak still passes: a gain that moves makes peaks of
its own. What is left after that is trimmed off the whole.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.audio import Audio, Samples
from core.dsp.interpolation import converter_spans, converters, treble_taps
from core.meter.filters import interpolator, l1_norm, oversampling

LOOK_AHEAD_S = 0.004
CURVE_HOP_S = 0.01
NEAR = 0.89
"""Part of the ceiling, 1 dB under it, from which the result is read by the longer filter."""
ROUNDS = 4
"""Times that the limiter is run, each time with more reduction where peaks still passed, before a trim."""
CLOSE_ENOUGH_DB = 0.02
"""An overshoot smaller than this is trimmed and not limited again."""
SAFETY_DB = 0.0002
"""Trimmed this far under the ceiling: more than float32 rounds by."""

Curve = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Limited:
    """What the limiter returned, and what it did."""

    audio: Audio
    curve_db: Curve
    """Gain reduction, positive: the largest in each 10 ms."""
    max_reduction_db: float
    mean_reduction_db: float
    """Mean of the curve where it is not 0; 0 when nothing was limited."""
    trim_db: float
    """Static gain at the end, 0 or a little under it, that lowered the last peak to the ceiling."""


def limit(audio: Audio, *, gain_db: float, ceiling_dbtp: float, release_s: float = 0.1) -> Limited:
    """Return ``audio`` raised by ``gain_db`` and held under ``ceiling_dbtp``; length and phase stay.

    ``audio``: finite samples, 1 to 8 channels, which share one gain. Sound that stays under the ceiling is
    multiplied by the static gain and by nothing else. Raises ValueError for a release that is not positive.
    """
    from core.dsp import kernels

    if not release_s > 0:
        raise ValueError(f"release of {release_s} s")
    gain, ceiling = 10 ** (gain_db / 20), 10 ** (ceiling_dbtp / 20)
    keep = math.exp(-1 / (release_s * audio.sample_rate))
    reach = max(1, round(LOOK_AHEAD_S * audio.sample_rate))
    envelope, _ = true_envelope(audio, threshold=0.8 * ceiling / gain)
    needed, reduction = np.zeros((2, audio.frames), dtype=np.float32)
    samples = np.asarray(audio.samples)
    out = np.empty_like(samples)
    for attempt in range(ROUNDS):
        if kernels.needed_reduction(envelope, gain, ceiling, needed):
            kernels.hold_highest(needed, reach)
            kernels.release(needed, keep)
            kernels.smooth(needed, reach, reduction)
        kernels.apply_reduction(samples, gain, reduction, out)
        made = Audio(out, audio.sample_rate)
        readings, peak = true_envelope(made, threshold=NEAR * ceiling, ceiling=ceiling)
        over_db = 20 * math.log10(peak / ceiling) if peak > ceiling else 0.0
        if over_db <= CLOSE_ENOUGH_DB or attempt == ROUNDS - 1:
            break
        kernels.raise_where_over(readings, ceiling, reduction, gain, envelope)
    trim_db = -(over_db + SAFETY_DB) if over_db > 0 else 0.0
    if trim_db:
        np.multiply(out, np.float32(10 ** (trim_db / 20)), out=out)
    curve = reduction_curve(reduction, audio.sample_rate)
    active = curve[curve > 0]
    return Limited(
        audio=Audio(out, audio.sample_rate),
        curve_db=curve,
        max_reduction_db=float(curve.max(initial=0.0)),
        mean_reduction_db=float(active.mean()) if active.size else 0.0,
        trim_db=trim_db,
    )


def true_envelope(audio: Audio, threshold: float, ceiling: float | None = None) -> tuple[Samples, float]:
    """Return each frame's highest magnitude in any channel, (frames and a few more,), and the highest of all.

    Read as the meter does, but twice as finely, where that may pass ``threshold``; 0 elsewhere. What may pass
    a ``ceiling`` when it is played by other converters is read as they will play it, too: the highest counts.
    """
    from core.dsp import kernels

    samples, factor = np.asarray(audio.samples), 2 * oversampling(audio.sample_rate)
    taps, norm = interpolator(factor), max(1.0, l1_norm(factor))

    def one(channel: int) -> Samples:
        envelope = np.zeros(audio.frames + kernels.CHUNK, dtype=np.float32)
        kernels.raise_envelope(samples, channel, threshold, taps, norm, envelope)
        if ceiling is not None:
            filters = treble_taps(), converters(), converter_spans()
            kernels.read_closely(samples, channel, ceiling, NEAR, *filters, envelope)
        return envelope

    with ThreadPoolExecutor(min(audio.channels, os.cpu_count() or 1)) as pool:
        found = list(pool.map(one, range(audio.channels)))
    envelope = found[0]
    for other in found[1:]:
        np.maximum(envelope, other, out=envelope)
    return envelope, float(envelope.max(initial=0.0))


def reduction_curve(reduction_db: Curve, sample_rate: int) -> Curve:
    """Return the largest value of each 10 ms."""
    if not reduction_db.size:
        return reduction_db
    count = max(1, math.ceil(reduction_db.size / (CURVE_HOP_S * sample_rate)))
    edges = np.rint(np.arange(count) * CURVE_HOP_S * sample_rate).astype(np.int64)
    curve: Curve = np.maximum.reduceat(reduction_db, edges[edges < reduction_db.size])
    return curve


def warm_up() -> None:
    """Load the compiled loops of limiter and bus compressor."""
    from core.dsp import kernels  # noqa: F401

"""What else than a saturator leaves a master that no moving gain explains: held frames, a low-pass, hiss."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.audio import Samples
from core.checks.block_edges import held_frames
from core.compare.gain_fit import fit_gain

Doubles = npt.NDArray[np.float64]
Places = npt.NDArray[np.bool_]

GONE_DB = 30.0
"""A band that is so much lower than in the source, against the middle of all bands, is gone."""
BAND_HZ = 500.0
PRESENT_DB = 90.0
"""Bands so far under the loudest one say nothing."""
BLOCK_S = 0.05
WHITE, STEADY_DB = 0.3, 5.0
"""Neighbouring samples of noise have less in common, and its level spreads less over time."""
AT_REST = 0.005
"""The limiter does nothing where the gain is so near to its highest."""
EVEN = 1.6
"""Added noise is as strong, as a power, under the tops of the wave as in its middle; a bend is not."""
LONGEST = 1 << 20


def not_a_bend(source: Samples, result: Samples, rate: int) -> str:
    """Say what was done to ``source`` (frames, channels) to make ``result``; "" when it is none of these."""
    source, result = source[:LONGEST], result[:LONGEST]
    return held_frames(source, result) or _low_passed(source, result, rate) or _noisy(source, result, rate)


def _low_passed(source: Samples, result: Samples, rate: int) -> str:
    levels = [_bands_db(samples, rate) for samples in (source, result)]
    present = levels[0] > levels[0].max() - PRESENT_DB
    if present.sum() < 4:
        return ""
    change = np.where(present, levels[1] - levels[0], np.nan)
    gone = change < np.nanmedian(change[: max(2, len(change) // 8)]) - GONE_DB
    top = int(np.flatnonzero(present)[-1])
    if not gone[top]:
        return ""
    kept = np.flatnonzero(present[: top + 1] & ~gone[: top + 1])
    first = int(kept[-1]) + 1 if len(kept) else 0
    return f"what lies over {first * BAND_HZ / 1000:.1f} kHz is gone: a low-pass, or a model of a lower rate"


def _bands_db(samples: Samples, rate: int) -> Doubles:
    size = 4096
    count = len(samples) // size
    if count == 0:
        return np.zeros(1)
    window = np.hanning(size)[None, :, None]
    power = np.zeros(size // 2 + 1)
    for block in samples[: count * size].reshape(count, 1, size, samples.shape[1]):
        power += np.square(np.abs(np.fft.rfft(block * window, axis=1))).sum(axis=(0, 2))
    per_band = max(1, round(BAND_HZ / (rate / size)))
    whole = len(power) // per_band * per_band
    bands: Doubles = 10 * np.log10(power[:whole].reshape(-1, per_band).mean(axis=1) + 1e-20)
    return bands


def _noisy(source: Samples, result: Samples, rate: int) -> str:
    """Find what is left of the result beside a moving gain to be white and steady."""
    size = max(8, round(BLOCK_S * rate))
    fit = fit_gain(source, result, size)
    count = len(fit.gain)
    if count < 8:
        return ""
    at_rest = np.abs(fit.gain / max(1e-9, float(np.percentile(fit.gain, 90))) - 1) < AT_REST
    if at_rest.sum() < 8:
        return ""
    parts = [side[: count * size].reshape(count, size, -1)[at_rest] for side in (source, result)]
    source, result = (part.reshape(-1, source.shape[1]) for part in parts)
    count = int(at_rest.sum())
    rest = result.astype(np.float64) - np.repeat(fit.gain[at_rest], size)[:, None] * source
    flat = np.diff(rest, axis=0)
    power = float(np.square(rest).sum())
    if power <= 0:
        return ""
    alike = 1 - float(np.square(flat).sum()) / (2 * power)
    reach = np.abs(source)
    loud, quiet = (float(np.square(rest[part]).mean()) for part in _tops_and_middle(reach))
    if loud > EVEN * quiet:
        return ""
    levels = 10 * np.log10(np.square(rest).reshape(count, -1).mean(axis=1) + 1e-20)
    low, middle, high = np.percentile(levels, [10, 50, 90])
    if abs(alike) > WHITE or high - low > STEADY_DB:
        return ""
    return f"noise at {middle:.0f} dBFS was added: hiss"


def _tops_and_middle(reach: Samples) -> tuple[Places, Places]:
    """Return where the source swings furthest, and where it swings less than half."""
    middle, top = np.percentile(reach, [50, 95])
    return reach >= top, reach <= middle

"""What kind of step turned one sound into the other: each kind is fitted, and what it leaves over compared.

A fader multiplies; an equaliser filters; a limiter or compressor moves its gain; a saturator or clipper bends
the wave along a fixed curve. Level and crest cannot distinguish the last two, and these fits can: a curve
explains a saturated sound whole, a gain that moves along a line over 2.5 ms a limited one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from core.audio import Samples
from core.compare.align import Aligned, fit, power_db
from core.compare.curve import fit_curve
from core.compare.gain_fit import fit_gain
from core.compare.lengths import quick_length

LONGEST_S = 20.0
"""The kinds are distinguished on the loudest stretch of at most this length."""
WINDOW_S = 0.0025
FILTER_FRAMES = 8192
"""An impulse response of up to 0.1 s either way at 44.1 kHz."""
ROUNDS = 3
GAIN_ONLY_DB = -60.0
"""Under this a plain gain is the whole story: rounding to 16 bits and a change of rate stay under it."""
BETTER_DB = 6.0
"""A less simple kind must leave so much less over to be believed."""
PERHAPS_DB = 2.0
"""A filter that explains so much may have a curve or a moving gain behind it."""
SURE_DB = -40.0
"""A curve or a moving gain that leaves less than this is the whole story."""
FILTER_ALONE_DB = -30.0
EXPLAINED_DB = -15.0
"""A kind that leaves more than this of the sound explains nothing."""

Doubles = npt.NDArray[np.float64]


class Kind(StrEnum):
    """What a step is, as far as its sound tells."""

    IDENTICAL = "identical"
    """Not one sample differs."""
    GAIN = "gain"
    """The same sound at another level, polarity, offset or time."""
    FILTER = "filter"
    """An equaliser, a short room, or another fixed filter."""
    MOVING_GAIN = "moving gain"
    """A limiter, compressor or fader move."""
    CURVE = "curve"
    """A saturator or clipper: every sample is bent by a fixed curve."""
    OTHER = "other"
    """Several of these at once, an effect, a lossy codec, or something mixed in."""
    UNRELATED = "unrelated"
    """Nothing of the one is found in the other."""
    SILENT = "silent"
    """One of the two holds no sound to compare."""


@dataclass(frozen=True)
class Explanation:
    """The likeliest kind of a step, and what it leaves unexplained."""

    kind: Kind
    left_db: float
    """What the kind leaves of the result, against the result."""
    filtered: bool = False
    """An equaliser comes on top of the kind."""
    top_db: float = 0.0
    """For a curve: how much less gain its top has than its middle, positive decibels."""


def explain(aligned: Aligned) -> Explanation:
    """Return the likeliest kind of a step for two sounds that have something in common."""
    if aligned.null_residual_db <= GAIN_ONLY_DB:
        return Explanation(Kind.GAIN, aligned.null_residual_db)
    x, y = _loudest(aligned)
    _, plain_db = fit(_centred(x), _centred(y))
    if plain_db <= GAIN_ONLY_DB:
        return Explanation(Kind.GAIN, aligned.null_residual_db)
    window = max(8, round(WINDOW_S * aligned.sample_rate))
    bent = min(_bent(x, y, window, filtered=False), key=lambda one: one.left_db)
    if bent.left_db <= min(SURE_DB, plain_db - BETTER_DB):
        return bent
    filtered_db, shaped = filtered(x, y)
    worth = filtered_db < plain_db - BETTER_DB
    if worth and filtered_db <= FILTER_ALONE_DB:
        return Explanation(Kind.FILTER, filtered_db)
    found = [bent]
    if filtered_db < plain_db - PERHAPS_DB:
        found += _bent(shaped, y, window, filtered=True)
        found += [one for one in _bent_behind_a_filter(x, y, shaped) if one.left_db <= FILTER_ALONE_DB]
    if worth:
        found.append(Explanation(Kind.FILTER, filtered_db))
    best = min(found, key=lambda one: one.left_db)
    if best.left_db > min(EXPLAINED_DB, plain_db - BETTER_DB):
        return Explanation(Kind.OTHER, aligned.null_residual_db)
    return best


def _bent(x: Samples, y: Samples, window: int, *, filtered: bool) -> list[Explanation]:
    curve = fit_curve(x, y)
    curve_db, top_db = (curve.left_db(x, y), curve.top_loss_db) if curve else (0.0, 0.0)
    moving_db = fit_gain(x, y, window).bend_db if len(x) >= window else 0.0
    return [
        Explanation(Kind.CURVE, curve_db, filtered, top_db),
        Explanation(Kind.MOVING_GAIN, moving_db, filtered),
    ]


def _bent_behind_a_filter(x: Samples, y: Samples, shaped: Samples) -> list[Explanation]:
    """Return how well a filter and then a curve explain ``y``, the one found with the other's help.

    The curve bends the estimate of the filter; undone, it leaves the filter alone to be found again.
    """
    for _ in range(ROUNDS):
        curve = fit_curve(shaped, y)
        if curve is None:
            return []
        straight = np.interp(y, np.maximum.accumulate(curve.results), curve.sources).astype(np.float32)
        _, shaped = filtered(x, straight)
    curve = fit_curve(shaped, y)
    return [Explanation(Kind.CURVE, curve.left_db(shaped, y), True, curve.top_loss_db)] if curve else []


def _loudest(aligned: Aligned) -> tuple[Samples, Samples]:
    """Return the loudest stretch of both sounds, at most 20 s."""
    length = round(LONGEST_S * aligned.sample_rate)
    if len(aligned.after) <= length:
        return aligned.before, aligned.after
    second = aligned.sample_rate
    count = len(aligned.after) // second
    power = [float(np.square(aligned.after[n * second : (n + 1) * second]).sum()) for n in range(count)]
    sums = np.convolve(power, np.ones(min(count, int(LONGEST_S))), mode="valid")
    first = int(np.argmax(sums)) * second
    return aligned.before[first : first + length], aligned.after[first : first + length]


def _centred(samples: Samples) -> Samples:
    """Return samples without their offset, which is named by itself."""
    means = np.einsum("tc->c", samples, dtype=np.float64) / len(samples)
    return np.asarray(samples - means, dtype=np.float32)


def filtered(x: Samples, y: Samples) -> tuple[float, Samples]:
    """Return what the best fixed filter (one for each channel) leaves of ``y``, and ``x`` through it.

    Welch's estimate: the cross spectrum over the spectrum; what is not coherent is left.
    """
    size = min(FILTER_FRAMES, 1 << max(4, (len(x) // 8).bit_length() - 1))
    window = np.hanning(size)
    left = whole = 0.0
    shaped = np.empty_like(x)
    for c in range(x.shape[1]):
        cross, source, result = _spectra(x[:, c], y[:, c], window)
        known = source > 1e-12 * max(float(source.max()), 1e-300)
        transfer = np.where(known, cross / np.where(known, source, 1.0), 0.0)
        coherent = np.where(known, np.square(np.abs(cross)) / np.where(known, source, 1.0), 0.0)
        whole += float(result.sum())
        left += float(np.maximum(result - coherent, 0.0).sum())
        taps = np.roll(np.fft.irfft(transfer, size), size // 2) * window
        shaped[:, c] = _convolved(x[:, c], taps)[size // 2 : size // 2 + len(x)]
    return power_db(left, whole), shaped


def _spectra(x: Samples, y: Samples, window: Doubles) -> tuple[npt.NDArray[np.complex128], Doubles, Doubles]:
    """Return the summed cross spectrum and power spectra of half-overlapping frames."""
    size = len(window)
    cross = np.zeros(size // 2 + 1, dtype=np.complex128)
    source, result = np.zeros((2, size // 2 + 1))
    for start in range(0, max(1, len(x) - size + 1), size // 2):
        piece_x, piece_y = x[start : start + size], y[start : start + size]
        a, b = np.fft.rfft(piece_x * window[: len(piece_x)]), np.fft.rfft(piece_y * window[: len(piece_y)])
        cross += np.conj(a) * b
        source += a.real**2 + a.imag**2
        result += b.real**2 + b.imag**2
    return cross, source, result


def _convolved(wave: Samples, taps: Doubles) -> Doubles:
    size = quick_length(len(wave) + len(taps))
    product = np.fft.rfft(wave, size) * np.fft.rfft(taps, size)
    return np.asarray(np.fft.irfft(product, size), dtype=np.float64)

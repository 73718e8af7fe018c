"""One sound laid over another: rate, channels, delay, polarity and gain, so that what is left can be read.

The delay is looked for over the whole length in a coarse copy (wave and envelope together), then to a part of
a sample in the loudest stretches. Nothing here judges.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.audio import Audio, Samples
from core.compare.lengths import quick_length

COARSE_FRAMES = 1 << 20
"""The coarse copy has at most about so many frames."""
COARSE_STEP = 8
FINE_FRAMES = 1 << 15
FINE_STRETCHES = 3
CANDIDATES = 8
WORTH_A_LOOK = 0.8
"""Coarse delays that fit this well against the best are looked at closely."""
AS_GOOD = 0.99999
"""The smallest delay that fits so nearly as well as the best is taken: a loop fits again a bar later."""
MIDDLE_SHARE = 0.1
"""Of the energy: with less, the channels cancel each other."""
SMALLEST_SHIFT = 0.01
"""Parts of a sample under this are left alone."""
SHIFT_TAPS = 64
NEWTON_STEPS = 5
CHUNK = 1 << 18
FLOOR_DB = -200.0

Wave = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Aligned:
    """Two sounds over each other: equal in rate, channels and length, finite, the first moved in time."""

    before: Samples
    after: Samples
    sample_rate: int
    delay_s: float
    """How much later the second sound is."""
    correlation: float
    """-1 to 1, over the common stretch; under 0 the polarity is inverted."""
    likeness: float
    """0 to 1, over the whole length of both and each channel for itself, whatever its polarity."""
    gain: float
    """What the first is multiplied by to fit the second best; negative when the polarity is inverted."""
    null_residual_db: float
    """What that leaves of the second, against the second: -200 for nothing, 0 for all of it."""
    only_before: tuple[float, float]
    """Seconds of the first that lie before and after the common stretch."""
    only_after: tuple[float, float]
    """Seconds of the second that lie before and after it."""


def finite(audio: Audio) -> Audio:
    """Return ``audio`` with zeros for what is no number; itself when all of it is finite."""
    if np.isfinite(audio.samples).all():
        return audio
    return Audio(np.nan_to_num(audio.samples, nan=0.0, posinf=0.0, neginf=0.0), audio.sample_rate)


def align(before: Audio, after: Audio) -> Aligned | None:
    """Lay ``after`` over ``before``; None when one of them is silent or they have nothing in common.

    Rates may differ (both are read at the lower one) and so may channels (compared in mono then).
    """
    rate = min(before.sample_rate, after.sample_rate)
    first, second = (finite(audio).resampled(rate).samples for audio in (before, after))
    if first.shape[1] != second.shape[1]:
        first, second = _mono(first), _mono(second)
    if not (first.any() and second.any()):
        return None
    delay, part = _delay(*_lone(first, second))
    best = _overlaid(first, second, delay, rate)
    if best is None or abs(part) < SMALLEST_SHIFT:
        return best
    shifted = _overlaid(_shifted(first, part), second, delay, rate, part)
    better = shifted is not None and shifted.null_residual_db < best.null_residual_db - 0.5
    return shifted if better else best


def overlay(before: Audio, after: Audio, delay_s: float = 0.0) -> Aligned | None:
    """Lay ``after`` over ``before`` as it is, or at a known delay; None for silence."""
    rate = min(before.sample_rate, after.sample_rate)
    first, second = (finite(audio).resampled(rate).samples for audio in (before, after))
    if first.shape[1] != second.shape[1]:
        first, second = _mono(first), _mono(second)
    if not (first.any() and second.any()):
        return None
    return _overlaid(first, second, round(delay_s * rate), rate)


def over(audio: Audio, aligned: Aligned, head_s: float) -> Samples:
    """Return a part of one of two aligned sounds over their common stretch, in its rate and channels.

    ``head_s``: what of that sound lies before the common stretch.
    """
    samples = finite(audio).resampled(aligned.sample_rate).samples
    frames, channels = aligned.before.shape
    first = round(head_s * aligned.sample_rate)
    piece = samples[first : first + frames]
    if piece.shape[1] != channels:
        mono = piece.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
        piece = np.repeat(mono, channels, axis=1)
    return np.pad(piece, ((0, frames - len(piece)), (0, 0)))


def fit(source: Samples, result: Samples) -> tuple[float, float]:
    """Return the gain that makes ``source`` most like ``result``, and the residual in dB."""
    products, source_power, result_power = _powers(source, result)
    if source_power <= 0 or result_power <= 0:
        return 0.0, 0.0
    gain, left = float(products.sum()) / source_power, 0.0
    for start in range(0, len(source), CHUNK):
        rest = result[start : start + CHUNK] - gain * source[start : start + CHUNK].astype(np.float64)
        left += float(np.square(rest).sum())
    return gain, power_db(left, result_power)


def _powers(source: Samples, result: Samples) -> tuple[Wave, float, float]:
    """Return the sums of products of each channel, and the energy of both sounds."""
    products, source_power, result_power = np.zeros(source.shape[1]), 0.0, 0.0
    for start in range(0, len(source), CHUNK):
        x = source[start : start + CHUNK].astype(np.float64)
        y = result[start : start + CHUNK].astype(np.float64)
        products += np.einsum("tc,tc->c", x, y)
        source_power += float(np.einsum("tc,tc->", x, x))
        result_power += float(np.einsum("tc,tc->", y, y))
    return products, source_power, result_power


def power(samples: Samples) -> float:
    """Return the sum of squares of a sound."""
    return float(np.square(samples, dtype=np.float64).sum())


def power_db(left: float, whole: float) -> float:
    """Return a ratio of powers in dB, from -200 to 0 and over."""
    return max(FLOOR_DB, 10 * math.log10(max(left, 1e-300) / whole)) if whole > 0 else 0.0


def _overlaid(first: Samples, second: Samples, delay: int, rate: int, part: float = 0.0) -> Aligned | None:
    """Return the common stretch of both when the second is ``delay`` frames later, and how it fits."""
    from_a, from_b = max(0, -delay), max(0, delay)
    common = min(len(first) - from_a, len(second) - from_b)
    if common < 2:
        return None
    x, y = first[from_a : from_a + common], second[from_b : from_b + common]
    gain, residual_db = fit(x, y)
    products, power_x, power_y = _powers(x, y)
    whole = math.sqrt(_energy(first) * _energy(second))
    return Aligned(
        before=x,
        after=y,
        sample_rate=rate,
        delay_s=(delay + part) / rate,
        correlation=float(products.sum()) / math.sqrt(max(power_x * power_y, 1e-300)),
        likeness=float(np.abs(products).sum()) / whole,
        gain=gain,
        null_residual_db=residual_db,
        only_before=(from_a / rate, (len(first) - from_a - common) / rate),
        only_after=(from_b / rate, (len(second) - from_b - common) / rate),
    )


def _energy(samples: Samples) -> float:
    pieces = (samples[start : start + CHUNK].astype(np.float64) for start in range(0, len(samples), CHUNK))
    return max(1e-300, sum(float(np.einsum("tc,tc->", piece, piece)) for piece in pieces))


def _lone(first: Samples, second: Samples) -> tuple[Samples, Samples]:
    """Return one channel of each to find the delay by: the middle, or the one that both hold best.

    The middle of channels that cancel (one of them inverted) tells nothing.
    """
    middles = _mono(first), _mono(second)
    count = first.shape[1]
    if all(
        _energy(m) * count > MIDDLE_SHARE * _energy(s) for m, s in zip(middles, (first, second), strict=True)
    ):
        return middles[0][:, 0], middles[1][:, 0]
    best = max(range(count), key=lambda c: min(_energy(s[:, c : c + 1]) for s in (first, second)))
    return first[:, best], second[:, best]


def _mono(samples: Samples) -> Samples:
    total = samples[:, :1].copy()
    for c in range(1, samples.shape[1]):
        total += samples[:, c : c + 1]
    return total / np.float32(samples.shape[1])


def _delay(a: Samples, b: Samples) -> tuple[int, float]:
    """Return how much later ``b`` is, in whole frames and the part of a frame beyond them."""
    abouts, step = _coarse_delays(a, b)
    found: list[_Fit] = []
    for about in abouts:
        found.append(_fine_delay(a, b, about, step))
        if found[-1].likeness >= AS_GOOD:
            break
    found.sort(key=lambda one: abs(one.lag))
    best = max(one.likeness for one in found)
    taken = next(one for one in found if one.likeness >= AS_GOOD * best)
    return taken.lag, _part_of_a_frame(taken) if taken.likeness < AS_GOOD else 0.0


def _coarse_delays(a: Samples, b: Samples) -> tuple[list[int], int]:
    """Return the delays worth a closer look, in frames to within a few steps, and the step."""
    longest = max(len(a), len(b))
    shortest = min(len(a), len(b))
    step = max(1, min(max(COARSE_STEP, -(-longest // COARSE_FRAMES)), shortest // 64))
    wave = np.abs(_correlated(_coarse(a, step), _coarse(b, step)))
    level = _correlated(*(x - x.mean() for x in (_coarse(np.abs(a), step), _coarse(np.abs(b), step))))
    score = wave + np.maximum(level, 0.0)
    lags = np.arange(len(score))
    lags[lags > len(score) // 2] -= len(score)
    peaks = (score >= np.roll(score, 1)) & (score >= np.roll(score, -1))
    places = np.flatnonzero(peaks & (score >= WORTH_A_LOOK * score.max()))
    places = places[np.argsort(-score[places], kind="stable")[:CANDIDATES]]
    picked = {int(lags[place]) * step for place in places} | {0}
    return sorted(picked, key=abs), step


def _coarse(wave: Samples, step: int) -> Wave:
    count = len(wave) // step
    return np.asarray(wave[: count * step].reshape(count, step).mean(axis=1, dtype=np.float64))


def _correlated(a: Wave, b: Wave) -> Wave:
    """Return the correlation at every lag, circular over a length that holds both, scaled to at most 1."""
    size = quick_length(len(a) + len(b))
    norm = math.sqrt(float(np.square(a).sum()) * float(np.square(b).sum()))
    if norm == 0:
        return np.zeros(size)
    cross = np.conj(np.fft.rfft(a, size)) * np.fft.rfft(b, size)
    return np.asarray(np.fft.irfft(cross, size) / norm, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Fit:
    """How ``b`` fits ``a`` about one delay."""

    likeness: float
    """0 to 1."""
    lag: int
    """Frames that ``b`` is later."""
    cross: npt.NDArray[np.complex128]
    """Cross powers of the stretches that were read."""
    turn: int
    """Where on their circle that lag is."""


def _fine_delay(a: Samples, b: Samples, about: int, step: int) -> _Fit:
    """Return how well ``b`` fits about there, read from the loudest stretches of what both have in common."""
    reach = 3 * step + 2
    length = min(FINE_FRAMES, len(a), len(b))
    size = quick_length(length + 2 * reach)
    cross = np.zeros(size // 2 + 1, dtype=np.complex128)
    energy_a = energy_b = 0.0
    for start in _loudest(b, length, max(0, about), min(len(b), len(a) + about)):
        x = _cut(a, start - about - reach, length + 2 * reach)
        y = b[start : start + length].astype(np.float64)
        energy_a, energy_b = energy_a + float(np.square(x).sum()), energy_b + float(np.square(y).sum())
        cross += np.conj(np.fft.rfft(x, size)) * np.fft.rfft(y, size)
    if energy_a <= 0 or energy_b <= 0:
        return _Fit(0.0, about, cross, 0)
    # x begins ``reach`` frames early, so the true lag lies within 0 and -2 * reach of the circle.
    around = np.abs(np.roll(np.fft.irfft(cross, size), 2 * reach)[: 2 * reach + 1])
    places = np.flatnonzero(around >= (1 - 1e-9) * around.max())
    at = int(places[np.argmin(np.abs(places - reach))])
    likeness = float(around[at]) / math.sqrt(energy_a * energy_b)
    return _Fit(likeness, about + at - reach, cross, at - 2 * reach)


def _part_of_a_frame(best: _Fit) -> float:
    """Return where, within half a frame of a delay, the correlation is largest (Newton's method)."""
    slope = 1j * np.pi * np.arange(len(best.cross)) / max(1, len(best.cross) - 1)
    turned = best.cross * np.exp(slope * best.turn)
    turned *= math.copysign(1.0, float(turned.real.sum()))
    part = 0.0
    for _ in range(NEWTON_STEPS):
        terms = turned * np.exp(slope * part)
        rise, bend = float((slope * terms).real.sum()), float((np.square(slope) * terms).real.sum())
        if bend >= 0:
            return 0.0
        part = min(0.6, max(-0.6, part - rise / bend))
    return part


def _loudest(wave: Samples, length: int, first: int, last: int) -> list[int]:
    """Return where the loudest stretches of ``length`` frames begin, within ``first`` and ``last``."""
    places = np.arange(first, max(first + 1, last - length + 1), max(1, length // 2))
    places = np.minimum(places, len(wave) - length)
    power = np.array([np.square(wave[p : p + length : 4], dtype=np.float64).sum() for p in places])
    return [int(places[i]) for i in np.argsort(-power, kind="stable")[:FINE_STRETCHES]]


def _cut(wave: Samples, start: int, length: int) -> Wave:
    """Return ``length`` frames from ``start``, zeros where the wave has none."""
    out = np.zeros(length)
    first, last = max(0, start), min(len(wave), start + length)
    if last > first:
        out[first - start : last - start] = wave[first:last]
    return out


def _shifted(samples: Samples, part: float) -> Samples:
    """Return samples later by a part of a frame (windowed sinc, Kaiser beta 8)."""
    taps = np.arange(-SHIFT_TAPS, SHIFT_TAPS + 1)
    kernel = np.sinc(taps - part) * np.kaiser(len(taps), 8.0)
    kernel /= kernel.sum()
    out = [np.convolve(samples[:, c], kernel)[SHIFT_TAPS:-SHIFT_TAPS] for c in range(samples.shape[1])]
    return np.stack(out, axis=1).astype(np.float32)

"""What each stem has in a mix: its gain, its sign and its delay, over the whole of it and in windows of 2 s.

Least squares over all stems together, first with every stem in time. What that leaves, plus one stem's share,
correlated with that stem tells whether it lies there at another time; the stem whose own delay takes most of
the residual away gets it, and all shares are fitted again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.audio import Samples
from core.compare.align import CHUNK, power_db
from core.compare.lengths import quick_length
from core.meter.transform import irfft, rfft

REACH_S = 0.25
"""A stem is looked for so much earlier and later than the others."""
LOOKED_AT_FRAMES = 1 << 19
"""Delays are read from the loudest stretch of the mix of this length."""
LEAST_STEP_DB = 1.0
"""A delay of one stem must take this much off the residual."""
LEAST_IN_ALL_DB = 6.0
"""All delays together must take this much off it; an equaliser's phase, like a small delay, takes less."""
SURE_DB = -25.0
"""And they must leave no more than this: a room or an equaliser on the mix leaves more."""
EXACT_DB = -60.0
"""Under this nothing is left to explain."""
ALIKE_FRAMES = 2
"""Stems whose delays differ by no more are in time with each other."""
RIDGE = 1e-9
ROUGH_RIDGE = 1e-5
"""The same where products are read in single precision, to choose which delays are tried."""
LEAST_OF_ITS_OWN = 1e-4
"""Of a stem's energy: what the others do not hold of it counts as at least so much."""
WINDOW_S = 2.0
WINDOW_AUDIBLE = 1e-3
"""A stem under this share of a window's energy is too quiet there to tell."""

Doubles = npt.NDArray[np.float64]
Spectrum = npt.NDArray[np.complex64]
"""(channels, bins)."""


@dataclass(frozen=True)
class Share:
    """One stem in the mix, against the majority of the stems."""

    gain: float
    """1 is as loud as it came in; negative when its polarity is opposite to the majority's."""
    lag: int
    """Frames that it is later than the majority."""
    level_db: float
    """The stem against the sum of all, as it came in."""


@dataclass(frozen=True, eq=False)
class Shares:
    """The stems of a mix, in the order they were given, and what they leave of it."""

    each: tuple[Share, ...]
    left_db: float
    windows: Doubles
    """(windows, stems): the gains in windows of 2 s, NaN where a stem is too quiet to tell."""
    left_in_windows_db: Doubles
    explained: Samples
    """The sum of the stems as they lie in the mix."""


def solve(stems: Sequence[Samples], mix: Samples, rate: int) -> Shares:
    """Fit ``stems`` to ``mix``, all (frames, channels) of one shape and finite."""
    lags = _lags(stems, mix, rate)
    gains, _ = _fitted(stems, lags, mix, (0, len(mix)))
    # Subtracted sample by sample: products alone cancel to no less than about -140 dB.
    rest = sum(_energy(mix[at] - total) for at, total in _sums(stems, lags, gains))
    left_db = power_db(rest, _energy(mix))
    energies = [max(1e-30, _energy(stem)) for stem in stems]
    common = _majority(lags, energies, ALIKE_FRAMES)
    loud = [gain**2 * energy for gain, energy in zip(gains, energies, strict=True)]
    sign = _majority([int(np.sign(gain)) for gain in gains], loud, 0) or 1
    windows, left = _windows(stems, lags, mix, round(WINDOW_S * rate))
    whole = max(1e-30, sum(_energy(piece) for _, piece in _sums(stems, [0] * len(lags), np.ones(len(lags)))))
    return Shares(
        each=tuple(
            Share(sign * float(g), lag - common, 10 * math.log10(e / whole))
            for g, lag, e in zip(gains, lags, energies, strict=True)
        ),
        left_db=left_db,
        windows=sign * windows,
        left_in_windows_db=left,
        explained=np.concatenate([piece.astype(np.float32) for _, piece in _sums(stems, lags, gains)]),
    )


def _lags(stems: Sequence[Samples], mix: Samples, rate: int) -> list[int]:
    """Return the delay of each stem, read where the mix is loudest; all 0 unless others fit better."""
    length = min(len(mix), LOOKED_AT_FRAMES)
    starts = range(0, len(mix) - length + 1, max(1, length // 2))
    first = max(starts, key=lambda at: _energy(mix[at : at + length]))
    stretch = (first, first + length)
    lags = [0] * len(stems)
    _, start_db = _fitted(stems, lags, mix, stretch)
    left_db = start_db
    for _ in stems:
        if left_db <= EXACT_DB:
            break
        tries = _tries(stems, lags, mix, stretch, rate)
        fits = [(_fitted(stems, one, mix, stretch)[1], one) for one in tries]
        best_db, best = min(fits, default=(0.0, lags))
        if best_db > left_db - LEAST_STEP_DB:
            break
        left_db, lags = best_db, best
    sure = left_db <= min(SURE_DB, start_db - LEAST_IN_ALL_DB)
    return lags if sure else [0] * len(stems)


def _tries(
    stems: Sequence[Samples], lags: list[int], mix: Samples, stretch: tuple[int, int], rate: int
) -> list[list[int]]:
    """Return the delays with that of one stem changed to where it explains most beyond what the others do.

    The others' gains are fitted anew at every delay that is tried (variable projection), in single precision:
    what is found is fitted again.
    """
    length = stretch[1] - stretch[0]
    reach = min(round(REACH_S * rate), length // 2)
    size = quick_length(length + reach)
    spectra = [_spectrum(_cut(stem, *stretch, lag), size) for stem, lag in zip(stems, lags, strict=True)]
    of_mix = _spectrum(mix[slice(*stretch)], size)
    gram = np.array([[_product(a, b) for b in spectra] for a in spectra])
    against_mix = np.array([_product(one, of_mix) for one in spectra])
    found = []
    for n, stem in enumerate(stems):
        own = spectra[n] if lags[n] == 0 else _spectrum(_cut(stem, *stretch, 0), size)
        with_mix = _at_lags(own, of_mix, reach, size)
        explained = np.square(with_mix)
        energy = _product(own, own)
        others = [m for m in range(len(stems)) if m != n]
        if others:
            inverse = np.linalg.pinv(gram[np.ix_(others, others)], rcond=ROUGH_RIDGE)
            against = against_mix[others]
            crossed = np.array([_at_lags(own, spectra[m], reach, size) for m in others])
            beyond = energy - np.einsum("al,ab,bl->l", crossed, inverse, crossed)
            alone = np.maximum(beyond, LEAST_OF_ITS_OWN * energy)
            explained = np.square(with_mix - crossed.T @ (inverse @ against)) / max(1e-30, energy)
            explained *= energy / np.maximum(alone, 1e-30)
        lag = int(np.argmax(explained)) - reach
        if lag != lags[n]:
            found.append([*lags[:n], lag, *lags[n + 1 :]])
    return found


def _spectrum(samples: Samples, size: int) -> Spectrum:
    """Return the transform of each channel, with zeros up to ``size``, which is even."""
    rows = np.zeros((samples.shape[1], size), dtype=np.float32)
    rows[:, : len(samples)] = samples.T
    return rfft(rows)


def _at_lags(own: Spectrum, other: Spectrum, reach: int, size: int) -> Doubles:
    """Return the product of two sounds with the first later by -reach to reach frames."""
    cross = irfft((np.conj(own) * other).sum(axis=0), size)
    return np.concatenate([cross[-reach:], cross[: reach + 1]]).astype(np.float64)


def _product(one: Spectrum, other: Spectrum) -> float:
    """Return the sum of products of two sounds: the bins between the first and the last stand for two."""
    all_of_it, ends = (
        float(np.vdot(a, b).real) for a, b in ((one, other), (one[:, [0, -1]], other[:, [0, -1]]))
    )
    return (2 * all_of_it - ends) / (2 * (int(one.shape[1]) - 1))


def _cut(stem: Samples, start: int, stop: int, lag: int) -> Samples:
    """Return the frames of a stem that lie from ``start`` to ``stop`` when it is ``lag`` frames late."""
    first, last = max(0, start - lag), min(len(stem), stop - lag)
    piece = stem[first : max(first, last)]
    before = min(stop - start, max(0, lag - start))
    return np.pad(piece, ((before, max(0, stop - start - before - len(piece))), (0, 0)))


def _sums(
    stems: Sequence[Samples], lags: Sequence[int], gains: Doubles, span: tuple[int, int] | None = None
) -> Iterator[tuple[slice, Doubles]]:
    """Yield where, and the sum of the stems at their gains and delays there."""
    first, last = span or (0, len(stems[0]))
    for start in range(first, last, CHUNK):
        stop = min(last, start + CHUNK)
        total: Doubles = np.zeros((stop - start, stems[0].shape[1]))
        for stem, lag, gain in zip(stems, lags, gains, strict=True):
            total += gain * _cut(stem, start, stop, lag)
        yield slice(start, stop), total


def _energy(samples: Samples | Doubles) -> float:
    pieces = (samples[start : start + CHUNK].astype(np.float64) for start in range(0, len(samples), CHUNK))
    return sum(float(np.einsum("tc,tc->", piece, piece)) for piece in pieces)


def _products(
    stems: Sequence[Samples], lags: Sequence[int], mix: Samples, span: tuple[int, int], size: int
) -> Iterator[tuple[Doubles, Doubles, float]]:
    """Yield for each piece of ``size`` frames the products of stems and mix, and the mix's energy."""
    for start in range(span[0], span[1], size):
        stop = min(span[1], start + size)
        cuts = [_cut(stem, start, stop, lag) for stem, lag in zip(stems, lags, strict=True)]
        stack = np.stack([cut.astype(np.float64).reshape(-1) for cut in cuts])
        piece = mix[start:stop].astype(np.float64).reshape(-1)
        yield stack @ stack.T, stack @ piece, float(piece @ piece)


def _fitted(
    stems: Sequence[Samples], lags: Sequence[int], mix: Samples, span: tuple[int, int]
) -> tuple[Doubles, float]:
    """Return the gain of each stem by least squares over ``span``, and what they leave of the mix in dB."""
    gram, against, whole = np.zeros((len(stems), len(stems))), np.zeros(len(stems)), 0.0
    for products, with_mix, energy in _products(stems, lags, mix, span, CHUNK):
        gram += products
        against += with_mix
        whole += energy
    found, *_ = np.linalg.lstsq(gram, against, rcond=RIDGE)
    gains: Doubles = np.asarray(found, dtype=np.float64)
    return gains, power_db(_rest(gains, gram, against, whole), whole)


def _rest(gains: Doubles, gram: Doubles, against: Doubles, whole: float) -> float:
    """Return the energy that the stems at their gains leave of the mix, from the products alone."""
    return max(0.0, whole - 2 * float(gains @ against) + float(gains @ gram @ gains))


def _windows(
    stems: Sequence[Samples], lags: Sequence[int], mix: Samples, size: int
) -> tuple[Doubles, Doubles]:
    """Return the gains and the residual in dB of every whole window, or of a shorter sound as one."""
    gains, left = [], []
    whole_windows = max(size, len(mix) // size * size)
    for gram, against, whole in _products(stems, lags, mix, (0, min(len(mix), whole_windows)), size):
        power = np.diag(gram)
        audible = power > max(WINDOW_AUDIBLE * float(gram.sum()), 1e-9 * size)
        row = np.full(len(stems), np.nan)
        found = np.asarray(np.linalg.lstsq(gram, against, rcond=1e-6)[0], dtype=np.float64)
        row[audible] = found[audible]
        gains.append(row)
        left.append(power_db(_rest(found, gram, against, whole), whole))
    return np.array(gains), np.array(left)


def _majority(values: Sequence[int], energies: Sequence[float], tolerance: int) -> int:
    """Return the value that most stems share, by their energy times their count."""

    def weight(value: int) -> float:
        alike = [e for v, e in zip(values, energies, strict=True) if abs(v - value) <= tolerance]
        return sum(alike) * len(alike)

    return max(values, key=lambda value: (weight(value), -abs(value)))

"""What was done to a sound that should have been left alone: the simplest change that explains it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.checks.context import MOST_SPANS, clock, span
from core.compare.align import align
from core.compare.curve import fit_curve
from core.compare.gain_fit import fit_gain
from core.compare.likeness import ANOTHER_COHERENCE, coherence, correlation
from core.contract import Span

Samples = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

BLOCK_S = 0.01
SAME_DB = -80.0
"""A block that differs by less than this, against the whole sound, was left alone."""
EXPLAINED_DB = -40.0
CURVE_DB = -25.0
RIDE_S = 0.0025
RIDDEN_DB = -15.0
ALIKE = 0.5
"""Correlation under this: a filter lies between, or it is another sound altogether."""
NEXT_TO_NOTHING_DB = -40.0
"""Another sound so far under the one that should be there is called by its level."""
NOISE_WHITENESS = 0.05
"""Mean correlation of a sound's neighbouring samples under this: noise. Music is over 0.5."""
INTEGERS_DB = 20 * float(np.log10(32_768))
LATE_S = 0.5
"""Delays up to this are looked for."""


@dataclass(frozen=True)
class Alteration:
    """A change in words, and where it is; no spans when it is everywhere."""

    cause: str
    spans: tuple[Span, ...] = ()


Explain = Callable[[Doubles, Doubles, int], Alteration | None]


def alteration(before: Samples, after: Samples, sample_rate: int) -> Alteration:
    """Return what was done to ``before`` (frames, channels) to make it ``after``; both finite."""
    if before.shape != after.shape:
        return Alteration("its length or its channels were changed")
    x, y = before.astype(np.float64), after.astype(np.float64)
    if np.abs(y).max(initial=0.0) < 1e-5:
        return Alteration("zeros stand in its place")
    if float(np.ptp(y)) < 1e-6:
        value = float(y[0, 0])
        known = ", as NaN written as 16-bit integers reads" if value < -0.9999 else ""
        return Alteration(f"a constant of {value:+.3f} stands in its place{known}")
    tries: tuple[Explain, ...] = (
        _offset,
        _in_places,
        _per_channel,
        _folded,
        _late,
        _bent,
        _ridden,
    )
    for explain in tries:
        found = explain(x, y, sample_rate)
        if found is not None:
            return found
    if correlation(x, y) < ALIKE and coherence(x.sum(axis=1), y.sum(axis=1)) < ANOTHER_COHERENCE:
        return _another(x, y)
    return Alteration("it was changed from end to end")


def _another(x: Doubles, y: Doubles) -> Alteration:
    """Say what sort of sound it is that has nothing in common with the one that should be there."""
    what = "noise" if _whiteness(y) < NOISE_WHITENESS else "another sound"
    level_db = _ratio_db(y, x)
    if level_db < NEXT_TO_NOTHING_DB:
        return Alteration(f"next to nothing stands in its place: {what}, {-level_db:.0f} dB under it")
    return Alteration(f"{what} stands in its place")


def _whiteness(y: Doubles) -> float:
    """Return how much neighbouring samples have in common, 0 (white noise) to 1."""
    return abs(correlation(y[1:], y[:-1]))


def _offset(x: Doubles, y: Doubles, rate: int) -> Alteration | None:
    change = y - x
    mean = change.mean(axis=0)
    worst = float(mean[np.argmax(np.abs(mean))])
    if abs(worst) < 1e-4 or float(change.std(axis=0).max()) > 0.02 * abs(worst):
        return None
    return Alteration(f"a constant offset of {worst:+.3f} was added")


def _in_places(x: Doubles, y: Doubles, rate: int) -> Alteration | None:
    """Explain a change that leaves half of the sound or more alone."""
    size = max(1, round(BLOCK_S * rate))
    count = -(-len(x) // size)
    padded = [np.pad(part, ((0, count * size - len(x)), (0, 0))) for part in (x, y)]
    blocks = [np.abs(part.reshape(count, -1)) for part in (padded[1] - padded[0], padded[1])]
    changed = blocks[0].max(axis=1) > 10 ** (SAME_DB / 20) * np.abs(x).max(initial=0.0)
    if not changed.any() or changed.mean() > 0.6:
        return None
    turns = np.flatnonzero(np.diff(np.concatenate([[False], changed, [False]]).astype(np.int8)))
    places = [(a * size / rate, b * size / rate) for a, b in zip(turns[::2], turns[1::2], strict=True)]
    first, last = max(places, key=lambda place: place[1] - place[0])
    inside = blocks[1][round(first * rate / size) : round(last * rate / size)]
    silent = float(inside.max(initial=0.0)) < 1e-5 or float(np.median(inside.max(axis=1))) < 1e-5
    where = f"{last - first:.2f} s from {clock(first)} on"
    what = f"zeros stand in its place for {where}" if silent else f"it was written over for {where}"
    more = f", and in {len(places) - 1} more places" if len(places) > 1 else ""
    return Alteration(what + more, tuple(span(*place) for place in places[:MOST_SPANS]))


def _per_channel(x: Doubles, y: Doubles, rate: int) -> Alteration | None:
    power = np.maximum((x * x).sum(axis=0), 1e-30)
    gains = (x * y).sum(axis=0) / power
    left = y - gains * x
    if _ratio_db(left, y) > EXPLAINED_DB:
        return None
    names = ("left", "right") if x.shape[1] == 2 else tuple(f"channel {c + 1}" for c in range(x.shape[1]))
    most = float(np.abs(gains).max())
    lost = [name for name, gain in zip(names, gains, strict=True) if abs(gain) < 0.01 * most]
    turned = [name for name, gain in zip(names, gains, strict=True) if gain < -0.01 * most]
    if lost:
        return Alteration(f"the {' and the '.join(lost)} channel was lost")
    if turned and len(turned) < len(names):
        return Alteration(f"the {' and the '.join(turned)} channel was inverted")
    gain_db = 20 * np.log10(np.abs(gains))
    if float(np.ptp(gain_db)) > 0.1:
        return Alteration("the balance of its channels was moved")
    if abs(float(gain_db.mean()) - INTEGERS_DB) < 0.1:
        return Alteration("its 16-bit integers were taken for floats without dividing by 32768")
    if abs(float(gain_db.mean()) + INTEGERS_DB) < 0.1:
        return Alteration("its samples were divided by 32768 once too often")
    return Alteration(
        f"a gain of {float(gain_db.mean()):+.2f} dB" + (", upside down" if turned else "") + " was put on it"
    )


def _folded(x: Doubles, y: Doubles, rate: int) -> Alteration | None:
    if x.shape[1] != 2:
        return None
    if _ratio_db(y - x[:, ::-1], y) < EXPLAINED_DB:
        return Alteration("left and right were swapped")
    if _ratio_db(y[:, 0] - y[:, 1], y) < EXPLAINED_DB < _ratio_db(x[:, 0] - x[:, 1], x):
        return Alteration("the stereo is gone: its channels were averaged, or one was copied")
    middle = x.mean(axis=1)
    if _ratio_db(y[:, 0] + y[:, 1], y) < -10 and abs(correlation(middle, y[:, 0])) > 0.7:
        return Alteration("one channel was inverted")
    return None


def _late(x: Doubles, y: Doubles, rate: int) -> Alteration | None:
    laid = align(*(Audio(part.astype(np.float32), rate) for part in (x, y)))
    if laid is None or laid.null_residual_db > EXPLAINED_DB:
        return None
    if not 1 <= abs(laid.delay_s) * rate <= LATE_S * rate:
        return None
    return Alteration(f"it is {1000 * abs(laid.delay_s):.0f} ms {'late' if laid.delay_s > 0 else 'early'}")


def _bent(x: Doubles, y: Doubles, rate: int) -> Alteration | None:
    """Explain a saturator or clipper: the same input value always gives the same output value."""
    curve = fit_curve(x, y)
    if curve is None or curve.left_db(x, y) > CURVE_DB:
        return None
    return Alteration("its peaks were bent along a fixed curve: a clipper or a saturator (tanh)")


def _ridden(x: Doubles, y: Doubles, rate: int) -> Alteration | None:
    """Explain a limiter or a compressor: a gain that moves with time, and takes the peaks down most."""
    fit = fit_gain(x.astype(np.float32), y.astype(np.float32), max(8, round(RIDE_S * rate)))
    loud = fit.energy > 0.1 * fit.energy.mean() if fit.energy.size else np.zeros(0, bool)
    if fit.bend_db > RIDDEN_DB or not loud.any():
        return None
    low, high = np.percentile(20 * np.log10(np.abs(fit.gain[loud]) + 1e-9), [10, 90])
    if high - low < 1.0:
        return None
    return Alteration(f"its level was moved by {high - low:.0f} dB: a limiter or a compressor")


def _ratio_db(left: Doubles, whole: Doubles) -> float:
    power = float((whole * whole).mean())
    return 10 * float(np.log10(max(1e-30, float((left * left).mean())) / max(1e-30, power)))

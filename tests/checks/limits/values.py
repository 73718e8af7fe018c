"""The samples themselves: the values they take, how they were read, where they pile up, where they click."""

from functools import cache

import numpy as np

from core.checks import layout
from core.checks.clicks import NoClicks
from core.checks.clipped_before import NotClippedBefore
from core.checks.coarse import STEP, FineSteps, NotHeld
from core.checks.layout import RightlyRead
from core.meter.features.pieces import Pieces
from tests.checks.limits.table import (
    Limit,
    cause,
    featured,
    noise,
    quiet,
    reached,
    said,
    shaped,
    sound,
    valued,
    wave,
)


def of_samples(rows, audio=None, channels=1):
    """A sound whose consecutive samples are these, (pieces, frames) of one channel or (pieces, frames, 2)."""
    rows = np.asarray(rows, dtype=np.float32)
    rows = rows[..., None] if rows.ndim == 2 else rows
    return featured(
        audio or quiet(channels=rows.shape[2]), pieces=Pieces(rows, np.arange(len(rows)), whole=True)
    )


def taking(values, check=FineSteps, audio=None):
    return said(check, sound(of_samples([values], audio)))


def levels_of(count, visits, spacing=None):
    """Every level about as often, in no order."""
    each = np.resize(np.arange(count), round(count * visits))
    values = np.linspace(-1.0, 1.0, count) if spacing is None else (np.arange(count) - count / 2) * spacing
    return values[np.random.default_rng(0).permutation(each)]


def jumping(count, steps):
    """So many values of so many levels, of which no two neighbours lie side by side."""
    order = np.concatenate([np.arange(0, count, 2), np.arange(1, count, 2)])
    return np.resize(order, steps)


def chip(levels=16, toggles=0.0, holds=2, jumping_holds=None, steps=4_000, held=1.0):
    """A wave of few levels: a share of its steps turns back at once, the rest jumps; each is held."""
    turning = round(toggles * (steps - 1)) + 1
    values = np.concatenate([np.arange(turning) % 2, jumping(levels, steps - turning)])
    times = np.where(np.arange(steps) < turning, holds, jumping_holds or holds)
    times[round(held * steps) :] = 1
    return taking(np.repeat(np.linspace(-1.0, 1.0, levels)[values], times))


def holding(share):
    """A wave of 16 levels that jump, of whose samples a share equals the one before."""
    return chip(held=share / (1 - share))


def regular(share):
    """Noise whose samples are held: a share of them for one more, the others for many different times."""
    runs = 3_000
    times = np.full(runs, 2)
    rest = runs - round(share * runs)
    times[:rest] = np.resize([4, 6, 8, 10, 12], rest)
    times = np.random.default_rng(0).permutation(times)
    return taking(np.repeat(noise(runs), times), NotHeld)


COARSE = (
    Limit(
        FineSteps,
        "coarse.MOST_LEVELS",
        4_200,
        (0, 1),
        lambda x: taking(levels_of(round(x), 12)),
        "fail",
        "ok",
    ),
    Limit(
        FineSteps, "coarse.FILLED", 0.3, 0.005, lambda x: taking(levels_of(1000, 20, STEP / x)), "fail", "ok"
    ),
    Limit(FineSteps, "coarse.VISITS", 8.0, 0.5, lambda x: taking(levels_of(200, x)), "ok", "fail"),
    Limit(FineSteps, "coarse.HOLDS", 0.2, 0.01, holding, "fail", "ok"),
    *(
        Limit(
            FineSteps,
            f"coarse.TOGGLES[{k}][1]",
            share,
            share / 20,
            lambda x, levels=levels: chip(levels, x),
            "ok",
            "fail",
        )
        for k, share, levels in ((0, 0.2, 16), (1, 0.03, 64), (2, 0.012, 300))
    ),
    *(
        Limit(
            FineSteps,
            f"coarse.TOGGLES[{k}][0]",
            levels,
            (0, 1),
            lambda x, share=share: chip(round(x), share, steps=12_000),
            "ok",
            "fail",
        )
        for k, levels, share in ((0, 32, 0.1), (1, 100, 0.02), (2, 1_100, 0.005))
    ),
    Limit(
        FineSteps, "coarse.DRAWN", 0.15, 0.01, lambda x: chip(toggles=1 - x, jumping_holds=4), "fail", "ok"
    ),
    Limit(
        FineSteps,
        "coarse.HOLD",
        4,
        (-1, 0),
        lambda x: chip(toggles=0.5, jumping_holds=round(x)),
        "fail",
        "ok",
    ),
    Limit(
        FineSteps,
        "coarse.SHORTEST",
        2_048,
        (-1, 0),
        lambda x: taking(noise(2_048), audio=quiet(x / 1000, channels=1)),
        "unasked",
        "ok",
    ),
    Limit(
        NotHeld,
        "coarse.HELD",
        0.04,
        0.002,
        lambda x: said(NotHeld, sound(valued(quiet(), held=x))),
        "ok",
        "fail",
    ),
    Limit(NotHeld, "coarse.REGULAR", 0.7, 0.01, regular, "ok", "fail"),
)


def between(db):
    """Planes read as frames: the right channel lies near the middle of the left's neighbours."""
    left = noise(4_096)
    middle, slow = (left + np.roll(left, -1)) / 2, 0.1 * np.sin(np.arange(4_096) / 80)

    def made(apart):
        return valued(of_samples([np.stack([left, middle + apart * slow], axis=1)]))

    size = reached(lambda x: layout.between_db(made(x)), db, 0.1, 5.0)
    return said(RightlyRead, sound(made(size)))


def uneven(db):
    """A wave whose even steps are so much larger than its odd ones."""
    steps = np.sign(noise(8_192)) * np.where(np.arange(8_192) % 2, 1.0, 10 ** (db / 20))
    return said(RightlyRead, sound(valued(of_samples([1e-3 * np.cumsum(steps)]))))


def alternating(nearer):
    """Two unlike channels in one: the next sample but one is nearer than the next."""
    slow = 1e-2 * np.cumsum(noise(8_192))

    def made(apart):
        return valued(of_samples([slow + apart * np.where(np.arange(8_192) % 2, 1.0, -1.0)]))

    size = reached(lambda x: layout.alternation(made(x))[1], nearer, 1e-5, 1e-1)
    return said(RightlyRead, sound(made(size)))


def unsigned(rougher=0.01, rough=None):
    """Unsigned samples read as signed: read rightly, they are as rough as given against that."""
    time, undo = np.arange(8 * 4_096).reshape(8, -1), layout.MISREADINGS[0].undo

    def made(hiss, hz):
        right = 0.05 * np.sin(hz * time) + hiss * noise(time.size).reshape(time.shape)
        return np.where(right >= 0, right - 1.0, right + 1.0)[..., None]

    def ratio(hiss):
        pieces = list(made(hiss, 0.3))
        return layout._roughness([undo(one) for one in pieces]) / layout._roughness(pieces)

    if rough is None:
        wrong = made(reached(ratio, rougher, 0.0, 0.5), 0.3)
    else:
        wrong = made(0.0, reached(lambda hz: layout._roughness(list(made(0.0, hz))), rough, 0.01, 0.1))
    return cause(RightlyRead, sound(valued(of_samples(wrong[..., 0]))))


LAYOUT = (
    Limit(RightlyRead, "layout.BETWEEN_DB", -2.1, 0.05, between, "fail", "ok"),
    Limit(RightlyRead, "layout.ALTERNATE_DB", 0.6, 0.02, uneven, "ok", "fail"),
    Limit(RightlyRead, "layout.NEARER", 0.7, 0.01, alternating, "fail", "ok"),
    Limit(RightlyRead, "layout.SMOOTHER", 0.45, 0.01, unsigned, "unsigned", "none"),
    Limit(RightlyRead, "layout.ROUGH", 0.03, 0.001, lambda x: unsigned(rough=x), "none", "unsigned"),
)


@cache
def _under(count):
    """Amplitudes spread evenly, ``count`` in each hundredth over 0.3, of both signs."""
    middles = 0.3 + 0.01 * (np.arange(66) + 0.5)
    return np.concatenate([sign * np.repeat(middles, count) for sign in (1, -1)])


def piled(times=10.0, usual=100, at_top=None, flat=0.0):
    """A sound whose amplitudes pile up near its peak, so many times as dense as under it."""
    top = np.repeat([0.985, -0.985], round(3 * usual * times))
    samples = np.concatenate([_under(usual), top, [1.0, -1.0]])
    if at_top is not None:
        samples = np.concatenate([samples, np.zeros(max(0, round(len(top) / at_top) - len(samples)))])
    audio = shaped(flat_share=np.full(2, flat))
    return said(NotClippedBefore, sound(valued(of_samples([samples], audio))))


CLIPPED_BEFORE = (
    Limit(NotClippedBefore, "clipped_before.PILED", 3.2, 0.05, piled, "ok", "warn"),
    Limit(
        NotClippedBefore,
        "clipped_before.MOST_AT_TOP",
        0.55,
        0.01,
        lambda x: piled(60.0, at_top=x),
        "warn",
        "ok",
    ),
    Limit(NotClippedBefore, "peaks.STEPPED_SHARE", 0.5, 0.01, lambda x: piled(flat=x), "warn", "ok"),
    Limit(
        NotClippedBefore, "clipped_before.FEWEST", 60, (-1, 0), lambda x: piled((x - 1) / 12, 4), "ok", "warn"
    ),
)

FAST = 8_000
"""Rate of the clicks: a block of a millisecond has eight frames."""


def clicking(ratio=12.0, of_peak=1.0, before=None, places=(0.5,), seconds=1.0, loud_part=0.0):
    """A wave that bends alike everywhere, but for clicks so many times as sharp.

    ``of_peak``: their height against the sound's peak. ``before``: how sharp the same place was when it came
    in. ``loud_part``: amplitude of a slow wave elsewhere.
    """

    def made(sharp):
        samples = 0.01 * np.where(np.arange(round(seconds * FAST)) % 2, -1.0, 1.0)
        for at_s in places:
            at = round(at_s * FAST) // 2 * 2
            samples[at] += (sharp - 1) * 0.02
        samples[: FAST // 4] += loud_part * np.hanning(FAST // 4) if loud_part else 0.0
        return samples

    height = 0.04 * ratio
    readings = {"sample_peak_dbfs": 20 * np.log10(height / of_peak)}
    inputs = {"song": sound(wave(made(before), rate=FAST))} if before is not None else {}
    return said(NoClicks, sound(wave(made(ratio), rate=FAST), **readings), inputs=inputs)


def apart(distance_s, both_sides):
    """A click with its like at a distance, on one side or on both; the sound ends beside those."""
    edge = 0.003
    places = [edge + k * distance_s for k in range(3 if both_sides else 2)]
    places = places if both_sides else [0.2, 0.2 + distance_s]
    seconds = places[-1] + edge if both_sides else 0.4
    return clicking(places=places, seconds=seconds)


CLICKS = (
    Limit(NoClicks, "clicks.LOUD_RATIO", 4.5, 0.1, clicking, "ok", "fail"),
    Limit(NoClicks, "clicks.RATIO", 10.0, 0.1, lambda x: clicking(x, 0.3), "ok", "warn"),
    Limit(NoClicks, "clicks.LOUD", 0.5, 0.01, lambda x: clicking(of_peak=x), "warn", "fail"),
    Limit(NoClicks, "clicks.NEW_RATIO", 6.0, 0.1, lambda x: clicking(x, 0.3, before=1.0), "ok", "fail"),
    Limit(NoClicks, "clicks.NEW_LOUD", 0.25, 0.01, lambda x: clicking(8.0, x, before=1.0), "ok", "fail"),
    Limit(NoClicks, "clicks.SHARPENED", 2.0, 0.05, lambda x: clicking(before=12.0 / x), "warn", "fail"),
    Limit(
        NoClicks,
        "clicks.SHARPEST",
        0.02,
        0.001,
        lambda x: clicking(of_peak=x, loud_part=0.48 / x),
        "ok",
        "warn",
    ),
    Limit(NoClicks, "clicks.NEAR_S", 0.02, 0.001, lambda x: apart(x, False), "ok", "fail"),
    Limit(NoClicks, "clicks.AROUND_S", 0.05, 0.001, lambda x: apart(x, True), "ok", "fail"),
    Limit(
        NoClicks,
        "clicks.MANY",
        40,
        (0, 1),
        lambda x: clicking(places=[0.1 * (k + 1) for k in range(round(x))], seconds=5.0),
        "fail",
        "warn",
    ),
)

LIMITS = (*COARSE, *LAYOUT, *CLIPPED_BEFORE, *CLICKS)

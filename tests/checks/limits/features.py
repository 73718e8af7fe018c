"""What is known from the sound alone: readings of its features over time, written down."""

import numpy as np

from core.checks.any_noise import NoNoiseInstead
from core.checks.lines import NoWhine
from core.checks.polarity import BassInPhase, KeepsPolarity, NeitherLate
from core.checks.slow import NoDrift, NoRumble, NothingUltrasonic
from core.checks.treble import HasTreble
from core.meter.features.course import BLOCK_UNITS, Course
from core.meter.features.lag import Lag
from core.meter.features.stretches import Stretches
from tests.checks.limits.table import Limit, featured, quiet, said, sound

FEW_HZ = 10.0
"""Width of a bin where the spectrum is written down."""


def low_end(levels, seconds=10.0):
    """A course of the low end (units of a hundredth of a second) with these values in the left channel."""
    low = np.zeros((round(100 * seconds), 2), dtype=np.float32)
    low[:, 0] = levels
    return {"low": low, "low_rate": 100.0}


def drifts(swing, uploaded=False, seconds=10.0):
    steps = np.where(np.arange(round(100 * seconds)) < 50 * seconds, 0.0, swing)
    return said(NoDrift, sound(featured(course=low_end(steps, seconds))), uploaded=uploaded)


def rumbles(level_db, uploaded=False, hz=10.0, seconds=10.0):
    """A tone under 20 Hz that lies so far under the whole."""
    spectra = np.zeros((1, 2, 400), dtype=np.complex64)
    spectra[0, 0, round(hz / 0.1)] = np.sqrt(0.75 * 10 ** (level_db / 10))
    course = {
        "low_frames": (spectra, np.arange(400) * 0.1),
        "totals": np.array([100.0, 0.0, 0.0]),
        "products": np.zeros((10, 3)),
        "block_frames": 10,
    }
    return said(NoRumble, sound(featured(quiet(seconds), course=course)), uploaded=uploaded)


def ultrasonic(level_db=-20.0, hz=30_000.0, rate=96_000):
    """A tone over hearing that lies so far under the whole."""
    bins = np.arange(4800) * FEW_HZ
    power = np.zeros(4800)
    power[100] = 1.0
    power[round(hz / FEW_HZ)] = 1 / (10 ** (-level_db / 10) - 1)
    frames = {"asked": True, "mean_power": power, "hz": bins}
    return said(NothingUltrasonic, sound(featured(quiet(0.01, rate=rate), frames=frames)))


SLOW = (
    Limit(NoDrift, "slow.SWING", 0.05, 0.001, drifts, "ok", "warn"),
    Limit(NoDrift, "slow.WIDE_SWING", 0.15, 0.002, lambda x: drifts(x, uploaded=True), "note", "warn"),
    Limit(NoDrift, "slow.BROKEN_SWING", 0.3, 0.005, drifts, "warn", "fail"),
    Limit(NoDrift, "slow.FEWEST_BLOCKS", 6, (-1, 0), lambda x: drifts(0.2, seconds=x / 2), "unasked", "warn"),
    Limit(NoRumble, "slow.RUMBLE_DB", -8.0, 0.1, rumbles, "ok", "warn"),
    Limit(NoRumble, "slow.MUCH_RUMBLE_DB", -4.5, 0.1, lambda x: rumbles(x, uploaded=True), "note", "warn"),
    Limit(NoRumble, "slow.RUMBLE_HZ[0]", 0.3, (-0.1, 0), lambda x: rumbles(-3.0, hz=x), "ok", "warn"),
    Limit(NoRumble, "slow.RUMBLE_HZ[1]", 20.0, (-0.1, 0), lambda x: rumbles(-3.0, hz=x), "warn", "ok"),
    Limit(
        NoRumble,
        "slow.BLOCK_S",
        0.5,
        0.01,
        lambda x: rumbles(-3.0, seconds=6 * x),
        "unasked",
        "warn",
    ),
    Limit(NothingUltrasonic, "slow.ULTRASONIC_DB", -35.0, 0.2, ultrasonic, "ok", "warn"),
    Limit(
        NothingUltrasonic, "slow.ULTRASONIC_HZ", 21_000.0, (0, 20.0), lambda x: ultrasonic(hz=x), "ok", "warn"
    ),
    Limit(
        NothingUltrasonic,
        "slow.LOWEST_RATE",
        50_000,
        (-1, 0),
        lambda x: ultrasonic(rate=int(x)),
        "ok",
        "warn",
    ),
)


def cliff(fall_db=60.0, hz=8_000.0, above_db=-95.0, rate=44_100, channels=2):
    """A spectrum that falls by so much at a frequency, to a level against its strongest bin."""
    bins = np.arange(2200) * FEW_HZ
    level = np.where(bins < 1_000, 0.0, above_db + fall_db)
    level[bins >= hz + 300] = above_db
    frames = {
        "asked": True,
        "mean_power": 10 ** (level / 10),
        "hz": bins,
        "rate": FEW_HZ,
        "size": 1,
    }
    return said(HasTreble, sound(featured(quiet(1.0, channels=channels, rate=rate), frames=frames)))


TREBLE = (
    Limit(HasTreble, "treble.EDGE_DB", 50.0, 0.5, cliff, "ok", "warn"),
    Limit(HasTreble, "treble.EMPTY_DB", -85.0, 0.5, lambda x: cliff(above_db=x), "warn", "ok"),
    Limit(HasTreble, "treble.EDGE_HZ[0]", 3_400.0, 400.0, lambda x: cliff(hz=x), "ok", "warn"),
    Limit(HasTreble, "treble.EDGE_HZ[1]", 12_500.0, 400.0, lambda x: cliff(hz=x), "warn", "ok"),
    Limit(HasTreble, "treble.LOWEST_RATE", 30_000, (-1, 0), lambda x: cliff(rate=int(x)), "unasked", "warn"),
)


def whine(above_db=30.0, hz=3_000.0, steady=0.9, level_db=-40.0, others=(), seconds=10.0):
    """A line over an even floor, and others (Hz, dB over it, steadiness)."""
    bins = np.arange(2200) * FEW_HZ
    lasting = np.full(2200, 10 ** ((level_db - above_db) / 10))
    mean = lasting.copy()
    for at, over_db, holds in ((hz, above_db, steady), *others):
        k = round(at / FEW_HZ)
        lasting[k] *= 10 ** (over_db / 10)
        mean[k] = lasting[k] / holds
    mean[1] = 1.0 - mean.sum()  # the rest of the sound
    frames = {"asked": True, "lasting_power": lasting, "mean_power": mean, "hz": bins}
    return said(NoWhine, sound(featured(quiet(seconds), frames=frames)))


def chord(count=5, hz=300.0, above_db=20.0, steady=0.5):
    """A whine beside lines of a held chord."""
    return whine(others=[(hz + 300.0 * k, above_db, steady) for k in range(round(count))])


WHINE = (
    Limit(NoWhine, "lines.WHINE_DB", 18.0, 0.2, whine, "ok", "warn"),
    Limit(NoWhine, "lines.WHINE_HZ", 1_000.0, (-10.0, 0), lambda x: whine(hz=x), "ok", "warn"),
    Limit(NoWhine, "lines.STEADY", 0.45, 0.01, lambda x: whine(steady=x), "ok", "warn"),
    Limit(NoWhine, "lines.AUDIBLE_DB", -75.0, 0.5, lambda x: whine(level_db=x), "ok", "warn"),
    Limit(NoWhine, "lines.WHINE_SHORTEST_S", 3.0, 0.01, lambda x: whine(seconds=x), "unasked", "warn"),
    Limit(NoWhine, "lines.MOST_LINES", 4, (0, 1), lambda x: chord(x - 1), "warn", "ok"),
    Limit(NoWhine, "lines.HELD_DB", 12.0, 0.2, lambda x: chord(above_db=x), "warn", "ok"),
    Limit(NoWhine, "lines.HELD_STEADY", 0.2, 0.01, lambda x: chord(steady=x), "warn", "ok"),
    Limit(NoWhine, "lines.HELD_HZ", 200.0, (-10.0, 0), lambda x: chord(4, hz=x), "warn", "ok"),
)


def noisy(seconds=5.0, flatness=0.58, smoothness=0.99, restlessness=1.0, length_s=10.0, uploaded=False):
    """A sound whose first seconds are noise by its stretches, of a twentieth of a second."""
    start = np.arange(round(20 * length_s)) / 20
    noise = start < seconds - 0.01
    stretches = Stretches(
        start,
        start + 0.05,
        np.where(noise, flatness, 0.3),
        np.where(noise, smoothness, 0.9),
        np.where(noise, restlessness, 2.0),
    )
    return said(NoNoiseInstead, sound(featured(quiet(length_s), stretches=stretches)), uploaded=uploaded)


ANY_NOISE = (
    Limit(NoNoiseInstead, "any_noise.FLATNESS", 0.55, 0.005, lambda x: noisy(flatness=x), "ok", "fail"),
    Limit(NoNoiseInstead, "any_noise.SMOOTHNESS", 0.96, 0.005, lambda x: noisy(smoothness=x), "ok", "fail"),
    Limit(
        NoNoiseInstead, "any_noise.RESTLESSNESS", 1.32, 0.01, lambda x: noisy(restlessness=x), "fail", "ok"
    ),
    Limit(NoNoiseInstead, "any_noise.LONG_S", 1.4, 0.05, noisy, "ok", "fail"),
    Limit(
        NoNoiseInstead,
        "any_noise.LONG_SHARE",
        0.13,
        0.005,
        lambda x: noisy(40 * x, length_s=40.0),
        "ok",
        "fail",
    ),
    Limit(NoNoiseInstead, "any_noise.WHOLE", 0.9, 0.05, lambda x: noisy(x, length_s=1.0), "ok", "fail"),
    Limit(
        NoNoiseInstead,
        "any_noise.WHOLE",
        0.9,
        0.01,
        lambda x: noisy(10 * x, uploaded=True),
        "warn",
        "fail",
    ),
    Limit(
        NoNoiseInstead,
        "any_noise.SHORTEST_S",
        0.7,
        0.01,
        lambda x: noisy(x, length_s=x),
        "unasked",
        "fail",
    ),
)


def late(lag_s=0.01, height=0.5, at_zero=0.0):
    lag = Lag(lag_s=lag_s, height=height, at_zero=at_zero, asked=True)
    return said(NeitherLate, sound(featured(lag=lag)))


def correlated(course, seconds=None, levels_db=None):
    """A sound whose half seconds have these correlations."""
    course = np.asarray(course, dtype=np.float64)
    power = np.ones(len(course)) if levels_db is None else 10 ** (np.asarray(levels_db) / 10)
    products = np.stack([power, power, course * power], axis=1)
    low = np.zeros((len(course) * BLOCK_UNITS, 2), np.float32)
    found = Course(low, 100.0, products, 500, 0.5)
    return said(KeepsPolarity, sound(featured(quiet(seconds or len(course) / 2), course=found)))


def bass(under=-0.6, over=0.5, level_db=-3.0, bass_hz=60.0, more=None):
    """Channels that correlate so in the bass, which has a level against the whole, and so over 200 Hz.

    ``more``: another tone (Hz, amplitude), alike in both.
    """
    hz = np.arange(500.0)
    spectra = np.zeros((2, 2, 500), dtype=np.complex64)
    if more is not None:
        spectra[:, :, round(more[0])] = more[1]
    for at, how in ((round(bass_hz), under), (300, over)):
        power = 10 ** (level_db / 10) if at < 200 else 1 - 10 ** (level_db / 10)
        spectra[:, 0, at] = np.sqrt(power)
        spectra[0, 1, at], spectra[1, 1, at] = (
            np.sqrt(power) * np.exp(1j * side * np.arccos(np.clip(how, -1, 1))) for side in (1, -1)
        )
    return said(BassInPhase, sound(featured(course={"low_frames": (spectra, hz)})))


UP, DOWN = [0.9] * 6, [-0.8] * 6

POLARITY = (
    Limit(NeitherLate, "polarity.LATE_S", 0.00025, 1e-5, late, "ok", "fail"),
    Limit(NeitherLate, "polarity.HEIGHT", 0.15, 0.005, lambda x: late(0.0003, x), "ok", "fail"),
    Limit(NeitherLate, "polarity.FAR_HEIGHT", 0.08, 0.005, lambda x: late(0.001, x), "ok", "fail"),
    Limit(NeitherLate, "polarity.FAR_S", 0.0004, 1e-5, lambda x: late(x, 0.1), "ok", "fail"),
    Limit(NeitherLate, "polarity.AT_ZERO", 0.5, 0.01, lambda x: late(at_zero=0.5 * x), "fail", "ok"),
    Limit(
        KeepsPolarity,
        "polarity.TURN",
        0.7,
        0.01,
        lambda x: correlated([0.4] * 6 + [0.4 - x] * 6),
        "ok",
        "fail",
    ),
    Limit(
        KeepsPolarity,
        "polarity.MIRRORED",
        0.4,
        0.01,
        lambda x: correlated([0.8] * 6 + [-0.8 * x] * 6),
        "ok",
        "fail",
    ),
    Limit(
        KeepsPolarity,
        "polarity.FEWEST",
        2,
        (-1, 0),
        lambda x: correlated(UP + [-0.8] * round(x)),
        "ok",
        "fail",
    ),
    Limit(
        KeepsPolarity,
        "polarity.QUIET_DB",
        25.0,
        0.5,
        lambda x: correlated(UP + DOWN, levels_db=[0.0] * 6 + [-x] * 6),
        "fail",
        "ok",
    ),
    Limit(
        KeepsPolarity,
        "polarity.SHORTEST_S",
        3.0,
        0.01,
        lambda x: correlated([0.9] * 3 + [-0.8] * 3, seconds=x),
        "ok",
        "fail",
    ),
    Limit(BassInPhase, "polarity.BASS", -0.3, 0.01, bass, "fail", "ok"),
    Limit(BassInPhase, "polarity.ABOVE", -0.1, 0.01, lambda x: bass(over=x), "ok", "fail"),
    Limit(BassInPhase, "polarity.BASS_DB", -20.0, 0.2, lambda x: bass(level_db=x), "ok", "fail"),
    Limit(BassInPhase, "polarity.BASS_LOW_HZ", 30.0, (-1, 0), lambda x: bass(bass_hz=x), "ok", "fail"),
    Limit(BassInPhase, "polarity.BASS_HIGH_HZ", 120.0, (-1, 0), lambda x: bass(more=(x, 0.7)), "ok", "fail"),
    Limit(BassInPhase, "polarity.ABOVE_HZ", 450.0, (-1, 0), lambda x: bass(more=(x, 10.0)), "ok", "fail"),
)

LIMITS = (*SLOW, *TREBLE, *WHINE, *ANY_NOISE, *POLARITY)

"""What was done to a sound that should have been left alone: the limits between one cause and another."""

from types import SimpleNamespace

import numpy as np

from core.checks.exporting import FileContent
from core.checks.figures import ExportFigures, FileFigures
from core.checks.mastering import Squash
from core.compare.curve import fit_curve
from core.compare.gain_fit import fit_gain
from tests.checks.limits.table import RATE, Limit, cause, noise, reached, sound, unlike, wave

FRAMES = 100 * RATE
MUSIC = np.convolve(noise(FRAMES), [0.3, 0.5, 0.3, 0.2], "same")
"""Neighbouring samples of it are alike, as music's are."""
OTHER = unlike(np.convolve(noise(FRAMES, 1), [0.3, 0.5, 0.3, 0.2], "same"), MUSIC)


def changed(after, before=MUSIC):
    """The cause that is named when a lossless file holds this in the master's place."""
    figures = ExportFigures(files={"song": FileFigures("wav", 24, False, 0, (), 0)}, stems_exact={})
    master = sound(wave(before), "master")
    return cause(FileContent, sound(wave(after)), inputs={"master": master}, figures=figures)


def in_one_place(level_db, at=slice(5_000, 5_200)):
    after = MUSIC.copy()
    after[at] += 10 ** (level_db / 20) * np.abs(MUSIC).max() * np.where(np.arange(200) % 2, 1.0, -1.0)
    return changed(after)


def with_a_rest(level_db):
    """Half as loud, but for something else at a level against it."""
    return changed(0.5 * MUSIC + 0.5 * 10 ** (level_db / 20) * OTHER)


def bent(left_db):
    """Bent along a curve, which leaves so much of it."""
    curve = np.tanh(6 * MUSIC)

    def made(size):
        return curve + size * OTHER

    def left(size):
        return fit_curve(MUSIC, made(size)).left_db(MUSIC, made(size))

    return changed(made(reached(left, left_db, 1e-4, 1.0)))


def ridden(left_db):
    """Under a gain that moves by 6 dB, which leaves so much of it."""
    gain = 10 ** (3 * np.sin(np.arange(FRAMES) / 300) / 20)

    def made(size):
        return gain * MUSIC + size * OTHER

    def left(size):
        x, y = (one.astype(np.float32)[:, None] for one in (MUSIC, made(size)))
        return fit_gain(x, y, max(8, round(0.0025 * RATE))).bend_db

    return changed(made(reached(left, left_db, 1e-4, 3.0)))


def alike(correlation):
    return changed(correlation * MUSIC + np.sqrt(1 - correlation**2) * OTHER)


def another(level_db):
    return changed(10 ** (level_db / 20) * OTHER)


def whiteness(alike):
    """Another sound, whose neighbouring samples are so alike."""
    one = noise(FRAMES, 5)

    def made(share):
        return unlike(one + share * np.roll(one, 1), MUSIC)

    def read(share):
        y = made(share)
        return y[1:] @ y[:-1] / (y @ y)

    return changed(made(reached(read, alike, -0.2, 0.6)))


def late(seconds):
    return changed(np.roll(MUSIC, round(seconds * RATE)))


ALTERED = (
    Limit(FileContent, "altered.SAME_DB", -80.0, 0.2, in_one_place, "a gain of", "it was written over"),
    Limit(FileContent, "altered.EXPLAINED_DB", -40.0, 0.2, with_a_rest, "a gain of", "its peaks"),
    Limit(FileContent, "altered.CURVE_DB", -25.0, 0.3, bent, "its peaks were bent", "its level"),
    Limit(FileContent, "altered.RIDDEN_DB", -15.0, 0.3, ridden, "its level was moved", "it was changed"),
    Limit(FileContent, "altered.ALIKE", 0.5, 0.01, alike, "another sound", "it was changed"),
    Limit(FileContent, "altered.NEXT_TO_NOTHING_DB", -40.0, 0.2, another, "next to nothing", "another sound"),
    Limit(FileContent, "altered.NOISE_WHITENESS", 0.05, 0.005, whiteness, "noise stands", "another sound"),
    Limit(FileContent, "altered.LATE_S", 0.5, 0.01, late, "it is", "it was"),
)

FAST = 8_000


def limited(after, before, rate=FAST):
    """The cause that is named when this stands in a limited master's place."""
    settings = SimpleNamespace(low_shelf_db=0.0, high_shelf_db=0.0, intensity=0.5)
    one = sound(wave(after, rate=rate), "master")
    return cause(Squash, one, inputs={"mix": sound(wave(before, rate=rate), "mix")}, settings=settings)


def tilted(level_db, from_hz, seconds=4, seed=0):
    """Noise whose spectrum lies at a level over a frequency."""
    spectrum = np.fft.rfft(noise(seconds * FAST, seed))
    spectrum[from_hz * seconds :] *= 10 ** (level_db / 20)
    return np.fft.irfft(spectrum, seconds * FAST)


def hissing(alike=0.0, spread_db=0.0, under_tops=1.0, off_gain=0.0, seconds=4, level=1e-2):
    """A mix with noise of one level: how alike its neighbours are, how far its level spreads, and so on."""
    mix = np.sin(np.arange(seconds * FAST) / 3.0) * 0.5 + 0.1 * noise(seconds * FAST)
    size = FAST // 20
    hiss = np.sign(noise(seconds * FAST, 7))

    def mixed(share):
        return hiss + share * np.roll(hiss, 1)

    def read(share):
        y = mixed(share)
        return y[1:] @ y[:-1] / (y @ y)

    if alike:
        hiss = mixed(reached(read, alike, 0.0, 1.0))
    levels_db = np.where(np.arange(len(mix) // size) % 2, spread_db, 0.0)
    hiss = level * hiss * np.repeat(10 ** (levels_db / 20), size)
    reach = np.abs(mix)
    hiss[reach >= np.percentile(reach, 95)] *= np.sqrt(under_tops)
    gain = np.ones(len(mix))
    if off_gain:
        gain = np.where(np.arange(len(mix)) < 7 * size, 1.0, 1.0 - off_gain)
    return limited(gain * mix + hiss, mix)


NOT_A_BEND = (
    Limit(
        Squash,
        "not_a_bend.GONE_DB",
        30.0,
        0.5,
        lambda x: limited(tilted(-x, 2_000), noise(4 * FAST)),
        "a saturator",
        "what lies over",
    ),
    Limit(
        Squash,
        "not_a_bend.PRESENT_DB",
        90.0,
        1.0,
        lambda x: limited(tilted(-200, 1_000) + 0.03 * tilted(-200, 1_000, seed=1), tilted(-x, 1_000)),
        "what lies over",
        "a saturator",
    ),
    Limit(
        Squash,
        "not_a_bend.AT_REST",
        0.005,
        0.0008,
        lambda x: hissing(off_gain=x, seconds=3, level=2e-3),
        "noise at",
        "a saturator",
    ),
    Limit(Squash, "not_a_bend.WHITE", 0.3, 0.02, lambda x: hissing(alike=x), "noise at", "a saturator"),
    Limit(
        Squash, "not_a_bend.STEADY_DB", 5.0, 0.2, lambda x: hissing(spread_db=x), "noise at", "a saturator"
    ),
    Limit(Squash, "not_a_bend.EVEN", 1.6, 0.05, lambda x: hissing(under_tops=x), "noise at", "a saturator"),
)

LIMITS = (*ALTERED, *NOT_A_BEND)

"""Mains hum: lines of the low end that are always there, and lines so narrow that no note has them."""

from unittest.mock import patch

import numpy as np

from core.checks import lines
from core.checks.lines import NoHum
from tests.checks.limits.table import Limit, featured, quiet, said, sound

WIDTH_HZ = 0.25
HZ = np.arange(2_000) * WIDTH_HZ


def heard(spectra, narrow=None, seconds=10.0):
    """A sound whose low end reads so over time, (moments, bins) of power, or holds these narrow lines."""
    frames = np.zeros((len(spectra), 2, len(HZ)), dtype=np.complex64)
    frames[:, 0] = np.sqrt(spectra)
    course = {"low": np.ones((64, 2), np.float32), "low_rate": 1000.0, "low_frames": (frames, HZ)}
    one = sound(featured(quiet(seconds), course=course))
    with patch.object(lines, "_line", lambda power, segments, rate, hz: (narrow or {}).get(hz)):
        return said(NoHum, one)


def steady(mains=50.0, count=2, over_db=30.0, holds=1.0, beside=None, seconds=10.0, numbers=None):
    """Harmonics of the mains over an even floor.

    ``holds``: what is there in nine tenths of the time, over the mean. ``beside``: another line beside each,
    its distance in Hz and how far it lies under.
    """
    power = np.full((11, len(HZ)), 1e-6)
    for number in numbers or range(1, round(count) + 1):
        for away_hz, under_db in ((0.0, 0.0), *([beside] if beside else [])):
            shape = np.exp(-3 * np.square(HZ - mains * number - away_hz) / WIDTH_HZ**2)
            often = 1e-6 * 10 ** ((over_db - under_db) / 10) * shape
            power = np.maximum(power, often)
            if holds < 1.0:
                power[2:] = np.maximum(power[2:], often * (11 / holds - 2) / 9)
    return heard(power, seconds=seconds)


STEADY = (
    Limit(NoHum, "lines.HUM_DB", 18.0, 0.2, lambda x: steady(over_db=x), "ok", "warn"),
    Limit(NoHum, "lines.HUM_STEADY", 0.4, 0.01, lambda x: steady(holds=x), "ok", "warn"),
    Limit(NoHum, "lines.FEWEST_HARMONICS", 2, (-1, 0), lambda x: steady(count=x), "ok", "warn"),
    Limit(NoHum, "lines.ALONE_DB", 8.0, 0.2, lambda x: steady(beside=(3.0, x)), "ok", "warn"),
    Limit(NoHum, "lines.ALONE_HZ[0]", 1.0, (-0.25, 0.0), lambda x: steady(beside=(x, 3.0)), "warn", "ok"),
    Limit(NoHum, "lines.ALONE_HZ[1]", 6.5, (-0.5, 0.25), lambda x: steady(beside=(x, 3.0)), "ok", "warn"),
    Limit(NoHum, "lines.OFF", 0.002, 2e-4, lambda x: steady(50 * (1 + x)), "warn", "ok"),
    Limit(NoHum, "lines.MAINS_HZ[0]", 50.0, (0.0, 1.0), steady, "warn", "ok"),
    Limit(NoHum, "lines.MAINS_HZ[1]", 60.0, (0.0, 1.0), steady, "warn", "ok"),
    *(
        Limit(
            NoHum,
            f"lines.HARMONICS[{k - 1}]",
            k,
            (0.0, 0.5),
            lambda x, other=1 if k > 1 else 2: steady(numbers=(other, x)),
            "warn",
            "ok",
        )
        for k in range(1, 7)
    ),
    Limit(NoHum, "lines.HUM_SHORTEST_S", 6.0, 0.01, lambda x: steady(seconds=x), "unasked", "warn"),
)


def narrow(count=2, above_db=20.0, alone_db=10.0, coherence=0.95):
    """Narrow lines at the first harmonics of 50 Hz."""
    found = {}
    for number in range(1, round(count) + 1):
        line = lines._Line([], 1000.0, 50.0 * number, above_db, alone_db)
        vars(line)["coherence"] = coherence
        found[50.0 * number] = line
    return heard(np.full((1, len(HZ)), 1e-6), found)


def many(count=3, alone_db=4.0, coherence=0.8):
    return narrow(count, alone_db=alone_db, coherence=coherence)


def lone(above_db=30.0, alone_db=20.0, coherence=0.99):
    return narrow(1, above_db, alone_db, coherence)


NARROW = (
    Limit(NoHum, "lines.NARROW_DB", 14.0, 0.1, lambda x: narrow(above_db=x), "ok", "warn"),
    Limit(NoHum, "lines.NARROW_ALONE_DB", 5.0, 0.1, lambda x: narrow(alone_db=x), "ok", "warn"),
    Limit(NoHum, "lines.COHERENT", 0.85, 0.01, lambda x: narrow(coherence=x), "ok", "warn"),
    Limit(NoHum, "lines.MANY", 3, (-1, 0), many, "ok", "warn"),
    Limit(NoHum, "lines.MANY_ALONE_DB", 3.0, 0.1, lambda x: many(alone_db=x), "ok", "warn"),
    Limit(NoHum, "lines.MANY_COHERENT", 0.75, 0.01, lambda x: many(coherence=x), "ok", "warn"),
    Limit(NoHum, "lines.LONE_DB", 28.0, 0.1, lone, "ok", "warn"),
    Limit(NoHum, "lines.LONE_ALONE_DB", 15.0, 0.1, lambda x: lone(alone_db=x), "ok", "warn"),
    Limit(NoHum, "lines.LONE_COHERENT", 0.97, 0.005, lambda x: lone(coherence=x), "ok", "warn"),
)

LIMITS = (*STEADY, *NARROW)

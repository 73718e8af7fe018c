"""What the compiled loops count, each at its limit: flat tops, samples at the extremes, wrapped jumps."""

import numpy as np

from core.checks.peaks import FlatTops
from core.checks.wrapped import NoWrap
from tests.checks.limits.table import RATE, Limit, said, sound, valued, wave

FLANK = [0.03, 0.11, 0.26, 0.38]
FALL = [0.36, 0.24, 0.1, 0.01, -0.08, -0.21, -0.1]


def hills(run=3, height=0.9, edge=0.2, beside=None, seconds=10.0):
    """Half-waves that end in a run of equal samples, reached by an edge; a peak of 1 may stand beside."""
    hill = [*FLANK, height - edge, *[height] * round(run), height - 0.9 * edge, *FALL]
    period = 300 if beside else 40
    rows = np.tile([0.001, -0.002], (round(seconds * RATE / period), period // 2))
    rows[:, 20 : 20 + len(hill)] = hill
    if beside:
        rows[:, 20 + len(FLANK) + 1 + round(beside)] = 1.0
    return said(FlatTops, sound(valued(wave(rows.reshape(-1)))))


def under_a_peak(share):
    """Flat tops at a share of the round peak before each."""
    hill = [*FLANK, 0.7, *[share] * 3, 0.72, *FALL]
    rows = np.tile([0.001, -0.002], (250, 20))
    rows[:, 20 : 20 + len(hill)] = hill
    rows[:, 5:10] = [0.2, 0.6, 1.0, 0.6, 0.2]
    return said(FlatTops, sound(valued(wave(rows.reshape(-1)))))


def on_a_grid(steps):
    """Flat tops whose neighbours lie so many steps of the grid lower."""
    grid = 2.0**-7
    hill = np.array([3, 11, 26, 50, 100 - steps, 100, 100, 100, 99, 60, 30, 10, -9, -20, -8])
    rows = np.tile([0.0, -grid], (250, 20))
    rows[:, 20 : 20 + len(hill)] = hill * grid
    return said(FlatTops, sound(valued(wave(rows.reshape(-1)))))


def at_extremes(level=1.0, first=0, last=1_000, peak_at=None, peak=1.0):
    """A second that between two frames only jumps between two levels, for no time that repeats."""
    samples = np.tile([0.001, -0.002], RATE // 2)
    lengths = np.resize([2, 5, 9, 13, 4, 17, 7, 11, 3, 21], 400)
    signs = np.repeat(np.where(np.arange(400) % 2, 1.0, -1.0), lengths)
    samples[first:last] = level * signs[: last - first]
    if peak_at is not None:
        samples[peak_at] = peak
    return said(FlatTops, sound(valued(wave(samples))))


def wrapping(level=0.95, smooth=0.1):
    """A wave that leaves the scale at the top and goes on from its bottom, and back; its peak is 1."""
    up = [0.0, 0.3, level - smooth, level, -level, -level + 0.05, -0.5, 0.0]
    wraps = np.array([up, -np.array(up)]).reshape(-1)
    rows = np.tile(np.concatenate([wraps, [0.5, 1.0, 0.5, 0.0]]), 500)
    return said(NoWrap, sound(wave(rows)))


LIMITS = (
    Limit(FlatTops, "kernels.SHORTEST_RUN", 3, (-1, 0), hills, "ok", "fail"),
    Limit(FlatTops, "kernels.SQUARE_DROP", 0.5, 0.01, lambda x: hills(edge=x), "fail", "ok"),
    Limit(FlatTops, "kernels.EXTREME", 0.98, 0.002, under_a_peak, "ok", "fail"),
    Limit(FlatTops, "kernels.GRID_STEPS", 3.0, (0, 1), on_a_grid, "ok", "fail"),
    Limit(FlatTops, "waveform.NEARBY_BLOCKS", 50, (0, 1), lambda x: hills(beside=x), "ok", "fail"),
    Limit(
        FlatTops,
        "waveform.RAIL",
        0.97,
        0.002,
        lambda x: at_extremes(x, peak_at=500),
        "ok",
        "fail",
    ),
    Limit(
        FlatTops,
        "waveform.RAIL_BLOCKS",
        500,
        (0, 1),
        lambda x: at_extremes(0.9, round(x), round(x) + 250, peak_at=0),
        "ok",
        "fail",
    ),
    Limit(
        FlatTops,
        "waveform.RAIL_FLOOR",
        0.01,
        0.0005,
        lambda x: at_extremes(x, 510, 1_000, peak_at=0),
        "ok",
        "fail",
    ),
    Limit(NoWrap, "kernels.WRAP_LEVEL", 0.85, 0.005, lambda x: wrapping(x, 0.2), "ok", "fail"),
    Limit(NoWrap, "kernels.WRAP_SMOOTH", 0.4, 0.01, lambda x: wrapping(smooth=x), "fail", "ok"),
)

"""What gain reduction comes to over a song: how long the sound was turned down, and by how much."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.dsp.limiter import CURVE_HOP_S, Curve

MOST_POINTS = 600
NOTHING_DB = 0.1
"""Less reduction than this counts as none: it is inaudible."""
LEAST_BINS_DB = 6
"""The histogram reaches at least so far, so that those of two masters are read alike."""


@dataclass(frozen=True)
class ReductionHistogram:
    """How long the gain was reduced by how much."""

    edges_db: tuple[float, ...]
    """One more than there are bins: 0, 0.1, 1, 2, 3 ... dB; the first bin is the time without reduction."""
    seconds: tuple[float, ...]
    """Time in each bin, its lower edge included; together they are the song's length."""


def reduction_histogram(curve_db: Curve, duration_s: float) -> ReductionHistogram:
    """Return how ``duration_s`` of sound is spread over gain reduction.

    ``curve_db``: positive, one value each 10 ms, the last of which may be cut short by the end of the sound;
    empty when nothing was reduced.
    """
    most = max(LEAST_BINS_DB, math.floor(float(curve_db.max(initial=0.0))) + 1)
    edges = np.array([0.0, NOTHING_DB, *range(1, most + 1)])
    if curve_db.size:
        lasts = np.full(curve_db.size, CURVE_HOP_S)
        lasts[-1] = duration_s - (curve_db.size - 1) * CURVE_HOP_S
        seconds, _ = np.histogram(curve_db, bins=edges, weights=lasts)
    else:
        seconds = np.array([duration_s, *np.zeros(edges.size - 2)])
    return ReductionHistogram(
        tuple(float(edge) for edge in edges), tuple(round(float(value), 4) for value in seconds)
    )


def thinned(curve_db: Curve) -> tuple[list[float], float]:
    """Return at most MOST_POINTS points, the largest of each group, and their distance in s."""
    group = max(1, math.ceil(curve_db.size / MOST_POINTS))
    points = np.maximum.reduceat(curve_db, np.arange(0, curve_db.size, group))
    return [round(float(value), 2) for value in points], group * CURVE_HOP_S

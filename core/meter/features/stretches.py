"""Stretches of a sound, a second or more each, half overlapped: whether what it holds there is noise.

Noise of any colour and any envelope has three marks: within narrow neighbourhoods its bins scatter as chance
has it, the scatter averages out over some frames, and the shape of its spectrum stands still. A distorted
guitar has the first, a note the third; music does not have all of them for long.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.meter.features.frames import Frames

SPREAD_DB = 4.34
"""Standard deviation of the level of one bin of noise (chi-squared, two degrees) in nepers times 10 log e."""
BINS_PER_FREE = 1.5
"""A Hann window ties neighbouring bins together: so many count as one free one."""
EMPTY_DB = 60.0
"""Bands and neighbourhoods this far under the strongest hold nothing of the sound."""
FEWEST_LOUD = 0.5

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Stretches:
    """Figures per stretch; NaN where less than half of it is audible."""

    start_s: Doubles
    stop_s: Doubles
    flatness: Doubles
    """Median of the frames' fine flatness: 0.56 for noise."""
    smoothness: Doubles
    """Fine flatness of the frames' mean: near 1 for noise, whose scatter averages out; lines stay."""
    restlessness: Doubles
    """How far the spectrum's shape moves from frame to frame, over what noise moves by: 1 for noise."""


def read_stretches(frames: Frames) -> Stretches:
    """Gather the frames' figures."""
    steps = int(frames.stretch[-1]) + 1 if len(frames.stretch) else 0
    count = min(steps, max(1, steps - 1))
    start, stop, flatness, smoothness, restlessness = np.full((5, count), np.nan)
    by_chance = SPREAD_DB / np.sqrt(np.maximum(1.0, frames.bins / BINS_PER_FREE))
    half = frames.size / 2 / frames.rate
    for n in range(count):
        mine = (frames.stretch == n) | (frames.stretch == n + 1)
        times = frames.time_s[mine]
        start[n], stop[n] = times[0] - half, times[-1] + half
        loud = mine & frames.loud
        if loud.sum() < max(3, FEWEST_LOUD * mine.sum()):
            continue
        flatness[n] = np.median(frames.flatness[loud])
        shape = frames.shape_db[loud].astype(np.float64)
        filled = shape.mean(axis=0) > shape.mean(axis=0).max() - EMPTY_DB
        shape = shape[:, filled] - shape[:, filled].mean(axis=1, keepdims=True)
        moved = np.sqrt(np.mean(((shape - shape.mean(axis=0)) / by_chance[filled]) ** 2, axis=0))
        restlessness[n] = np.median(moved)
        rows = frames.together[n : n + 2].sum(axis=0, dtype=np.float64) + 1e-20
        rows = rows[rows.mean(axis=1) > 10 ** (-EMPTY_DB / 10) * rows.mean(axis=1).max(initial=0.0)]
        if rows.size:
            smoothness[n] = np.median(np.exp(np.log(rows).mean(axis=1)) / rows.mean(axis=1))
    return Stretches(start, stop, flatness, smoothness, restlessness)

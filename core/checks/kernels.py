"""The compiled loops of the checks.

Like the meter's kernels they read the interleaved samples where they lie. They are asked only about
sounds that passed the ``finite`` gate, so no flag about NaN is needed and none is set.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.meter.compiled import FLOATS, INDEX, INTEGERS, READ_FLOATS, SAMPLES, kernel

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

SHORTEST_RUN = 3
GRID_STEPS = np.float32(3.0 / 32768.0)
"""Rounding to 16 bits flattens the top of a slow wave; such a top's neighbours lie within three steps."""
SQUARE_DROP = np.float32(0.5)
"""A clipped wave climbs to its flat top; the edge of a square wave jumps there by more than this share."""
EXTREME = np.float32(0.98)
NEARBY_BLOCKS = 50


@kernel(SAMPLES, INDEX, INDEX, FLOATS, FLOATS)
def read_blocks(samples: Floats, channel: int, size: int, peak: Floats, bend: Floats) -> None:
    """Fill the highest magnitude and the highest second difference of each block of ``size`` frames."""
    before, last = np.float32(0.0), np.float32(0.0)
    if len(samples):
        before = last = samples[0, channel]
    for b in range(len(peak)):
        highest, sharpest = np.float32(0.0), np.float32(0.0)
        for i in range(b * size, min(len(samples), (b + 1) * size)):
            value = samples[i, channel]
            highest = max(highest, abs(value))
            sharpest = max(sharpest, abs(value - last - last + before))
            before, last = last, value
        peak[b], bend[b] = highest, sharpest


@kernel(SAMPLES, INDEX, INDEX, READ_FLOATS, INTEGERS, INTEGERS)
def read_runs(
    samples: Floats, channel: int, size: int, nearby: Floats, tops: Integers, sums: Integers
) -> None:
    """Count runs of three or more equal samples that are not zero.

    ``nearby``: per block, the highest magnitude within 50 ms. ``tops``: filled per block with the clipped
    tops that begin there (a run at that height, reached by a slope and not by a jump). ``sums``: samples
    in any run, samples in clipped tops, length and first frame of the longest run.
    """
    frames = len(samples)
    start = 0
    for i in range(1, frames + 1):
        if i < frames and samples[i, channel] == samples[start, channel]:
            continue
        length, level = i - start, samples[start, channel]
        if length >= SHORTEST_RUN and level != 0:
            sums[0] += length
            if length > sums[2]:
                sums[2], sums[3] = length, start
            if start > 0 and i < frames:
                sign = np.float32(1.0) if level > 0 else np.float32(-1.0)
                rise = sign * (level - samples[start - 1, channel])
                fall = sign * (level - samples[i, channel])
                step, height = min(rise, fall), abs(level)
                peaked = step > 0 and max(rise, fall) > GRID_STEPS and step < SQUARE_DROP * height
                if peaked and height >= EXTREME * nearby[start // size]:
                    tops[start // size] += 1
                    sums[1] += length
        start = i

"""The compiled loops of the checks.

Like the meter's kernels they read the interleaved samples where they lie. They are asked only about
sounds that passed the ``finite`` gate, so no flag about NaN is needed and none is set.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.meter.compiled import COUNTS, FLOATS, INDEX, INTEGERS, NUMBER, READ_FLOATS, SAMPLES, kernel

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Counts = npt.NDArray[np.uint8]

MOST_FRAMES = 255
"""Frames of a block, so that what is counted in it fits in a byte."""

SHORTEST_RUN = 3
GRID_STEPS = np.float32(3.0)
"""Rounding flattens the top of a slow wave; such a top's neighbours lie within three steps."""
SQUARE_DROP = np.float32(0.5)
"""A clipped wave climbs to its flat top; the edge of a square wave jumps there by more than this share."""
EXTREME = np.float32(0.98)
WRAP_LEVEL = np.float32(0.85)
WRAP_SMOOTH = np.float32(0.4)


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


@kernel(SAMPLES, INDEX, INDEX, NUMBER, READ_FLOATS, COUNTS, INTEGERS)
def read_runs(
    samples: Floats, channel: int, size: int, step: float, nearby: Floats, tops: Counts, sums: Integers
) -> None:
    """Count runs of three or more equal samples that are not zero.

    ``step``: the distance of two levels that the samples are rounded to.

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
                edge, height = min(rise, fall), abs(level)
                peaked = edge > 0 and max(rise, fall) > GRID_STEPS * step and edge < SQUARE_DROP * height
                if peaked and height >= EXTREME * nearby[start // size]:
                    tops[start // size] += 1
                    sums[1] += length
        start = i


@kernel(SAMPLES, INDEX, INDEX, READ_FLOATS, READ_FLOATS, COUNTS, COUNTS, COUNTS)
def read_rails(
    samples: Floats,
    channel: int,
    size: int,
    peak: Floats,
    level: Floats,
    rails: Counts,
    starts: Counts,
    alike: Counts,
) -> None:
    """Fill, per block, what lies at the sound's extremes: runs of one sign whose every sample is that high.

    ``peak``: the highest magnitude of each block; ``level``: from where on a sample of it counts as extreme,
    0 for none. ``rails``: samples in such runs. ``starts``: runs that end there. ``alike``: those among them
    about as long as one of the last two of the same sign, as the half-waves of an oscillator are.
    """
    frames, length, sign = len(samples), 0, 0
    lasts = np.zeros((2, 2), dtype=np.int64)
    for b in range(len(peak) + 1):
        limit = level[b] if b < len(peak) else np.float32(0.0)
        asked = limit > 0 and peak[b] >= limit
        last = min(frames, (b + 1) * size) if asked else b * size + 1
        for i in range(b * size, last):
            value = samples[i, channel] if asked else np.float32(0.0)
            now = 0 if not asked else (1 if value >= limit else (-1 if value <= -limit else 0))
            if now != 0 and now == sign:
                length += 1
                continue
            if length >= 2:
                ended = (i - 1) // size
                side = 0 if sign < 0 else 1
                rails[ended] += length
                starts[ended] += 1
                if min(abs(length - lasts[side, 0]), abs(length - lasts[side, 1])) <= 1:
                    alike[ended] += 1
                lasts[side, 1] = lasts[side, 0]
                lasts[side, 0] = length
            sign, length = now, (1 if now != 0 else 0)


@kernel(SAMPLES, INDEX, INDEX, NUMBER, READ_FLOATS, COUNTS, COUNTS)
def read_wraps(
    samples: Floats, channel: int, size: int, full: float, peak: Floats, down: Counts, up: Counts
) -> None:
    """Count, per block, jumps from one end of the scale to the other that go on as if there were no end.

    ``full``: the sound's peak, ``peak`` that of each block. Both samples lie over :data:`WRAP_LEVEL` of it
    on opposite sides, and once the second is put back by twice the peak, the wave runs on smoothly.
    ``down``: from above to below.
    """
    high, smooth = WRAP_LEVEL * full, WRAP_SMOOTH * full
    for b in range(len(peak)):
        if peak[b] < high:
            continue
        for i in range(max(2, b * size), min(len(samples) - 1, (b + 1) * size)):
            last, value = samples[i - 1, channel], samples[i, channel]
            falls, rises = last >= high and value <= -high, last <= -high and value >= high
            if not (falls or rises):
                continue
            turn = np.float32(2.0 * full) if falls else np.float32(-2.0 * full)
            before, after = last - samples[i - 2, channel], samples[i + 1, channel] - value
            if max(abs(before), abs(after), abs(value + turn - last)) > smooth or (
                before == 0 and after == 0
            ):
                continue
            # A wave that wraps was on its way beyond the scale, on one side of the jump at least.
            onward = np.float32(1.0) if falls else np.float32(-1.0)
            if onward * (last + before) <= full and onward * (value - after) >= -full:
                continue
            if falls:
                down[b] += 1
            else:
                up[b] += 1

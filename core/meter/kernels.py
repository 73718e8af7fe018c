"""The compiled loops of the meter.

The kernels read the interleaved samples where they lie and copy a few hundred at a time, so they need next to
no memory of their own, and they release the GIL. Their floating-point flags let the compiler reorder
sums but never assume that there is no NaN: under ``fastmath=True`` a NaN would not be counted.

They are written as plain loops over scalars: slice assignments, ``copy()`` and array reductions take the
compiler many times as long.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from core.meter.compiled import (
    FINITE,
    GRID,
    IN_ORDER,
    INDEX,
    NUMBER,
    READ_FLOATS,
    READ_GRID,
    READ_INTEGERS,
    REORDERED,
    SAMPLES,
    TAPS,
    kernel,
    part,
)

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

LARGEST_FINITE = np.float32(np.finfo(np.float32).max)
CHUNK = 64
"""Samples for which the interpolator is run or skipped together."""
BAD, SUM, PRODUCT, ENERGY, K_ENERGY, LOW, HIGH = range(7)
"""What is read of each piece of a channel, by its row: see :func:`scan_channel`."""
ROWS = 7

# Numba wraps negative indices round, and that test keeps a loop from being vectorised unless its index
# plainly starts at 0: hence the slices below.


@part(REORDERED)
def _copy_finite(source: Floats, into: Floats) -> int:
    """Copy samples with non-finite ones as zero; return how many there were."""
    bad = 0
    for i in range(len(source)):
        value = source[i]
        finite = abs(value) <= LARGEST_FINITE
        into[i] = value if finite else np.float32(0.0)
        bad += 0 if finite else 1
    return bad


@part(FINITE)
def _read(mine: Floats, partner: Floats, frames: int, piece: int, found: Doubles) -> None:
    total, product, energy = 0.0, 0.0, 0.0
    low, high = mine[0], mine[0]
    for i in range(frames):
        value = np.float64(mine[i])
        total += value
        energy += value * value
        product += value * np.float64(partner[i])
        low, high = min(low, mine[i]), max(high, mine[i])
    found[SUM, piece], found[PRODUCT, piece], found[ENERGY, piece] = total, product, energy
    found[LOW, piece], found[HIGH, piece] = low, high


@part(IN_ORDER)
def _k_energy(values: Floats, frames: int, taps: Doubles, state: Doubles) -> float:
    """Sum of squares behind the K filter: two sections in transposed direct form II, ``state`` kept.

    Written in state-space form, in which a section's next state waits for one multiplication and not
    for its output; the compiler must not reorder it.
    """
    b0, b1, b2, a1, a2 = taps[0, 0], taps[0, 1], taps[0, 2], taps[0, 3], taps[0, 4]
    d0, d1, d2, c1, c2 = taps[1, 0], taps[1, 1], taps[1, 2], taps[1, 3], taps[1, 4]
    e1, e2, f1, f2 = b1 - a1 * b0, b2 - a2 * b0, d1 - c1 * d0, d2 - c2 * d0
    s1, s2, t1, t2 = state[0], state[1], state[2], state[3]
    total = 0.0
    for i in range(frames):
        x = np.float64(values[i])
        y = b0 * x + s1
        s1, s2 = e1 * x + s2 - a1 * s1, e2 * x - a2 * s1
        z = d0 * y + t1
        t1, t2 = f1 * y + t2 - c1 * t1, f2 * y - c2 * t1
        total += z * z
    if abs(s1) + abs(s2) + abs(t1) + abs(t2) < 1e-15:  # else a long silence is counted in slow denormals
        s1 = s2 = t1 = t2 = 0.0
    state[0], state[1], state[2], state[3] = s1, s2, t1, t2
    return total


@kernel(SAMPLES, INDEX, INDEX, READ_INTEGERS, READ_GRID, GRID, flags=REORDERED)
def scan_channel(
    samples: Floats, channel: int, other: int, cuts: Indices, k_taps: Doubles, found: Doubles
) -> None:
    """Read one channel once, from cut to cut, and fill ``found``, (ROWS, pieces).

    Per piece: non-finite samples, sum, sum of products with the channel ``other`` (with itself when that is
    negative), plain and K-weighted sum of squares, lowest and highest sample. Non-finite samples are
    read as zero.
    """
    longest = 1
    for p in range(len(cuts) - 1):
        longest = max(longest, cuts[p + 1] - cuts[p])
    mine, partner = np.empty(longest, np.float32), np.empty(longest, np.float32)
    state = np.zeros(4, np.float64)
    for p in range(len(cuts) - 1):
        start, stop = cuts[p], cuts[p + 1]
        found[BAD, p] = _copy_finite(samples[start:stop, channel], mine)
        if other >= 0:
            _copy_finite(samples[start:stop, other], partner)
        _read(mine, partner if other >= 0 else mine, stop - start, p, found)
        found[K_ENERGY, p] = _k_energy(mine, stop - start, k_taps, state)


@part(FINITE)
def _loudest(piece: Floats) -> Any:
    best = np.float32(0.0)
    for i in range(len(piece)):
        best = max(best, abs(piece[i]))
    return best


@part(FINITE)
def _interpolated_peak(piece: Floats, taps: Floats, line: Floats) -> Any:
    """Highest magnitude between the samples for CHUNK samples, of which the first is ``piece[11]``."""
    best = np.float32(0.0)
    for phase in range(taps.shape[0]):
        row = taps[phase]
        for i in range(CHUNK):
            line[i] = np.float32(0.0)
        for t in range(0, row.shape[0], 8):
            c0, c1, c2, c3 = row[t], row[t + 1], row[t + 2], row[t + 3]
            c4, c5, c6, c7 = row[t + 4], row[t + 5], row[t + 6], row[t + 7]
            x = piece[t:]
            for i in range(CHUNK):
                near = c0 * x[i] + c1 * x[i + 1] + c2 * x[i + 2] + c3 * x[i + 3]
                far = c4 * x[i + 4] + c5 * x[i + 5] + c6 * x[i + 6] + c7 * x[i + 7]
                line[i] += near + far
        for i in range(CHUNK):
            best = max(best, abs(line[i]))
    return best


@kernel(SAMPLES, INDEX, READ_INTEGERS, READ_FLOATS, TAPS, NUMBER, NUMBER, flags=REORDERED)
def true_peak(
    samples: Floats,
    channel: int,
    block_edges: Indices,
    block_peak: Floats,
    taps: Floats,
    norm: float,
    known: float,
) -> float:
    """Highest magnitude of the channel oversampled with ``taps``, or ``known`` when that is higher.

    Only where the samples nearby are high enough to beat the best so far (their peak times the filter's
    L1 norm, ``norm``) is anything computed: first whole blocks are passed over, then chunks of 64. The result
    is that of the full computation. Outside of the sound there is silence.
    """
    before, after = taps.shape[1] // 2 - 1, taps.shape[1] // 2
    frames, blocks = samples.shape[0], len(block_peak)
    longest = 0
    for b in range(blocks):
        longest = max(longest, block_edges[b + 1] - block_edges[b])
    padded = np.empty(longest + taps.shape[1] + CHUNK, np.float32)
    line = np.empty(CHUNK, np.float32)
    best, most = np.float32(known), np.float32(norm)
    for b in range(blocks):
        start, stop = block_edges[b], block_edges[b + 1]
        nearby = block_peak[b]
        if b > 0:
            nearby = max(nearby, block_peak[b - 1])
        if b + 1 < blocks:
            nearby = max(nearby, block_peak[b + 1])
        if nearby * most <= best:
            continue
        outputs = (stop - start + CHUNK - 1) // CHUNK * CHUNK
        first, last = max(0, start - before), min(frames, start + outputs + after)
        for i in range(len(padded)):
            padded[i] = np.float32(0.0)
        _copy_finite(samples[first:last, channel], padded[first - (start - before) :])
        for at in range(0, stop - start, CHUNK):
            piece = padded[at : at + before + CHUNK + after]
            if _loudest(piece) * most > best:
                best = max(best, _interpolated_peak(piece, taps, line))
    return np.float64(best)


@kernel(SAMPLES, INDEX, READ_INTEGERS, READ_FLOATS, READ_FLOATS, NUMBER, NUMBER, flags=REORDERED)
def count_flat_tops(
    samples: Floats,
    channel: int,
    block_edges: Indices,
    block_low: Floats,
    block_high: Floats,
    bottom: float,
    top: float,
) -> int:
    """Count runs of three or more equal samples at the channel's extremes, or at full scale.

    ``bottom`` and ``top``: the channel's lowest and highest sample. Rounding to 16 bits flattens the top of
    any slow wave too: a run on that grid whose neighbours on both sides lie within three steps of it is such
    a top and is not counted.
    """
    step, full_scale = np.float32(1.0 / 32768.0), np.float32(0.9999)
    frames, count = samples.shape[0], 0
    for b in range(len(block_high)):
        at_top = block_high[b] > 0 and (block_high[b] == top or block_high[b] >= full_scale)
        at_bottom = block_low[b] < 0 and (block_low[b] == bottom or block_low[b] <= -full_scale)
        if not (at_top or at_bottom):
            continue
        i = block_edges[b]
        while i < block_edges[b + 1]:
            level = samples[i, channel]
            is_high = level > 0 and (level == top or level >= full_scale)
            is_low = level < 0 and (level == bottom or level <= -full_scale)
            if not (is_high or is_low) or (i > 0 and samples[i - 1, channel] == level):
                i += 1
                continue
            end = i + 1
            while end < frames and samples[end, channel] == level:
                end += 1
            if end - i >= 3 and abs(level) <= LARGEST_FINITE:
                before = samples[i - 1, channel] if i > 0 else np.float32(0.0)
                after = samples[end, channel] if end < frames else np.float32(0.0)
                drop = max(abs(level - before), abs(level - after)) / step
                on_grid = level / step == np.rint(level / step) and drop == np.rint(drop)
                if not (on_grid and drop <= 3.0):
                    count += 1
            i = end
    return count

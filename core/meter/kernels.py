"""The compiled loops of the meter; the only module of it that imports numba.

The kernels read the interleaved samples where they lie and copy 10 ms at a time, so they need next to no
memory of their own, and they release the GIL. Their floating-point flags let the compiler reorder
sums but never assume that there is no NaN: under ``fastmath=True`` a NaN would not be counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

F = TypeVar("F", bound=Callable[..., Any])
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

_FLAGS = {"contract", "reassoc", "arcp", "nsz"}
_FLAGS_FOR_FINITE = _FLAGS | {"nnan", "ninf"}

LARGEST_FINITE = np.float32(np.finfo(np.float32).max)
CHUNK = 64
"""Samples for which the interpolator is run or skipped together."""


def _compiled(flags: set[str]) -> Callable[[F], F]:
    """Compile with these flags and keep the machine code on disk where some folder for it is writable."""

    def decorate(function: F) -> F:
        try:
            return cast(F, numba.njit(cache=True, nogil=True, fastmath=flags)(function))
        except RuntimeError:  # numba found no writable folder: it compiles anew in each process
            return cast(F, numba.njit(nogil=True, fastmath=flags)(function))

    return decorate


def run(kernel: Callable[..., Any], *arguments: Any) -> Any:
    """Call a kernel; when its machine code cannot be written to disk (it is full), it runs all the same."""
    try:
        return kernel(*arguments)
    except OSError:  # numba has compiled it by now and only failed to save it
        return kernel(*arguments)


# Numba wraps negative indices round, and that test keeps a loop from being vectorised unless its index
# plainly starts at 0: hence the slices below.


@_compiled(_FLAGS)
def _copy_finite(source: Floats, into: Floats) -> int:
    """Copy samples with non-finite ones as zero; return how many there were."""
    bad = 0
    for i in range(len(source)):
        value = source[i]
        finite = abs(value) <= LARGEST_FINITE
        into[i] = value if finite else np.float32(0.0)
        bad += 0 if finite else 1
    return bad


@_compiled(_FLAGS_FOR_FINITE)
def _lowest(values: Floats) -> Any:
    best = values[0]
    for i in range(len(values)):
        best = min(best, values[i])
    return best


@_compiled(_FLAGS_FOR_FINITE)
def _highest(values: Floats) -> Any:
    best = values[0]
    for i in range(len(values)):
        best = max(best, values[i])
    return best


@_compiled(_FLAGS_FOR_FINITE)
def _product(a: Floats, b: Floats) -> float:
    total = 0.0
    for i in range(len(a)):
        total += np.float64(a[i]) * np.float64(b[i])
    return total


@_compiled(_FLAGS_FOR_FINITE)
def _sum(values: Floats) -> float:
    total = 0.0
    for i in range(len(values)):
        total += np.float64(values[i])
    return total


@_compiled({"contract"})
def _k_energy(values: Floats, taps: Doubles, state: Doubles) -> float:
    """Sum of squares behind the K filter: two sections in transposed direct form II, ``state`` kept.

    Written in state-space form, in which a section's next state waits for one multiplication and not
    for its output; the compiler must not reorder it.
    """
    b0, b1, b2, a1, a2 = taps[0, 0], taps[0, 1], taps[0, 2], taps[0, 3], taps[0, 4]
    d0, d1, d2, c1, c2 = taps[1, 0], taps[1, 1], taps[1, 2], taps[1, 3], taps[1, 4]
    e1, e2, f1, f2 = b1 - a1 * b0, b2 - a2 * b0, d1 - c1 * d0, d2 - c2 * d0
    s1, s2, t1, t2 = state[0], state[1], state[2], state[3]
    total = 0.0
    for i in range(len(values)):
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


@_compiled(_FLAGS)
def scan_channel(
    samples: Floats,
    channel: int,
    other: int,
    block_edges: Indices,
    column_edges: Indices,
    k_taps: Doubles,
    k_energy: Doubles,
    energy: Doubles,
    block_low: Floats,
    block_high: Floats,
    column_low: Floats,
    column_high: Floats,
    sums: Doubles,
) -> None:
    """Read one channel once and fill the arrays given.

    Per block (``block_edges``, 10 ms): K-weighted and plain sum of squares, lowest and highest sample. Per
    column of the picture: lowest and highest, NaN when it holds a non-finite sample. ``sums``: count of
    non-finite samples, sum, and sum of products with the channel ``other`` (none when it is negative).
    """
    longest = 1
    for b in range(len(block_edges) - 1):
        longest = max(longest, block_edges[b + 1] - block_edges[b])
    mine = np.zeros(longest, np.float32)
    partner = np.zeros(longest, np.float32)
    state = np.zeros(4, np.float64)
    column, column_is_broken, column_is_open = 0, False, False
    for b in range(len(block_edges) - 1):
        start, stop = block_edges[b], block_edges[b + 1]
        block = mine[: stop - start]
        bad = _copy_finite(samples[start:stop, channel], block)
        sums[0] += bad
        sums[1] += _sum(block)
        if other >= 0:
            _copy_finite(samples[start:stop, other], partner)
            sums[2] += _product(block, partner)
        energy[b] = _product(block, block)
        k_energy[b] = _k_energy(block, k_taps, state)
        low, high = block[0], block[0]
        at = start
        while at < stop:
            end = min(stop, column_edges[column + 1])
            piece = block[at - start : end - start]
            piece_low, piece_high = _lowest(piece), _highest(piece)
            low, high = min(low, piece_low), max(high, piece_high)
            if column_is_open:
                column_low[column] = min(column_low[column], piece_low)
                column_high[column] = max(column_high[column], piece_high)
            else:
                column_low[column], column_high[column] = piece_low, piece_high
                column_is_open = True
            if bad > 0:
                for i in range(at, end):
                    if not abs(samples[i, channel]) <= LARGEST_FINITE:
                        column_is_broken = True
            if end == column_edges[column + 1]:
                if column_is_broken:
                    column_low[column] = column_high[column] = np.float32(np.nan)
                column += 1
                column_is_broken = column_is_open = False
            at = end
        block_low[b], block_high[b] = low, high


@_compiled(_FLAGS_FOR_FINITE)
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


@_compiled(_FLAGS)
def true_peak(
    samples: Floats, channel: int, block_edges: Indices, block_peak: Floats, taps: Floats, known: float
) -> Any:
    """Highest magnitude of the channel oversampled with ``taps``, or ``known`` when that is higher.

    Only where the samples nearby are high enough to beat the best so far (their peak times the filter's
    L1 norm) is anything computed: first whole blocks are passed over, then chunks of 64. The result is
    that of the full computation. Outside of the sound there is silence.
    """
    before, after = taps.shape[1] // 2 - 1, taps.shape[1] // 2
    norm = np.float32(0.0)
    for phase in range(taps.shape[0]):
        norm = max(norm, np.float32(np.abs(taps[phase]).sum()))
    frames, blocks = samples.shape[0], len(block_peak)
    longest = 0
    for b in range(blocks):
        longest = max(longest, block_edges[b + 1] - block_edges[b])
    padded = np.zeros(longest + taps.shape[1] + CHUNK, np.float32)
    line = np.zeros(CHUNK, np.float32)
    best = np.float32(known)
    for b in range(blocks):
        start, stop = block_edges[b], block_edges[b + 1]
        nearby = block_peak[b]
        if b > 0:
            nearby = max(nearby, block_peak[b - 1])
        if b + 1 < blocks:
            nearby = max(nearby, block_peak[b + 1])
        if nearby * norm <= best:
            continue
        outputs = (stop - start + CHUNK - 1) // CHUNK * CHUNK
        first, last = max(0, start - before), min(frames, start + outputs + after)
        padded[:] = np.float32(0.0)
        _copy_finite(samples[first:last, channel], padded[first - (start - before) :])
        for at in range(0, stop - start, CHUNK):
            piece = padded[at : at + before + CHUNK + after]
            if max(_highest(piece), -_lowest(piece)) * norm > best:
                best = max(best, _interpolated_peak(piece, taps, line))
    return best


@_compiled(_FLAGS)
def count_flat_tops(
    samples: Floats, channel: int, block_edges: Indices, block_low: Floats, block_high: Floats
) -> int:
    """Count runs of three or more equal samples at the channel's extremes, or at full scale.

    Rounding to 16 bits flattens the top of any slow wave too: a run on that grid whose neighbours on both
    sides lie within three steps of it is such a top and is not counted.
    """
    step, full_scale = np.float32(1.0 / 32768.0), np.float32(0.9999)
    frames = samples.shape[0]
    top, bottom = block_high.max(), block_low.min()
    count = 0
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

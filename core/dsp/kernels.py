"""The compiled loops of the limiter and the bus compressor; imported late, because numba is.

Plain loops over scalars: slice assignments, ``copy()`` and array reductions take the compiler many times
as long.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from core.meter.compiled import (
    FINITE,
    FLOATS,
    INDEX,
    NUMBER,
    READ_DOUBLES,
    READ_FLOATS,
    READ_INTEGER_GRID,
    SAMPLES,
    SAMPLES_OUT,
    TAPS,
    kernel,
    part,
)

Floats = npt.NDArray[np.float32]
Taps = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

CHUNK = 64
"""Frames for which the interpolator is run or skipped together."""
TREBLE_COUNTS = 3.0
"""How many times the treble of the samples a converter's filter may add between them."""
REST_DB = 0.1
"""A release heads this far past 0 dB, so that it ends instead of creeping up to it for ever."""


@part(FINITE)
def _raise_chunk(piece: Floats, taps: Taps, line: Floats, into: Floats) -> None:
    """Raise ``into`` (CHUNK frames) to the magnitudes at and after each frame; the first is ``piece[11]``."""
    before = taps.shape[1] // 2 - 1
    here = piece[before:]
    for i in range(CHUNK):
        into[i] = max(into[i], abs(here[i]))
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
            into[i] = max(into[i], abs(line[i]))


@kernel(SAMPLES, INDEX, NUMBER, TAPS, NUMBER, FLOATS, flags=FINITE)
def raise_envelope(
    samples: Floats, channel: int, threshold: float, taps: Taps, norm: float, envelope: Floats
) -> float:
    """Raise ``envelope`` to the channel's oversampled magnitude where that may pass ``threshold``.

    ``envelope[n]`` covers frame n and the points between it and the next. Chunks whose samples, times the
    interpolator's L1 norm (``norm``, at least 1), stay under the threshold are passed over. ``envelope`` is
    CHUNK longer than the sound. Returns the highest value met (0 when all was passed over).
    """
    before, after = taps.shape[1] // 2 - 1, taps.shape[1] // 2
    frames = samples.shape[0]
    piece, line = np.empty(before + CHUNK + after, np.float32), np.empty(CHUNK, np.float32)
    limit, most = np.float32(threshold), np.float32(norm)
    best = np.float32(0.0)
    for start in range(0, frames, CHUNK):
        highest = np.float32(0.0)
        for i in range(len(piece)):
            at = start - before + i
            piece[i] = samples[at, channel] if 0 <= at < frames else np.float32(0.0)
            highest = max(highest, abs(piece[i]))
        if highest * most > limit:
            into = envelope[start : start + CHUNK]
            _raise_chunk(piece, taps, line, into)
            for i in range(CHUNK):
                best = max(best, into[i])
    return np.float64(best)


@part(FINITE)
def _product(row: Floats, piece: Floats, first: int, stop: int, shift: int) -> Any:
    """Sum of products of ``row`` from ``first`` to ``stop`` and of ``piece`` that begins ``shift`` later."""
    total = np.float32(0.0)
    a, b = row[first:stop], piece[first + shift : stop + shift]
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@part(FINITE)
def _near(samples: Floats, channel: int, first: int, treble: Taps, line: Floats) -> Any:
    """Return the highest magnitude of what ``treble`` lets through in and beside the chunk at ``first``."""
    begin = first - CHUNK - len(treble) // 2
    for i in range(len(line)):
        at = begin + i
        line[i] = samples[at, channel] if 0 <= at < samples.shape[0] else np.float32(0.0)
    highest = np.float32(0.0)
    for n in range(3 * CHUNK):
        highest = max(highest, abs(_product(treble, line, 0, len(treble), n)))
    return highest


@kernel(SAMPLES, INDEX, NUMBER, NUMBER, READ_FLOATS, TAPS, READ_INTEGER_GRID, FLOATS, flags=FINITE)
def read_closely(
    samples: Floats,
    channel: int,
    ceiling: float,
    share: float,
    treble: Taps,
    taps: Taps,
    spans: Indices,
    readings: Floats,
) -> None:
    """Raise the readings that are near the ceiling to the highest magnitude that ``taps`` find there.

    ``readings[n]`` covers frame n and the points between it and the next, as the envelope does; each row of
    ``taps`` gives one of these points, and its taps other than 0 lie within its row of ``spans``. Filters
    differ by what is high in the band: only a reading that ``TREBLE_COUNTS`` times as much of it as is found
    nearby could bring over the ceiling is read again, and none under ``share`` of the ceiling.
    """
    frames, width = samples.shape[0], taps.shape[1]
    before = width // 2 - 1
    piece, line = np.empty(width, np.float32), np.empty(3 * CHUNK + len(treble) - 1, np.float32)
    for start in range(0, frames, CHUNK):
        last = min(frames, start + CHUNK)
        highest = np.float32(0.0)
        for n in range(start, last):
            highest = max(highest, readings[n])
        if highest <= share * ceiling:
            continue
        high = _near(samples, channel, start, treble, line)
        limit = np.float32(max(share * ceiling, ceiling - TREBLE_COUNTS * high))
        for n in range(start, last):
            if readings[n] <= limit:
                continue
            for i in range(width):
                at = n - before + i
                piece[i] = samples[at, channel] if 0 <= at < frames else np.float32(0.0)
            for phase in range(taps.shape[0]):
                point = _product(taps[phase], piece, spans[phase, 0], spans[phase, 1], 0)
                readings[n] = max(readings[n], abs(point))


@kernel(READ_FLOATS, NUMBER, READ_FLOATS, NUMBER, FLOATS)
def raise_where_over(
    readings: Floats, ceiling: float, reduction_db: Floats, gain: float, envelope: Floats
) -> None:
    """Raise the input's ``envelope`` where the limited sound still reads over the ceiling.

    There it will need the reduction that it had and what it is over by.
    """
    for n in range(len(reduction_db)):
        if readings[n] > ceiling:
            had = 10.0 ** (np.float64(reduction_db[n]) / 20.0)
            envelope[n] = max(np.float64(envelope[n]), np.float64(readings[n]) * had / gain)


@kernel(READ_FLOATS, NUMBER, NUMBER, FLOATS)
def needed_reduction(envelope: Floats, gain: float, ceiling: float, needed: Floats) -> bool:
    """Fill ``needed`` with the decibels that each frame is over the ceiling after ``gain``; whether any is.

    A point between two frames counts for both of them.
    """
    scale = gain / ceiling
    any_over = False
    previous = np.float64(0.0)
    for n in range(len(needed)):
        over = np.float64(envelope[n]) * scale
        worst = max(over, previous)
        previous = over
        if worst > 1.0:
            needed[n] = 20.0 * math.log10(worst)
            any_over = True
        else:
            needed[n] = 0.0
    return any_over


@kernel(FLOATS, INDEX)
def hold_highest(values: Floats, reach: int) -> None:
    """Replace each value by the highest within ``reach`` frames on either side, in place.

    Van Herk's running maximum ("A fast algorithm for local minimum and maximum filters", 1992): the highest
    so far within stretches as long as the window, forwards and backwards. Values are 0 or more.
    """
    frames, width = len(values), 2 * reach + 1
    size = (frames + 2 * width - 1) // width * width
    forward, backward = np.empty(size, np.float32), np.empty(size, np.float32)
    for first in range(0, size, width):
        best = np.float32(0.0)
        for i in range(first, first + width):
            if reach <= i < reach + frames:
                best = max(best, values[i - reach])
            forward[i] = best
        best = np.float32(0.0)
        for back in range(width):
            i = first + width - 1 - back
            if reach <= i < reach + frames:
                best = max(best, values[i - reach])
            backward[i] = best
    for n in range(frames):
        values[n] = max(backward[n], forward[n + width - 1])


@kernel(FLOATS, NUMBER)
def release(values: Floats, keep: float) -> None:
    """Let a reduction in dB go back to 0 exponentially, by the factor ``keep`` a frame, in place."""
    state = 0.0
    for n in range(len(values)):
        state = max(np.float64(values[n]), (state + REST_DB) * keep - REST_DB, 0.0)
        values[n] = state


@kernel(READ_FLOATS, INDEX, FLOATS)
def smooth(values: Floats, reach: int, out: Floats) -> None:
    """Write the mean of ``values`` under a Hann window of ``reach`` frames on either side to ``out``.

    The window's three terms are running sums, so that its length costs nothing. Where the window holds
    zeros alone, the result is exactly 0 and the sums start afresh. Beyond its ends the curve goes on level.
    """
    frames, last = len(values), len(values) - 1
    angle = math.pi / (reach + 1)
    turn_re, turn_im = math.cos(angle), -math.sin(angle)
    plain, re, im = 0.0, 0.0, 0.0
    width = 2 * reach + 1
    since_active = width
    for n in range(frames + 2 * reach):
        entering = np.float64(values[min(max(n - reach, 0), last)])
        leaving = np.float64(values[min(max(n - width - reach, 0), last)]) if n >= width else 0.0
        since_active = 0 if entering > 0.0 else since_active + 1
        if since_active >= width:
            plain = re = im = 0.0
        else:
            plain += entering - leaving
            re, im = re + leaving * turn_re - entering, im - leaving * turn_im
            re, im = re * turn_re - im * turn_im, re * turn_im + im * turn_re
        if n >= width - 1:
            out[n - width + 1] = max(0.0, (plain + re) / (2.0 * (reach + 1)))


@kernel(SAMPLES, NUMBER, READ_FLOATS, SAMPLES_OUT)
def apply_reduction(samples: Floats, gain: float, reduction_db: Floats, out: Floats) -> None:
    """Write ``samples`` times ``gain`` less the reduction; where that is 0, the static gain alone."""
    static = np.float32(gain)
    per_db = -math.log(10.0) / 20.0
    for n in range(samples.shape[0]):
        down = reduction_db[n]
        if down > 0.0:
            moving = gain * math.exp(per_db * down)
            for c in range(samples.shape[1]):
                out[n, c] = samples[n, c] * moving
        else:
            for c in range(samples.shape[1]):
                out[n, c] = samples[n, c] * static


@kernel(SAMPLES, NUMBER, NUMBER, NUMBER, READ_DOUBLES, FLOATS)
def compress(
    samples: Floats, threshold_db: float, slope: float, knee_db: float, times: Doubles, out: Floats
) -> None:
    """Fill ``out`` with the reduction in dB of a linked compressor.

    Mean square in, soft knee, attack and release.

    ``slope`` is 1 - 1 / ratio; ``times`` are the per-frame factors kept by the mean square, the attack and
    the release (Giannoulis, Massberg and Reiss, "Digital dynamic range compressor design", JAES 2012).
    """
    frames, channels = samples.shape
    mean_keep, attack_keep, release_keep = times[0], times[1], times[2]
    square, state = 0.0, 0.0
    for n in range(frames):
        power = 0.0
        for c in range(channels):
            power = max(power, np.float64(samples[n, c]) * np.float64(samples[n, c]))
        square = mean_keep * square + (1.0 - mean_keep) * power
        over = 10.0 * math.log10(square + 1e-20) - threshold_db
        if over <= -knee_db / 2:
            wanted = 0.0
        elif over < knee_db / 2:
            wanted = slope * (over + knee_db / 2) ** 2 / (2.0 * knee_db)
        else:
            wanted = slope * over
        keep = attack_keep if wanted > state else release_keep
        state = keep * state + (1.0 - keep) * wanted
        out[n] = state

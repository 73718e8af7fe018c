"""The compiled loops of the limiter and the bus compressor; imported late, because numba is."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

F = TypeVar("F", bound=Callable[..., Any])
Floats = npt.NDArray[np.float32]
Taps = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

CHUNK = 64
"""Frames for which the interpolator is run or skipped together."""
TREBLE_COUNTS = 3.0
"""How many times the treble of the samples a converter's filter may add between them."""
REST_DB = 0.1
"""A release heads this far past 0 dB, so that it ends instead of creeping up to it for ever."""


def _compiled(flags: set[str]) -> Callable[[F], F]:
    """Compile, and keep the machine code on disk where some folder for it is writable."""

    def decorate(function: F) -> F:
        try:
            return cast(F, numba.njit(cache=True, nogil=True, fastmath=flags)(function))
        except RuntimeError:  # numba found no writable folder: it compiles anew in each process
            return cast(F, numba.njit(nogil=True, fastmath=flags)(function))

    return decorate


_FAST = {"contract", "reassoc", "arcp", "nsz", "nnan", "ninf"}


@_compiled(_FAST)
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


@_compiled(_FAST)
def raise_envelope(samples: Floats, channel: int, threshold: float, taps: Taps, envelope: Floats) -> float:
    """Raise ``envelope`` to the channel's oversampled magnitude where that may pass ``threshold``.

    ``envelope[n]`` covers frame n and the points between it and the next. Chunks whose samples, times the
    interpolator's L1 norm, stay under the threshold are passed over. ``envelope`` is CHUNK longer than the
    sound. Returns the highest value met (0 when all was passed over).
    """
    before, after = taps.shape[1] // 2 - 1, taps.shape[1] // 2
    norm = np.float32(1.0)
    for phase in range(taps.shape[0]):
        norm = max(norm, np.float32(np.abs(taps[phase]).sum()))
    frames = samples.shape[0]
    piece = np.zeros(before + CHUNK + after, np.float32)
    line = np.zeros(CHUNK, np.float32)
    limit = np.float32(threshold)
    best = np.float32(0.0)
    for start in range(0, frames, CHUNK):
        first, last = max(0, start - before), min(frames, start + CHUNK + after)
        piece[:] = np.float32(0.0)
        shift = first - (start - before)
        nearby = samples[first:last, channel]
        inside = piece[shift : shift + last - first]
        highest = np.float32(0.0)
        for i in range(len(inside)):
            inside[i] = nearby[i]
            highest = max(highest, abs(inside[i]))
        if highest * norm > limit:
            into = envelope[start : start + CHUNK]
            _raise_chunk(piece, taps, line, into)
            for i in range(CHUNK):
                best = max(best, into[i])
    return float(best)


@_compiled(_FAST)
def _product(row: Floats, piece: Floats) -> Any:
    total = np.float32(0.0)
    for i in range(len(row)):
        total += row[i] * piece[i]
    return total


@_compiled(_FAST)
def _near(samples: Floats, channel: int, first: int, treble: Taps, line: Floats) -> Any:
    """Return the highest magnitude of what ``treble`` lets through in and beside the chunk at ``first``."""
    half = len(treble) // 2
    begin = first - CHUNK - half
    line[:] = np.float32(0.0)
    for i in range(max(0, begin), min(samples.shape[0], begin + len(line))):
        line[i - begin] = samples[i, channel]
    highest = np.float32(0.0)
    for n in range(3 * CHUNK):
        highest = max(highest, abs(_product(treble, line[n : n + len(treble)])))
    return highest


@_compiled(_FAST)
def read_closely(
    samples: Floats, channel: int, ceiling: float, share: float, treble: Taps, taps: Taps, readings: Floats
) -> None:
    """Raise the readings that are near the ceiling to the highest magnitude that ``taps`` find there.

    ``readings[n]`` covers frame n and the points between it and the next, as the envelope does; each row of
    ``taps`` gives one of these points. Filters differ by what is high in the band: only a reading that
    ``TREBLE_COUNTS`` times as much of it as is found nearby could bring over the ceiling is read again, and
    none under ``share`` of the ceiling.
    """
    frames, width = samples.shape[0], taps.shape[1]
    before = width // 2 - 1
    piece, line = np.zeros(width, np.float32), np.zeros(3 * CHUNK + len(treble) - 1, np.float32)
    inside = np.zeros((taps.shape[0], 2), np.int64)
    for phase in range(taps.shape[0]):
        filled = np.nonzero(taps[phase])[0]
        inside[phase, 0], inside[phase, 1] = filled[0], filled[-1] + 1
    for start in range(0, frames, CHUNK):
        last = min(frames, start + CHUNK)
        if readings[start:last].max() <= share * ceiling:
            continue
        high = _near(samples, channel, start, treble, line)
        limit = np.float32(max(share * ceiling, ceiling - TREBLE_COUNTS * high))
        for n in range(start, last):
            if readings[n] <= limit:
                continue
            piece[:] = np.float32(0.0)
            for i in range(max(0, n - before), min(frames, n - before + width)):
                piece[i - n + before] = samples[i, channel]
            for phase in range(taps.shape[0]):
                first, stop = inside[phase]
                point = _product(taps[phase, first:stop], piece[first:stop])
                readings[n] = max(readings[n], abs(point))


@_compiled({"contract"})
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


@_compiled({"contract"})
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


@_compiled({"contract"})
def hold_highest(values: Floats, reach: int) -> None:
    """Replace each value by the highest within ``reach`` frames on either side, in place.

    Van Herk's running maximum ("A fast algorithm for local minimum and maximum filters", 1992).
    """
    frames, width = len(values), 2 * reach + 1
    padded = np.zeros((frames + 2 * width - 1) // width * width + width, np.float32)
    padded[reach : reach + frames] = values
    forward, backward = padded.copy(), padded.copy()
    for i in range(1, len(padded)):
        if i % width:
            forward[i] = max(forward[i], forward[i - 1])
    for i in range(len(padded) - 2, -1, -1):
        if (i + 1) % width:
            backward[i] = max(backward[i], backward[i + 1])
    for n in range(frames):
        values[n] = max(backward[n], forward[n + width - 1])


@_compiled({"contract"})
def release(values: Floats, keep: float) -> None:
    """Let a reduction in dB go back to 0 exponentially, by the factor ``keep`` a frame, in place."""
    state = 0.0
    for n in range(len(values)):
        state = max(np.float64(values[n]), (state + REST_DB) * keep - REST_DB, 0.0)
        values[n] = state


@_compiled({"contract"})
def smooth(values: Floats, reach: int, out: Floats) -> None:
    """Write the mean of ``values`` under a Hann window of ``reach`` frames on either side to ``out``.

    The window's three terms are running sums, so that its length costs nothing. Where the window holds
    zeros alone, the result is exactly 0 and the sums start afresh. Beyond its ends the curve goes on level.
    """
    frames = len(values)
    padded = np.empty(frames + 2 * reach, np.float32)
    padded[:reach] = values[0]
    padded[reach : reach + frames] = values
    padded[reach + frames :] = values[frames - 1]
    angle = math.pi / (reach + 1)
    turn_re, turn_im = math.cos(angle), -math.sin(angle)
    plain, re, im = 0.0, 0.0, 0.0
    width = 2 * reach + 1
    since_active = width
    for n in range(len(padded)):
        entering = np.float64(padded[n])
        leaving = np.float64(padded[n - width]) if n >= width else 0.0
        since_active = 0 if entering > 0.0 else since_active + 1
        if since_active >= width:
            plain = re = im = 0.0
        else:
            plain += entering - leaving
            re, im = re + leaving * turn_re - entering, im - leaving * turn_im
            re, im = re * turn_re - im * turn_im, re * turn_im + im * turn_re
        if n >= width - 1:
            out[n - width + 1] = max(0.0, (plain + re) / (2.0 * (reach + 1)))


@_compiled({"contract"})
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


@_compiled({"contract"})
def compress(samples: Floats, threshold_db: float, slope: float, knee_db: float, times: Doubles) -> Floats:
    """Return the reduction in dB of a linked compressor: mean square in, soft knee, attack and release.

    ``slope`` is 1 - 1 / ratio; ``times`` are the per-frame factors kept by the mean square, the attack and
    the release (Giannoulis, Massberg and Reiss, "Digital dynamic range compressor design", JAES 2012).
    """
    frames, channels = samples.shape
    out = np.zeros(frames, np.float32)
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
    return out

"""The compiled loops of the features; like the meter's they release the GIL and need no memory of note.

A non-finite sample spoils only the unit, frame or window that it lies in; the callers read such a place as
silence.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.meter.compiled import (
    FLOATS,
    INDEX,
    INTEGER_GRID,
    INTEGERS,
    READ_FLOATS,
    READ_INTEGERS,
    READ_WORDS,
    REORDERED,
    SAMPLES,
    SAMPLES_OUT,
    WORDS,
    kernel,
    part,
)

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint32]

WINDOW = 8
"""Samples that must be equal for an anchor to be the same."""
EMPTY = np.float32(1e-6)
"""A neighbourhood 60 dB under the strongest holds rounding noise, which says nothing of the sound."""
FRAME_BITS = 37
"""Bits of a frame's number beside a hash of 26 bits in a table."""


@kernel(READ_FLOATS, INDEX, INDEX, SAMPLES_OUT, SAMPLES_OUT, flags=REORDERED)
def read_units(flat: Floats, channels: int, size: int, means: Floats, products: Floats) -> None:
    """Fill the means (units, 2) and the sums of products LL, RR, LR (units, 3) of units of ``size`` frames.

    ``flat``: interleaved samples. A mono sound counts as two equal channels.
    """
    step, second = size * channels, 1 if channels > 1 else 0
    for u in range(len(means)):
        piece = flat[u * step : (u + 1) * step]
        other = piece[second:]
        left, right = np.float32(0.0), np.float32(0.0)
        ll, rr, lr = np.float32(0.0), np.float32(0.0), np.float32(0.0)
        if channels == 2:  # a constant stride lets the compiler use vector instructions
            for i in range(size):
                a, b = piece[2 * i], other[2 * i]
                left += a
                right += b
                ll += a * a
                rr += b * b
                lr += a * b
        else:
            for i in range(size):
                a, b = piece[i * channels], other[i * channels]
                left += a
                right += b
                ll += a * a
                rr += b * b
                lr += a * b
        means[u, 0], means[u, 1] = left / np.float32(size), right / np.float32(size)
        products[u, 0], products[u, 1], products[u, 2] = ll, rr, lr


@kernel(
    *(SAMPLES, INDEX, INDEX, INDEX, INDEX, READ_INTEGERS),
    *(FLOATS, FLOATS, INTEGERS, SAMPLES_OUT, READ_INTEGERS, SAMPLES_OUT),
    flags=REORDERED,
)
def read_frames(
    power: Floats,
    lowest: int,
    first: int,
    wide: int,
    neighbourhoods: int,
    edges: Integers,
    flatness: Floats,
    tonality: Floats,
    strongest: Integers,
    shape: Floats,
    stretch: Integers,
    together: Floats,
) -> None:
    """Fill the figures of frames whose power spectra are the rows of ``power``.

    ``flatness``: median over the neighbourhoods (``wide`` bins each, from bin ``first`` on) of the
    geometric over the arithmetic mean. ``tonality``: share of the energy from bin ``lowest`` on that lies in
    the three strongest bins. ``shape``: natural logarithm of the energy between the ``edges``. ``together``:
    per ``stretch`` (its number for each frame), the sum of its frames, each scaled to the same energy.
    """
    floor = np.float32(1e-24)
    local, means = np.zeros(neighbourhoods, np.float32), np.zeros(neighbourhoods, np.float32)
    for k in range(len(power)):
        row = power[k]
        total, one, two, three, place = np.float32(0.0), floor, floor, floor, 0
        for b in range(lowest, len(row)):
            value = row[b]
            total += value
            if value > three:
                if value > one:
                    one, two, three, place = value, one, two, b
                elif value > two:
                    two, three = value, two
                else:
                    three = value
        tonality[k] = (one + two + three) / max(total, np.float32(3.0) * floor)
        strongest[k] = place
        highest = floor
        for n in range(neighbourhoods):
            mean = np.float32(0.0)
            for b in range(first + n * wide, first + (n + 1) * wide):
                mean += row[b]
            means[n] = mean / np.float32(wide)
            highest = max(highest, means[n])
        counted = 0
        for n in range(neighbourhoods):
            if means[n] < EMPTY * highest:
                continue
            logs = np.float32(0.0)
            for b in range(first + n * wide, first + (n + 1) * wide):
                logs += np.log(row[b] + floor)
            local[counted] = np.exp(logs / np.float32(wide)) / means[n]
            counted += 1
        energy = np.float32(0.0)
        last = first + neighbourhoods * wide
        for b in range(first, last):
            energy += row[b]
        if energy > np.float32(1e-16):
            for b in range(first, last):
                together[stretch[k], b - first] += row[b] / energy
        flatness[k] = np.median(local[:counted]) if counted > 0 else np.float32(0.0)
        for n in range(len(edges) - 1):
            energy = floor
            for b in range(edges[n], edges[n + 1]):
                energy += row[b]
            shape[k, n] = np.log(energy)


# Numba wraps negative indices round, which keeps a loop from being vectorised: hence the slice.


@kernel(READ_WORDS, WORDS, flags=REORDERED)
def hash_pairs(words: Words, hashes: Words) -> None:
    """Fill a hash of each two words in a row, good in its upper bits."""
    after = words[1:]
    for i in range(len(hashes)):
        hashes[i] = words[i] * np.uint32(0x9E3779B1) + after[i] * np.uint32(0x85EBCA77)


@part(REORDERED)
def _hash(words: Words) -> np.int64:
    """Return a hash of WINDOW words, of 26 bits."""
    value = np.uint64(0xCBF29CE484222325)
    for k in range(WINDOW):
        value = (value ^ np.uint64(words[k])) * np.uint64(0x9E3779B97F4A7C15)
        value ^= value >> np.uint64(29)
    return np.int64(value >> np.uint64(38))


@part(REORDERED)
def _equal(samples: Floats, a: int, b: int, channels: int) -> bool:
    same = True
    for c in range(channels):
        same = same and samples[a, c] == samples[b, c]
    return same


@part(REORDERED)
def _changes(samples: Floats, start: int, end: int) -> int:
    """Count how often the first channel changes, up to 4096 frames into the run."""
    count = 0
    for i in range(start + 1, min(end, start + 4096)):
        if samples[i, 0] != samples[i - 1, 0]:
            count += 1
    return count


@kernel(
    *(SAMPLES, READ_WORDS, READ_INTEGERS, INDEX, INDEX, INTEGERS, INTEGERS, INTEGERS, INTEGER_GRID),
    flags=REORDERED,
)
def find_repeats(
    samples: Floats,
    words: Words,
    anchors: Integers,
    offset: int,
    shortest: int,
    near: Integers,
    far: Integers,
    state: Integers,
    runs: Integers,
) -> None:
    """Look up the anchors of one block and note each run that repeats what was before, sample for sample.

    ``words``: the block's first channel, from frame ``offset`` on; ``anchors``: places in it. ``near`` and
    ``far``: tables of hash and last frame in one number, 0 for none; the far one keeps one anchor in eight,
    so that the search stays within the processor's cache. ``state``: end of the last run, runs so far.
    ``runs``: rows of start, length and distance.
    """
    frames, channels = samples.shape
    for i in anchors:
        w = words[i:]
        if w[0] == w[1] or w[1] == w[2] or w[0] == w[2] or w[3] == w[4] or w[4] == w[5] or w[6] == w[7]:
            continue
        at, value = offset + i, _hash(w)
        tag = value << FRAME_BITS
        slot = value & (len(near) - 1)
        entry = near[slot]
        near[slot] = tag | (at + 1)
        if value >> 23 == 0:
            slot = value & (len(far) - 1)
            entry = entry if entry >> FRAME_BITS == value else far[slot]
            far[slot] = tag | (at + 1)
        if entry == 0 or entry >> FRAME_BITS != value or at < state[0] or state[1] >= len(runs):
            continue
        source = (entry & ((np.int64(1) << FRAME_BITS) - 1)) - 1
        same = True
        for c in range(channels):
            for k in range(WINDOW):
                same = same and samples[at + k, c] == samples[source + k, c]
        if not same:
            continue
        distance, end = at - source, at + WINDOW
        while end < frames and _equal(samples, end, end - distance, channels):
            end += 1
        start = at
        while start - 1 >= max(state[0], distance) and _equal(
            samples, start - 1, start - 1 - distance, channels
        ):
            start -= 1
        if end - start < shortest or _changes(samples, start, end) < shortest // 3:
            continue
        runs[state[1], 0], runs[state[1], 1], runs[state[1], 2] = start, end - start, distance
        state[0] = end
        state[1] += 1

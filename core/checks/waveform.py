"""The shape of a sound in blocks of 1 ms (255 frames at most), read once and shared by the checks."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.audio import Audio, Samples
from core.meter.features.once import once_a_sound

BLOCK_S = 0.001
MOST_AT_ONCE = 1 << 26
"""Frames, 23 minutes: of a longer sound one channel at a time is read, so that memory is for one."""
NEARBY_BLOCKS = 50
RAIL, RAIL_BLOCKS, RAIL_FLOOR = 0.97, 500, 0.01
"""Over this part of the peak within half a second a channel counts as being at its extremes.

Where that peak is under a hundredth of the whole sound's, nothing is asked.
"""
STEP_PIECES, STEP_FRAMES = 16, 4096

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Counts = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Waveform:
    """What the checks read of the samples; arrays are (channels, blocks)."""

    size: int
    """Frames in a block."""
    sample_rate: int
    peak: Floats
    """Highest magnitude."""
    bend: Floats
    """Highest magnitude of the second difference: how sharply the wave turns."""
    tops: Counts
    """Clipped tops that begin in the block."""
    flat_share: npt.NDArray[np.float64]
    """Part of each channel's samples that lie in runs of equal samples other than zero, (channels,)."""
    top_share: npt.NDArray[np.float64]
    """Part of each channel's samples that lie in clipped tops, (channels,)."""
    longest_run: Integers
    """Frames of each channel's longest run of one value other than zero, (channels,)."""
    longest_run_start: Integers
    """Frame where it begins, (channels,)."""

    rails: Counts
    """Samples of each block that lie at the channel's extremes, two or more of one sign running."""
    rail_runs: Counts
    """How many such runs end in the block."""
    rail_alike: Counts
    """How many of those are as long as one of the two before them of the same sign, within one sample."""
    wraps_down: Counts
    """Jumps from the top of the scale to its bottom that go on as if the scale had no end."""
    wraps_up: Counts
    """The same from bottom to top."""

    def time_s(self, block: int | np.integer) -> float:
        """Return when a block begins."""
        return float(block) * self.size / self.sample_rate


@once_a_sound
def waveform(audio: Audio) -> Waveform:
    """Return the shape of ``audio``. Wants finite samples."""
    from core.checks import kernels

    samples, channels = np.asarray(audio.samples), audio.channels
    size = max(1, min(kernels.MOST_FRAMES, round(BLOCK_S * audio.sample_rate)))
    blocks = -(-audio.frames // size)
    peak, bend = np.zeros((2, channels, blocks), dtype=np.float32)
    tops, rails, runs, alike, down, up = np.zeros((6, channels, blocks), dtype=np.uint8)
    sums = np.zeros((channels, 4), dtype=np.int64)

    def read(c: int) -> None:
        kernels.read_blocks(samples, c, size, peak[c], bend[c])
        nearby, highest = around(peak[c], NEARBY_BLOCKS), float(peak[c].max(initial=0.0))
        kernels.read_runs(samples, c, size, level_step(samples[:, c]), nearby, tops[c], sums[c])
        if highest > 0:
            extreme = np.float32(RAIL) * around(peak[c], RAIL_BLOCKS)
            extreme[extreme < RAIL_FLOOR * highest] = 0.0
            kernels.read_rails(samples, c, size, peak[c], extreme, rails[c], runs[c], alike[c])
            kernels.read_wraps(samples, c, size, highest, peak[c], down[c], up[c])

    at_once = min(channels, os.cpu_count() or 1) if audio.frames <= MOST_AT_ONCE else 1
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(read, range(channels)))
    shares = sums[:, :2] / max(1, audio.frames)
    return Waveform(
        size=size,
        sample_rate=audio.sample_rate,
        peak=peak,
        bend=bend,
        tops=tops,
        flat_share=shares[:, 0],
        top_share=shares[:, 1],
        longest_run=sums[:, 2],
        longest_run_start=sums[:, 3],
        rails=rails,
        rail_runs=runs,
        rail_alike=alike,
        wraps_down=down,
        wraps_up=up,
    )


def level_step(channel: Samples) -> float:
    """Return the distance of two neighbouring levels that the samples are rounded to, by the samples' own.

    The smallest step between two unequal neighbours: 1/32768 for 16 bits, that times the gain for 16 bits
    that were turned down, next to nothing for floats.
    """
    pieces = np.linspace(0, max(0, len(channel) - STEP_FRAMES), STEP_PIECES).astype(int)
    steps = [np.abs(np.diff(channel[start : start + STEP_FRAMES])) for start in pieces]
    found = np.concatenate(steps)
    found = found[found > 0]
    return float(found.min()) if found.size else 0.0


def around(values: Floats, reach: int) -> Floats:
    """Return the highest value within ``reach`` places on either side, itself included."""
    return np.maximum(ahead(values, reach), ahead(values[::-1], reach)[::-1])


def ahead(values: Floats, reach: int) -> Floats:
    """Return the highest of each value and the ``reach`` after it (doubling: log2 passes)."""
    best, width = np.array(values), 1
    while width < reach + 1:
        shift = min(width, reach + 1 - width)
        best[:-shift] = np.maximum(best[:-shift], best[shift:]) if shift < len(best) else best[:-shift]
        width += shift
    return best


def warm_up() -> None:
    """Load the compiled kernels."""
    from core.checks import kernels  # noqa: F401

"""The sound's spectrum and its flatness, from frames picked evenly over its length.

A picture of the tone does not need every sample: at most :data:`MOST_FRAMES` frames of about 0.35 s
are read, which costs the same for a short song and a long one. A sound up to 30 s is read whole. They are
transformed a few at a time and in single precision, whose rounding lies 120 dB under the loudest band.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.meter.transform import rfft

MOST_FRAMES = 96
TOGETHER = 8
"""Frames that are transformed at a time: few enough to stay in the processor's cache."""
HIGHEST_IN_SINGLE = 1e15
"""Louder samples are transformed in double precision, in which their squares do not overflow."""
FLATNESS_LOW_HZ = 100.0
FLATNESS_HIGH_HZ = 10_000.0
FLATNESS_BAND_HZ = 94.0
FLATNESS_SHORTEST_S = 0.05
QUIETEST_BAND = 1e-9
"""Bands count as at most 90 dB under the mean in the flatness, so that an empty one does not decide alone."""

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Mean power in sixth-octave bands, and how noise-like the sound is."""

    centres_hz: Doubles
    power: Doubles
    """Mean square per band, averaged over the channels; a full-scale sine is 0.5 in its band."""
    flatness: float | None
    """0 (a tone) to 1 (white noise); None for silence and for less than 50 ms."""


def spectrum(audio: Audio, *, finite: bool = False) -> Spectrum:
    """Return the spectrum of ``audio``; unless ``finite`` says that there are none, non-finite samples are 0.

    The flatness of a frame is the geometric over the arithmetic mean of the power in bands of 94 Hz from
    100 Hz to 10 kHz (or 0.45 of the rate); frames are weighted by their energy. Averaging within bands
    first is what makes noise read near 1: single bins of noise scatter so much that it would read 0.56.
    """
    size = _frame_size(audio.sample_rate)
    density, flatness = np.zeros(size // 2 + 1), 0.0
    spacing_hz = audio.sample_rate / size
    edges = _flatness_edges(audio.sample_rate, spacing_hz)
    starts = _starts(audio.frames, size)
    length = min(audio.frames, size)
    window = np.hanning(length + 2)[1:-1].astype(np.float32)
    samples = np.asarray(audio.samples)
    for first in range(0, len(starts), TOGETHER):
        chosen = starts[first : first + TOGETHER]
        frames = np.empty((len(chosen), audio.channels, length), dtype=np.float32)
        for number, at in enumerate(chosen):
            frames[number] = samples[at : at + length].T
        if not finite:
            frames = np.nan_to_num(frames, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        powers = _powers(frames, window, size)
        density += powers.sum(axis=0)
        flatness += float((_flatness(powers, edges) * powers.sum(axis=1)).sum())
    total = float(density.sum())
    scale = 1.0 / (len(starts) * float((window.astype(np.float64) ** 2).sum())) if len(starts) else 0.0
    centres, bands = _sixth_octaves(density * scale, spacing_hz, audio.sample_rate)
    readable = total > 0.0 and audio.duration_s >= FLATNESS_SHORTEST_S
    return Spectrum(centres, bands, flatness / total if readable else None)


def _frame_size(sample_rate: int) -> int:
    """Return the power of two nearest to 0.34 s, so that bins lie about 3 Hz apart at every rate."""
    return int(2 ** max(4, round(np.log2(sample_rate * 0.34))))


def _starts(frames: int, size: int) -> npt.NDArray[np.int64]:
    if frames == 0:
        return np.zeros(0, dtype=np.int64)
    last = max(0, frames - size)
    count = min(MOST_FRAMES, -(-last // size) + 1)
    return np.linspace(0, last, count).astype(np.int64)


def _powers(frames: Floats, window: Floats, size: int) -> Doubles:
    """Return each frame's one-sided power per bin, (frames, size // 2 + 1), the mean of its channels."""
    loudest = max(float(frames.max()), -float(frames.min()))
    precise = np.float64 if loudest > HIGHEST_IN_SINGLE else np.float32
    windowed = np.zeros((*frames.shape[:2], size), dtype=precise)
    np.multiply(frames, window, dtype=precise, out=windowed[:, :, : frames.shape[2]])
    transformed = rfft(windowed)
    squares = transformed.real**2
    squares += transformed.imag**2
    powers: Doubles = squares.mean(axis=1, dtype=np.float64) * (2.0 / size)
    powers[:, 0] *= 0.5
    powers[:, -1] *= 0.5
    return powers


def _flatness_edges(sample_rate: int, spacing_hz: float) -> npt.NDArray[np.int64]:
    top_hz = min(FLATNESS_HIGH_HZ, 0.45 * sample_rate)
    wide = max(1, round(FLATNESS_BAND_HZ / spacing_hz))
    return np.arange(round(FLATNESS_LOW_HZ / spacing_hz), int(top_hz / spacing_hz), wide, dtype=np.int64)


def _flatness(powers: Doubles, edges: npt.NDArray[np.int64]) -> Doubles:
    """Return the flatness of each frame, 0 where it is silent or has fewer than two bands."""
    if len(edges) < 3:
        return np.zeros(len(powers))
    bands = np.add.reduceat(powers[:, : edges[-1]], edges[:-1], axis=1)
    means = bands.mean(axis=1, keepdims=True)
    shares = bands / np.where(means > 0.0, means, 1.0)
    flat: Doubles = np.exp(np.log(np.maximum(shares, QUIETEST_BAND)).mean(axis=1))
    return np.where(means[:, 0] > 0.0, flat, 0.0)


def _sixth_octaves(density: Doubles, spacing_hz: float, sample_rate: int) -> tuple[Doubles, Doubles]:
    """Share the bins' power out to the bands; a band narrower than a bin gets its part of that bin."""
    lowest, highest = np.ceil(6 * np.log2(20.0 / 1000.0)), np.floor(6 * np.log2(sample_rate / 2 / 1000.0))
    centres = 1000.0 * 2.0 ** (np.arange(lowest, highest + 1) / 6)
    bin_edges = (np.arange(len(density) + 1) - 0.5) * spacing_hz
    below = np.concatenate([[0.0], np.cumsum(density)])
    half = 2.0 ** (1 / 12)
    upper = np.interp(np.minimum(centres * half, sample_rate / 2), bin_edges, below)
    lower = np.interp(centres / half, bin_edges, below)
    return centres, upper - lower

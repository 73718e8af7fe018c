"""One part's tone: equalised, and as wide as it is to stand, by one linear-phase filter in mid and side.

What comes out of the middle for the sides is the part itself through a short burst of noise of flat spectrum
(decorrelation after Kendall, *The decorrelation of audio signals*, 1995): in mono it cancels.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.meter.transform import irfft, rfft

Samples = npt.NDArray[np.float32]
Spectrum = npt.NDArray[np.complex64]
Energies = npt.NDArray[np.float64]
Curve = tuple[tuple[float, float], ...]
"""Points of hertz and dB, the hertz rising; between them it is drawn over the logarithm of the frequency."""

OFF_DB = -90.0
_TAPS = 2048
_SIZE = 32_768
_ROWS = 4
"""Blocks that are transformed together: the library works on four at once."""
_HOP = (_SIZE - _TAPS) // 2
"""A third of a second, for which the sides are weighed against the middle."""
_BURST_S, _BURST_AFTER_S = 0.014, 0.002
WIDEST = 0.7
"""The sides' energy against the middle's that a part may have at any time; more sounds like one channel
inverted, and is lost in mono."""
EVEN = 1.0
"""The same for several parts together: left and right have nothing in common."""


@dataclass(frozen=True)
class Tone:
    """What becomes of a part's middle, of its sides, and how much of the middle is spread to the sides."""

    middle: Curve = ((1000.0, 0.0),)
    sides: Curve = ((1000.0, 0.0),)
    spread: Curve = ((1000.0, OFF_DB),)


def shape(sound: Samples, sample_rate: int, tone: Tone, name: str, widest: float = math.inf) -> None:
    """Give stereo ``sound`` (frames, 2) its tone, in place; ``name`` draws the burst that spreads it.

    Wherever the sides have more than ``widest`` of the middle's energy they are brought down to that.

    Overlap-save in blocks of 32,768 frames, a few at a time; the sound keeps its place in time. Sides that no
    curve changes are not transformed.
    """
    middle, sides, spread = _responses(sample_rate, tone, name)
    spreads = any(gain > OFF_DB for _, gain in tone.spread)
    keeps_sides = not spreads and all(gain == 0.0 for _, gain in tone.sides)
    half = _TAPS // 2
    step = _SIZE - _TAPS
    reach = _ROWS * step
    padded = np.zeros((2, reach + _TAPS), np.float32)
    before = np.zeros((2, half), np.float32)
    energy = np.zeros((2, -(-len(sound) // _HOP)))
    for start in range(0, len(sound), reach):
        piece = sound[start : start + reach + half].T
        padded[:, :half] = before
        padded[:, half : half + piece.shape[1]] = piece
        padded[:, half + piece.shape[1] :] = 0.0
        before = padded[:, reach : reach + half].copy()
        if not padded.any():
            continue
        kept = min(reach, len(sound) - start)
        rows = -(-kept // step)
        m = rfft(_rows((padded[0] + padded[1]) * np.float32(0.5), rows))
        difference = (padded[0] - padded[1]) * np.float32(0.5)
        if keeps_sides or not (spreads or difference.any()):
            side = difference[half : half + kept]
        else:
            s = m * spread
            if difference.any():
                s += rfft(_rows(difference, rows)) * sides
            side = _back(s, kept)
        centre = _back(m * middle, kept)
        np.add(centre, side, out=sound[start : start + kept, 0])
        np.subtract(centre, side, out=sound[start : start + kept, 1])
        for at in range(0, kept, _HOP):
            # Of the samples' differences, or a bass in the middle would hide sides without any.
            rises = (np.diff(one[at : at + _HOP]) for one in (centre, side))
            energy[:, (start + at) // _HOP] = [float(np.vdot(rise, rise)) for rise in rises]
    if widest < math.inf:
        _narrow(sound, energy[0], energy[1], widest)


def _back(spectra: Spectrum, kept: int) -> Samples:
    """Return the first ``kept`` frames of filtered blocks, without what their beginnings wrapped around.

    A filter that is centred at half its length delays by as much: that is taken back here.
    """
    return np.asarray(irfft(spectra, _SIZE)[:, _TAPS:].reshape(-1)[:kept])


def _rows(wave: Samples, count: int) -> Samples:
    """Return ``count`` blocks of a wave, each beginning with the last taps of the one before."""
    blocks = np.lib.stride_tricks.sliding_window_view(wave, _SIZE)[:: _SIZE - _TAPS]
    return np.asarray(blocks[:count])


def _narrow(sound: Samples, middle: Energies, side: Energies, widest: float) -> None:
    """Turn the sides of ``sound`` down in place, hop by hop, where their energy is over ``widest``."""
    gains = np.sqrt(np.minimum(1.0, widest * middle / np.maximum(side, 1e-20)))
    gains[middle == 0.0] = 1.0
    gains = np.pad(gains, 1, "edge").astype(np.float32)
    half = _HOP // 2
    rise = np.linspace(0.0, 1.0, half, dtype=np.float32)
    for hop in np.flatnonzero(np.minimum(np.minimum(gains[:-2], gains[1:-1]), gains[2:]) < 1.0):
        before, here, after = gains[hop : hop + 3]
        ends = (before + here) / 2, (here + after) / 2
        gain = np.concatenate((ends[0] + (here - ends[0]) * rise, here + (ends[1] - here) * rise))
        piece = sound[hop * _HOP : (hop + 1) * _HOP]
        less = (0.5 - 0.5 * gain[: len(piece)]) * (piece[:, 0] - piece[:, 1])
        piece[:, 0] -= less
        piece[:, 1] += less


def drive(sound: Samples, amount_db: float) -> None:
    """Saturate ``sound`` in place as a driven bus does: its RMS, 12 dB down, ``amount_db`` up into a tanh."""
    rms = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))
    if rms == 0.0:
        return
    scale = np.float32(10.0 ** (amount_db / 20.0) / (4.0 * rms))
    np.multiply(sound, scale, out=sound)
    np.tanh(sound, out=sound)
    np.divide(sound, scale, out=sound)


def _responses(sample_rate: int, tone: Tone, name: str) -> tuple[Spectrum, Spectrum, Spectrum]:
    hertz = np.fft.rfftfreq(_TAPS, 1.0 / sample_rate)
    straight = np.zeros(_TAPS)
    straight[_TAPS // 2] = 1.0
    burst = _burst(sample_rate, zlib.crc32(name.encode()))
    out = []
    for curve, through in ((tone.middle, straight), (tone.sides, straight), (tone.spread, burst)):
        wave = np.fft.irfft(np.fft.rfft(through) * _gain(curve, hertz), _TAPS) * np.hanning(_TAPS)
        out.append(np.fft.rfft(wave, _SIZE).astype(np.complex64))
    return out[0], out[1], out[2]


def decibels(curve: Curve, hertz: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return a curve's gain in dB at each of ``hertz``."""
    at, gains = zip(*curve, strict=True)
    return np.asarray(np.interp(np.log(np.maximum(hertz, 10.0)), np.log(at), gains))


def _gain(curve: Curve, hertz: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    drawn = decibels(curve, hertz)
    return np.asarray(np.where(drawn <= OFF_DB, 0.0, 10.0 ** (drawn / 20.0)))


def _burst(sample_rate: int, seed: int) -> npt.NDArray[np.float64]:
    """Return a short noise that dies away, just after the filter's centre, its spectrum flat on the whole."""
    length, after = round(_BURST_S * sample_rate), round(_BURST_AFTER_S * sample_rate)
    noise = np.random.default_rng(seed).standard_normal(length) * np.exp(-4.0 * np.arange(length) / length)
    spectrum = np.fft.rfft(noise, _TAPS)
    flat = np.fft.irfft(spectrum / np.maximum(np.abs(spectrum), 1e-9), _TAPS)
    flat = np.roll(flat, _TAPS // 2 + after)
    return np.asarray(flat)

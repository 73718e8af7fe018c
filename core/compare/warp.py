"""Whether one sound is another at a time that is not a shift: with blocks lost, at another speed, stretched.

Short pieces of the second sound are looked for in the whole of the first. Pieces of another song are found
anywhere; those of the same song in order, along a line (a speed) or in steps (lost blocks). A speed that
leaves no piece alike is read from the envelopes; what is then alike piece by piece was resampled, and what is
alike in its envelope alone was stretched with its pitch kept.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.compare.lengths import quick_length

RATE = 5_500
"""Pieces are compared at about this rate."""
PIECE_S = 0.3
PIECES = 48
FOUND, SURELY_FOUND = 0.5, 0.75
"""Correlation of a piece with where it is found; the second where a speed is tried, at which a drum that was
stretched is still half alike."""
LEAST_FOUND = 0.5
"""Of the pieces, for the sounds to be the same."""
IN_STEP_S = 0.08
"""Pieces next to each other lie so near the same line; those of another song lie anywhere."""
SAME_SPEED, FAR_OFF = 2e-4, 4e-3
JUMP_S = 0.004
"""A lag that moves at once by more than this is a block that was lost or put in."""
ENVELOPE_HZ = 50
BANDS = 3
SPEEDS = (0.6, 1.7)
SPEED_STEP, FINE_STEP, FINE = 1.001, 1.0002, 20
OFF = 0.0012
"""Pieces of music hold together at a speed that is off by so little."""
ALIKE = 0.6
"""Correlation of the envelopes at the best speed and lag. Unlike songs reach 0.3 in a minute."""
SHORTEST_S = 4.0
LONGEST_S = 120.0
"""So much of both sounds is looked at."""

Doubles = npt.NDArray[np.float64]


class Warp(StrEnum):
    """How the times of two sounds go together."""

    BLOCKS = "blocks"
    """The lag moves in steps: blocks were lost, or put in twice."""
    SPEED = "speed"
    """Resampled by a wrong ratio: speed and pitch are off together."""
    STRETCHED = "stretched"
    """Another tempo at the same pitch."""


@dataclass(frozen=True)
class Warped:
    """How the second sound runs through the first."""

    kind: Warp
    speed: float
    """How many times as fast the second sound plays."""
    steps: int = 0
    """How often the lag jumps."""
    lost_s: float = 0.0
    """Of the first sound, missing in the second; negative for what was put in."""


def warped(before: Audio, after: Audio) -> Warped | None:
    """Return how ``after`` runs through ``before``; None when nothing is found in order."""
    if min(before.duration_s, after.duration_s) < SHORTEST_S:
        return None
    first, rate = _mono(before, RATE)
    second, other_rate = _mono(after, RATE)
    second = _at_speed(second, other_rate / rate)
    found = _in_steps(first, second, rate)
    if found is not None:
        return found
    speed = _speed_of_envelopes(first, second, rate)
    if speed is None:
        return None
    # An envelope of so many seconds tells a speed to about one and a half of its frames.
    reach = math.ceil(1.5 * rate / ENVELOPE_HZ / min(len(first), len(second)) / OFF)
    for number in sorted(range(-reach, reach + 1), key=abs):
        tried = speed * (1 + number * OFF)
        again = _in_steps(first, _at_speed(second, 1 / tried), rate, SURELY_FOUND)
        if again is not None:
            return Warped(Warp.SPEED, tried * again.speed)
    return Warped(Warp.STRETCHED, speed)


def _mono(audio: Audio, about: int) -> tuple[Doubles, float]:
    """Return the middle at a rate of about so much, by means of whole numbers of samples, and that rate."""
    samples = audio.samples[: round(LONGEST_S * audio.sample_rate)]
    step = max(1, audio.sample_rate // about)
    count = len(samples) // step
    middle = np.nan_to_num(samples[: count * step].mean(axis=1, dtype=np.float64))
    return middle.reshape(count, step).mean(axis=1), audio.sample_rate / step


def _at_speed(wave: Doubles, speed: float) -> Doubles:
    """Return a wave that plays so many times as fast, by linear interpolation."""
    if abs(speed - 1) < 1e-9:
        return wave
    return np.asarray(np.interp(np.arange(0, len(wave) - 1, speed), np.arange(len(wave)), wave))


def _in_steps(first: Doubles, second: Doubles, rate: float, least: float = FOUND) -> Warped | None:
    """Look for pieces of ``second`` in ``first``; None when they do not lie in order."""
    size = round(PIECE_S * rate)
    at, places = _found(first, second, size, least)
    if len(at) < LEAST_FOUND * PIECES:
        return None
    slopes = np.diff(places) / np.diff(at)
    near = np.abs(np.diff(places) - np.diff(at)) < IN_STEP_S * rate + 0.02 * np.diff(at)
    if near.mean() < LEAST_FOUND:
        return None
    speed = float(np.median(slopes[near]))
    lag = places - at
    moves = np.diff(lag)[near]
    jumps = np.abs(moves) > JUMP_S * rate
    line = np.polyfit(at, lag, 1)
    off_line = float(np.median(np.abs(lag - np.polyval(line, at)))) / rate
    straight = off_line < JUMP_S / 4 and jumps.mean() < 0.5
    if (abs(line[0]) > SAME_SPEED and straight) or abs(speed - 1) > FAR_OFF:
        return Warped(Warp.SPEED, 1 + float(line[0]))
    return Warped(Warp.BLOCKS, 1.0, int(jumps.sum()), float(lag[-1] - lag[0]) / rate)


def _found(first: Doubles, second: Doubles, size: int, least: float) -> tuple[Doubles, Doubles]:
    """Return where pieces begin in ``second``, and where they are found in ``first``, in frames."""
    length = quick_length(len(first) + size)
    spectrum = np.fft.rfft(first, length)
    sums = np.concatenate([[0.0], np.cumsum(np.square(first))])
    energy = np.sqrt(np.maximum(sums[size:] - sums[:-size], 1e-12 * sums[-1] + 1e-20))
    at, places = [], []
    for start in np.linspace(0, len(second) - size, PIECES).astype(np.int64):
        piece = second[start : start + size]
        own = float(np.sqrt(np.square(piece).sum()))
        if own < 1e-6:
            continue
        cross = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, length)), length)[: len(energy)]
        like = np.abs(cross) / (energy * own)
        best = int(np.argmax(like))
        if like[best] >= least:
            at.append(float(start))
            places.append(float(best))
    return np.asarray(at), np.asarray(places)


def _speed_of_envelopes(first: Doubles, second: Doubles, rate: float) -> float | None:
    """Return the speed at which the envelopes are most alike; None where they are not."""
    one, other = (_envelopes(wave, rate) for wave in (first, second))
    speeds = SPEEDS[0] * SPEED_STEP ** np.arange(int(np.log(SPEEDS[1] / SPEEDS[0]) / np.log(SPEED_STEP)) + 1)
    best = max((_likeness(one, _faster(other, 1 / speed)), float(speed)) for speed in speeds)
    if best[0] < ALIKE:
        return None
    fine = best[1] * FINE_STEP ** np.arange(-FINE, FINE + 1)
    _, finest = max((_likeness(one, _faster(other, 1 / speed)), float(speed)) for speed in fine)
    return float(finest)


def _envelopes(wave: Doubles, rate: float) -> Doubles:
    """Return the rise and fall of the level in bands, (bands, frames of 20 ms), each of unit variance."""
    size = round(rate / ENVELOPE_HZ)
    count = len(wave) // size
    rows = wave[: count * size].reshape(count, size)
    power = np.square(np.abs(np.fft.rfft(rows * np.hanning(size), axis=1)))
    edges = np.geomspace(1, power.shape[1], BANDS + 1).astype(int)
    floor = 1e-6 * float(power.sum(axis=1).max(initial=0.0)) + 1e-20
    bands = (power[:, low : max(low + 1, high)] for low, high in itertools.pairwise(edges))
    level = [np.log(band.sum(axis=1) + floor) for band in bands]
    around = np.hanning(2 * ENVELOPE_HZ + 1)
    around /= around.sum()
    moves = [one - np.convolve(np.pad(one, ENVELOPE_HZ, mode="edge"), around, mode="valid") for one in level]
    return np.asarray([one / (one.std() + 1e-9) for one in moves])


def _faster(envelopes: Doubles, speed: float) -> Doubles:
    places = np.arange(0, envelopes.shape[1] - 1, speed)
    return np.asarray([np.interp(places, np.arange(envelopes.shape[1]), one) for one in envelopes])


def _likeness(one: Doubles, other: Doubles) -> float:
    """Return the highest correlation of two envelopes at any lag, over the shorter's length."""
    length = quick_length(one.shape[1] + other.shape[1])
    spectra = np.conj(np.fft.rfft(one, length)) * np.fft.rfft(other, length)
    cross = np.fft.irfft(spectra.sum(axis=0), length)
    return float(cross.max() / (BANDS * min(one.shape[1], other.shape[1])))

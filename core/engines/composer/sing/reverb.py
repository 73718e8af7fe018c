"""The reverb behind the voice: a short stereo reverb, so that a rest is not digital silence.

The impulse is made, not recorded: a few early reflections and a tail of noise that decays by 60 dB in about a
second, its treble sooner than its bass. It is the same every time, and the two sides are independent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from core.meter.transform import irfft, rfft

Samples = npt.NDArray[np.float32]

_TIMES = 3
"""How many times as long as its impulse a block of reverberation is, at least."""
_EARLY_MS = (
    (11.3, 0.62, 0.38),
    (17.9, 0.34, 0.55),
    (26.1, 0.40, 0.25),
    (33.7, 0.20, 0.36),
    (41.9, 0.24, 0.19),
)
"""Early reflections: delay in ms, share on the left and on the right."""


@dataclass(frozen=True)
class Reverb:
    """A reverb: its decay, and its level beside the voice."""

    decay_s: float = 1.1
    """Time in which the tail falls by 60 dB."""
    predelay_s: float = 0.028
    wet_db: float = -15.0
    """Energy of the reflections against the dry voice."""


def with_reverb(dry: Samples, sample_rate: int, reverb: Reverb) -> Samples:
    """Return mono ``dry`` (frames,) as stereo (frames, 2) float32 in ``reverb``, of the same length."""
    wet = reflections(dry, sample_rate, reverb)
    wet += dry[:, None]
    return wet.astype(np.float32)


def in_room(sound: Samples, sample_rate: int, reverb: Reverb) -> None:
    """Add reverberation to stereo ``sound`` (frames, 2), in place; what is sent is its middle."""
    sound += reflections(sound.mean(axis=1), sample_rate, reverb)


def reflections(dry: Samples, sample_rate: int, reverb: Reverb) -> npt.NDArray[np.float32]:
    """Return the reverberation of mono ``dry`` (frames,) as (frames, 2), without the dry sound.

    Overlap-add in blocks that fill a transform with the impulse, cut to the length of ``dry``.
    """
    frames, responses = _responses(sample_rate, reverb)
    size = 2 * (responses.shape[1] - 1)
    block = size - frames + 1
    out = np.zeros((2, len(dry) + size), np.float32)
    padded = np.zeros(size, np.float32)
    for start in range(0, len(dry), block):
        piece = dry[start : start + block]
        if np.any(piece):
            padded[: len(piece)] = piece
            padded[len(piece) :] = 0.0
            out[:, start : start + size] += irfft(rfft(padded) * responses, size)
    return np.ascontiguousarray(out[:, : len(dry)].T)


@lru_cache(maxsize=8)
def _responses(sample_rate: int, reverb: Reverb) -> tuple[int, npt.NDArray[np.complex64]]:
    """Return the impulse's length, and the response of each side in a transform some times as long."""
    impulse = _impulse(sample_rate, reverb).astype(np.float32)
    size = 1 << (_TIMES * len(impulse) - 1).bit_length()
    padded = np.zeros((2, size), np.float32)
    padded[:, : len(impulse)] = impulse.T
    return len(impulse), rfft(padded)


def _impulse(sample_rate: int, reverb: Reverb) -> npt.NDArray[np.float64]:
    """Return (frames, 2), scaled so that each side's energy is that of ``wet_db``."""
    frames = round(1.2 * reverb.decay_s * sample_rate)
    time = np.arange(frames) / sample_rate
    rng = np.random.default_rng(1)
    tail = _darkening(rng.standard_normal((frames, 2)), sample_rate)
    tail *= np.exp(-math.log(1000.0) * np.maximum(0.0, time - reverb.predelay_s) / reverb.decay_s)[:, None]
    tail[time < reverb.predelay_s] = 0.0
    tail /= np.sqrt(np.square(tail).sum(axis=0))
    out = 0.75 * tail
    for delay_ms, left, right in _EARLY_MS:
        out[round(delay_ms * sample_rate / 1000.0)] += (left, right)
    out *= np.sin(np.pi / 2 * np.clip((time[-1] - time) / 0.1, 0.0, 1.0))[:, None]
    return np.asarray(out / np.sqrt(np.square(out).sum(axis=0)) * 10.0 ** (reverb.wet_db / 20.0))


def _darkening(noise: npt.NDArray[np.float64], sample_rate: int) -> npt.NDArray[np.float64]:
    """Return noise whose treble dies away faster, as air and walls take it: two shares, dull and bright."""
    frames = len(noise)
    hertz = np.fft.rfftfreq(frames, 1.0 / sample_rate)
    spectrum = np.fft.rfft(noise, axis=0)
    low_cut = hertz**2 / (hertz**2 + 180.0**2)
    dull = low_cut / np.sqrt(1.0 + (hertz / 2200.0) ** 4)
    bright = low_cut / np.sqrt(1.0 + (hertz / 6500.0) ** 4) - dull
    sooner = np.exp(-9.0 * np.arange(frames) / frames)[:, None]
    low = np.fft.irfft(spectrum * dull[:, None], frames, axis=0)
    high = np.fft.irfft(spectrum * bright[:, None], frames, axis=0)
    return np.asarray(low + sooner * high)

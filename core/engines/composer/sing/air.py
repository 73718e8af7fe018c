"""The air of the voice: what lies above its network's band, made from the octave below.

The network sounds up to 11.6 kHz; above it a song would show a wall that comes and goes with the voice. Its
band from 5.6 to 11.2 kHz is moved up by its own width, softer the higher it comes (spectral band replication,
after Dietz et al., AES Convention 112, 2002).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

_FROM_HZ, _MOVED_HZ, _TO_HZ = 5_600.0, 5_700.0, 17_000.0
_WALL_HZ = 11_250.0
_AT_WALL_DB, _DB_PER_KHZ = -1.5, -1.3
_SIZE = 65_536
_LEAST_RATE = 28_000


def with_air(sound: Samples, sample_rate: int) -> None:
    """Add the air to ``sound`` (frames, channels), in place; at rates under 28 kHz there is no place for it.

    Blocks of 65,536 frames overlap by half under a sine window, which squared adds up to one.
    """
    if sample_rate < _LEAST_RATE:
        return
    hertz = np.fft.rfftfreq(_SIZE, 1.0 / sample_rate)
    shift = round(_MOVED_HZ / hertz[1])
    gain = _gain(hertz)
    above = np.flatnonzero(gain)
    below = above - shift
    window = np.sin(np.pi * (np.arange(_SIZE) + 0.5) / _SIZE).astype(np.float32)
    half = _SIZE // 2
    padded = np.pad(sound.T, ((0, 0), (half, _SIZE)))
    added = np.zeros_like(padded)
    for start in range(0, len(sound) + half, half):
        block = padded[:, start : start + _SIZE] * window
        if not block.any():
            continue
        spectrum = np.fft.rfft(block)
        moved = np.zeros_like(spectrum)
        moved[:, above] = spectrum[:, below] * gain[above]
        added[:, start : start + _SIZE] += np.fft.irfft(moved, _SIZE) * window
    sound += added[:, half : half + len(sound)].T


def _gain(hertz: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Return the gain of what is moved to each frequency; 0 outside the band that is filled."""
    decibels = _AT_WALL_DB + _DB_PER_KHZ * (hertz - _WALL_HZ) / 1000.0
    edge = np.clip((hertz - (_FROM_HZ + _MOVED_HZ) + 200.0) / 400.0, 0.0, 1.0)
    edge *= np.clip((_TO_HZ - hertz) / 1000.0, 0.0, 1.0)
    inside = (hertz >= _WALL_HZ - 100.0) & (hertz <= _TO_HZ)
    return np.where(inside, edge * 10.0 ** (decibels / 20.0), 0.0).astype(np.float32)

"""The air of the voice: what lies above its network's band, made from the octave below.

The network sounds up to 11.6 kHz, a longer throat less far; above it a song would show a wall that comes and
goes with the voice. The octave below the wall is moved up, again and again until 17 kHz, softer the higher it
comes (spectral band replication, after Dietz et al., AES Convention 112, 2002).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from core.meter.transform import irfft, rfft

Samples = npt.NDArray[np.float32]

WALL_HZ = 11_250.0
"""Up to where the network's own band is whole."""
_TO_HZ = 17_000.0
_AT_WALL_DB, _DB_PER_KHZ = -1.5, -1.3
_SIZE = 65_536
_LEAST_RATE = 28_000


def with_air(sound: Samples, sample_rate: int, wall_hz: float = WALL_HZ) -> None:
    """Add the air above ``wall_hz`` to ``sound`` (frames, channels), in place; none at rates under 28 kHz.

    Blocks of 65,536 frames overlap by half under a sine window, which squared adds up to one.
    """
    if sample_rate < _LEAST_RATE:
        return
    hertz = np.fft.rfftfreq(_SIZE, 1.0 / sample_rate)
    gain = _gain(hertz, wall_hz)
    above = np.flatnonzero(gain)
    octave = round(wall_hz / 2.0 / hertz[1])
    first = round(wall_hz / hertz[1])
    below = first - octave + (above - first) % octave
    window = np.sin(np.pi * (np.arange(_SIZE) + 0.5) / _SIZE).astype(np.float32)
    half = _SIZE // 2
    padded = np.pad(sound.T, ((0, 0), (half, _SIZE)))
    added = np.zeros_like(padded)
    for start in range(0, len(sound) + half, half):
        block = padded[:, start : start + _SIZE] * window
        if not block.any():
            continue
        spectrum = rfft(block)
        moved = np.zeros_like(spectrum)
        moved[:, above] = spectrum[:, below] * gain[above]
        added[:, start : start + _SIZE] += irfft(moved, _SIZE) * window
    sound += added[:, half : half + len(sound)].T


def _gain(hertz: npt.NDArray[np.floating[Any]], wall_hz: float) -> npt.NDArray[np.float32]:
    """Return the gain of what is moved to each frequency; 0 outside the band that is filled."""
    decibels = _AT_WALL_DB + _DB_PER_KHZ * (hertz - wall_hz) / 1000.0
    edge = np.clip((hertz - wall_hz + 150.0) / 400.0, 0.0, 1.0)
    edge *= np.clip((_TO_HZ - hertz) / 1000.0, 0.0, 1.0)
    inside = (hertz >= wall_hz - 100.0) & (hertz <= _TO_HZ)
    return np.where(inside, edge * 10.0 ** (decibels / 20.0), 0.0).astype(np.float32)

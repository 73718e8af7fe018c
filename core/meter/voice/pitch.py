"""Which pitch a voice sings: SwiftF0 (MIT), a network of 135 kB on onnxruntime, from the package swift-f0."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.meter.voice.excerpts import RATE, excerpt

PACKAGE = "swift-f0"
VOICED = 0.5
"""Confidence from which on a frame has a pitch; the network's own."""
LOWEST_HZ, HIGHEST_HZ = 60.0, 1_400.0
"""What people sing."""
A4_HZ, A4_KEY = 440.0, 69.0

Curve = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pitch:
    """The pitch of a stretch of sound, a value every 16 ms; all (frames,)."""

    times_s: Curve
    """From the sound's start."""
    keys: Curve
    """As MIDI numbers them, 69 being A4; NaN where nothing has a pitch."""

    def within(self, start_s: float, stop_s: float) -> Curve:
        """Return the keys that are sung between two times; empty where nothing has a pitch."""
        keys = self.keys[(self.times_s >= start_s) & (self.times_s <= stop_s)]
        return keys[~np.isnan(keys)]


def installed() -> bool:
    """Return whether the network's package is here."""
    return find_spec("swift_f0") is not None


def pitch(audio: Audio, start_s: float, stop_s: float) -> Pitch:
    """Return the pitch between two times. About 15 ms of one core for each second."""
    first_s = max(0.0, start_s)
    wave = excerpt(audio, first_s, stop_s)
    if not len(wave):
        return Pitch(np.zeros(0), np.zeros(0))
    read = _network().detect(wave, RATE, LOWEST_HZ, HIGHEST_HZ)
    keys = A4_KEY + 12.0 * np.log2(np.maximum(read.pitch_hz, 1.0) / A4_HZ)
    return Pitch(first_s + read.timestamps, np.where(read.confidence >= VOICED, keys, np.nan))


_lock = threading.Lock()
_loaded: list[Any] = []


def _network() -> Any:
    """Return the network, loaded once; it may be asked from several threads."""
    with _lock:
        if not _loaded:
            from swift_f0 import SwiftF0

            _loaded.append(SwiftF0(threads=1, spin=False))
        return _loaded[0]

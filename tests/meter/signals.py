"""Signals whose readings are known, synthesised from the definitions in the standards."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.audio import Audio


def gain(level_db: float) -> float:
    return 10.0 ** (level_db / 20.0)


@lru_cache(maxsize=8)
def _unit_sine(rate: int, duration_s: float, frequency_hz: float) -> np.ndarray:
    t = np.arange(round(duration_s * rate)) / rate
    return np.sin(2 * np.pi * frequency_hz * t).astype(np.float32)


def stereo(mono: np.ndarray, rate: int) -> Audio:
    return Audio(np.repeat(np.asarray(mono, dtype=np.float32)[:, None], 2, axis=1), rate)


def tones(rate: int, parts: list[tuple[float, float | None]], frequency_hz: float = 1000.0) -> Audio:
    """Stereo sine, in phase, as parts of (seconds, peak level in dBFS); a level of None is silence.

    The parts' borders are rounded to samples from the start, so that no error adds up.
    """
    ends = np.rint(np.cumsum([seconds for seconds, _ in parts]) * rate).astype(int)
    total = int(ends[-1])
    sine = _unit_sine(rate, 120.0, frequency_hz)
    assert total <= len(sine)
    envelope = np.zeros(total, dtype=np.float32)
    start = 0
    for end, (_, level_db) in zip(ends, parts, strict=True):
        envelope[start:end] = 0.0 if level_db is None else gain(level_db)
        start = end
    return stereo(sine[:total] * envelope, rate)


def faded(mono: np.ndarray, rate: int) -> np.ndarray:
    """Fade 10 ms in and out, so that an edge adds no peak of its own."""
    length = rate // 100
    ramp = np.linspace(0.0, 1.0, length)
    out = mono.copy()
    out[:length] *= ramp
    out[-length:] *= ramp[::-1]
    return out


def noise(rate: int, duration_s: float, level_db: float = -20.0, channels: int = 2, seed: int = 0) -> Audio:
    """White noise whose level wanders by some decibels, different in each channel."""
    rng = np.random.default_rng(seed)
    frames = round(rate * duration_s)
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 0.4 * np.arange(frames) / rate)
    samples = rng.standard_normal((frames, channels)) * gain(level_db) * swell[:, None]
    return Audio(samples.astype(np.float32), rate)

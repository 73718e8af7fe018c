"""Keeping a voice at one level: a slow leveller and a gentle compressor, then a static gain."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from core.engines.composer.play.loudness import loudness_lufs

Samples = npt.NDArray[np.float32]
Curve = npt.NDArray[np.float64]

_HOP_S = 0.01
_FLOOR_DB = -50.0
"""Level below the voice's usual under which nothing is lifted (breaths, tails)."""
_MOST_LIFT_DB, _MOST_CUT_DB = 4.0, 9.0
_KNEE_DB = 2.0
_RATIO = 3.0
_CREST_DB = 11.0
"""How far peaks may rise above the voice's usual level."""


def levelled(dry: Samples, sample_rate: int) -> Samples:
    """Return mono ``dry`` with loud notes held down, 3:1 above its usual level, and soft lines lifted.

    The gain follows a 50 ms level, smoothed over a tenth of a second, so that it leaves consonants alone.
    """
    hop = round(_HOP_S * sample_rate)
    level = _levels_db(dry, hop)
    voiced = level[level > level.max(initial=-200.0) + _FLOOR_DB / 2]
    if not len(voiced):
        return dry
    usual = float(np.median(voiced))
    over = level - usual
    gain = np.where(
        over > _KNEE_DB,
        -(over - _KNEE_DB) * (1.0 - 1.0 / _RATIO),
        np.where(over > -14.0, -0.35 * np.minimum(0.0, over + 3.0), 0.0),
    )
    gain = _smooth(np.clip(gain, -_MOST_CUT_DB, _MOST_LIFT_DB), 11)
    time = np.arange(len(dry)) / hop
    even = dry * 10.0 ** (np.interp(time, np.arange(len(gain)) + 0.5, gain) / 20.0)
    return np.asarray(even * _peak_gain(even, 10.0 ** ((usual + _CREST_DB) / 20.0), hop // 4), np.float32)


def held_down(sound: Samples, sample_rate: int) -> None:
    """Hold the peaks of stereo ``sound`` down, in place, as :func:`levelled` does: tone sharpens them."""
    hop = round(_HOP_S * sample_rate)
    loudest = np.abs(sound).max(axis=1)
    level = _levels_db(loudest, hop)
    voiced = level[level > level.max(initial=-200.0) + _FLOOR_DB / 2]
    if len(voiced):
        ceiling = 10.0 ** ((float(np.median(voiced)) + _CREST_DB) / 20.0)
        sound *= _peak_gain(loudest, ceiling, hop // 4)[:, None].astype(np.float32)


def _peak_gain(sound: npt.NDArray[Any], ceiling: float, hop: int) -> Curve:
    """Return the gain for each sample that keeps peaks under ``ceiling``, looking 7 ms to either side."""
    blocks = -(-len(sound) // hop)
    padded = np.zeros(blocks * hop)
    padded[: len(sound)] = np.abs(sound)
    peaks = np.pad(padded.reshape(blocks, hop).max(axis=1), 3)
    around = np.lib.stride_tricks.sliding_window_view(peaks, 7).max(axis=1)
    gain = _smooth(np.minimum(1.0, ceiling / np.maximum(around, ceiling)), 5)
    return np.interp(np.arange(len(sound)) / hop, np.arange(blocks) + 0.5, gain)


def to_loudness(sound: Samples, sample_rate: int, target_lufs: float, peak_dbfs: float) -> Samples:
    """Return ``sound`` at ``target_lufs``, softer when its peak would pass ``peak_dbfs``; silence stays."""
    loudness = loudness_lufs(sound, sample_rate)
    peak = float(np.abs(sound).max(initial=0.0))
    if loudness is None or peak == 0.0:
        return sound
    gain_db = min(target_lufs - loudness, peak_dbfs - 20.0 * float(np.log10(peak)))
    return np.asarray(sound * 10.0 ** (gain_db / 20.0), np.float32)


def _levels_db(dry: Samples, hop: int) -> Curve:
    """Level of 50 ms around each hop, in dB of full scale."""
    blocks = -(-len(dry) // hop)
    padded = np.zeros(blocks * hop)
    padded[: len(dry)] = dry
    power = np.square(padded).reshape(blocks, hop).mean(axis=1)
    return np.asarray(10.0 * np.log10(np.convolve(power, np.ones(5) / 5.0, "same") + 1e-12))


def _smooth(curve: Curve, width: int) -> Curve:
    kernel = np.hanning(width + 2)
    half = (width + 1) // 2
    return np.convolve(np.pad(curve, half, mode="edge"), kernel / kernel.sum(), "same")[half:-half]

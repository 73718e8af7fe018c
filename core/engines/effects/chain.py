"""One stem through equaliser, de-esser, compressor and reverb, with pedalboard (JUCE's effects).

The compressor and the de-esser are driven by one key for all channels, so a loud left side does not
pull the picture to the right. Nothing here delays the sound, and nothing changes its length.
pedalboard is GPL-3.0; this is the one module that imports it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pedalboard

from core.dsp.effect_chain import ChainSettings, EqBand, EqShape
from core.engines.effects.level import active_rms_dbfs, rms_while_dbfs

Planes = npt.NDArray[np.float32]
"""Samples (channels, frames), the layout that pedalboard works in."""
Gain = npt.NDArray[np.float32]
"""A linear gain for each frame (frames,)."""

SIBILANCE_HZ = 5_500.0
SIBILANCE_ABOVE_DB = 3.0
"""The de-esser turns down what exceeds the band's mean level, taken while the stem plays, by this much."""
DE_ESS_RATIO = 6.0
_OFFSET_FILTER = EqBand(shape=EqShape.HIGH_PASS, frequency_hz=20)
"""Behind the compressor, which leaves a DC offset of a lopsided wave, such as a bass string's."""
_LOOKED_AT = 64
"""The compressor's gain is read at every so many frames."""
_HOP_S, _MOST_HOPS = 0.02, 2_400
"""The curve has a value each 20 ms, and in a long stem so many values at most."""
_KEY_FLOOR = np.float32(1e-7)
_NO_REDUCTION: Gain = np.zeros(1, dtype=np.float32)
_REVERB_DRY_UNITY = 0.5
"""JUCE's reverb doubles its dry level."""


@dataclass(frozen=True)
class ChainReport:
    """What the chain did to one stem."""

    threshold_dbfs: float
    """The compressor's threshold after it was set to the stem's own level."""
    compression_max_db: float
    compression_mean_db: float
    """Mean reduction, in dB, over the time in which the stem was reduced at all; 0 when never."""
    de_ess_max_db: float
    reduction_codes: str = ""
    """Gain reduction over time: base64 of one byte for each hop, the most in it in tenths of a dB, at most
    25.5; empty when the compressor is off."""
    reduction_hop_s: float = 0.0


def run_chain(samples: Planes, sample_rate: int, chain: ChainSettings) -> tuple[Planes, ChainReport]:
    """Return ``samples`` (channels, frames) through ``chain``, and what was done to them.

    The output is not yet matched to the stem's loudness: the stage does that.
    """
    sound = _equalised(samples, sample_rate, chain.bands)
    del samples  # A long stem is in memory as seldom as can be.
    sound, de_ess_max_db = _de_essed(sound, sample_rate, chain.de_ess_db)
    level_dbfs = active_rms_dbfs(sound, sample_rate)
    threshold_dbfs = min(0.0, level_dbfs + chain.threshold_db)
    reduction_db = _NO_REDUCTION
    if chain.ratio > 1.0:
        gain = _linked_gain(
            sound, sample_rate, threshold_dbfs, chain.ratio, chain.attack_ms, chain.release_ms
        )
        np.maximum(gain, np.float32(10 ** (-chain.range_db / 20)), out=gain)
        sound = sound * gain
        sound = _equalised(sound, sample_rate, (_OFFSET_FILTER,))
        reduction_db = np.asarray(
            -20.0 * np.log10(np.maximum(gain[::_LOOKED_AT], _KEY_FLOOR)), dtype=np.float32
        )
    sound = _with_reverb(sound, sample_rate, chain)
    reduced = reduction_db[reduction_db > 0.1]
    codes, hop_s = _curve(reduction_db, sample_rate) if chain.ratio > 1.0 else ("", 0.0)
    return sound, ChainReport(
        threshold_dbfs=round(threshold_dbfs, 2),
        compression_max_db=round(max(0.0, float(reduction_db.max())), 2),
        compression_mean_db=round(float(reduced.mean()), 2) if reduced.size else 0.0,
        de_ess_max_db=round(max(0.0, de_ess_max_db), 2),
        reduction_codes=codes,
        reduction_hop_s=hop_s,
    )


def _curve(reduction_db: Gain, sample_rate: int) -> tuple[str, float]:
    """Return the reduction as codes, the most of each hop, and the hop in s."""
    group = max(1, round(_HOP_S * sample_rate / _LOOKED_AT), -(-reduction_db.size // _MOST_HOPS))
    most = np.maximum.reduceat(reduction_db, np.arange(0, reduction_db.size, group))
    codes = np.clip(np.round(10 * most), 0, 255).astype(np.uint8)
    return base64.b64encode(codes.tobytes()).decode("ascii"), group * _LOOKED_AT / sample_rate


def _equalised(samples: Planes, sample_rate: int, bands: tuple[EqBand, ...]) -> Planes:
    filters = [_filter(band) for band in bands if _matters(band, sample_rate)]
    if not filters:
        return samples
    return np.asarray(pedalboard.Pedalboard(filters)(samples, sample_rate), dtype=np.float32)


def _matters(band: EqBand, sample_rate: int) -> bool:
    """Whether the band does something: it has gain, and lies under the rate's Nyquist frequency."""
    return band.frequency_hz < 0.49 * sample_rate and (band.shape is EqShape.HIGH_PASS or band.gain_db != 0)


def _filter(band: EqBand) -> pedalboard.Plugin:
    if band.shape is EqShape.HIGH_PASS:
        return pedalboard.HighpassFilter(cutoff_frequency_hz=band.frequency_hz)
    kind = {
        EqShape.LOW_SHELF: pedalboard.LowShelfFilter,
        EqShape.PEAK: pedalboard.PeakFilter,
        EqShape.HIGH_SHELF: pedalboard.HighShelfFilter,
    }[band.shape]
    return kind(cutoff_frequency_hz=band.frequency_hz, gain_db=band.gain_db, q=band.q)


def _de_essed(samples: Planes, sample_rate: int, depth_db: float) -> tuple[Planes, float]:
    """Turn down the sibilance band only, by at most ``depth_db``; the rest of the sound is left alone."""
    if depth_db == 0 or sample_rate < 2.2 * SIBILANCE_HZ:
        return samples, 0.0
    twice = [pedalboard.HighpassFilter(cutoff_frequency_hz=SIBILANCE_HZ) for _ in range(2)]
    band = np.asarray(pedalboard.Pedalboard(twice)(samples, sample_rate), dtype=np.float32)
    threshold_dbfs = rms_while_dbfs(band, samples, sample_rate) + SIBILANCE_ABOVE_DB
    gain = _linked_gain(band, sample_rate, min(0.0, threshold_dbfs), DE_ESS_RATIO, 1.0, 40.0)
    gain = np.maximum(gain, np.float32(10 ** (-depth_db / 20)))
    band *= gain - np.float32(1)
    band += samples
    return band, float(-20 * np.log10(gain.min()))


def _linked_gain(
    samples: Planes,
    sample_rate: int,
    threshold_dbfs: float,
    ratio: float,
    attack_ms: float,
    release_ms: float,
) -> Gain:
    """Return the compressor's gain from the loudest channel at each moment."""
    key = np.abs(samples[0])
    for channel in samples[1:]:
        np.maximum(key, np.abs(channel), out=key)
    np.maximum(key, _KEY_FLOOR, out=key)
    compressor = pedalboard.Compressor(
        threshold_db=threshold_dbfs, ratio=ratio, attack_ms=attack_ms, release_ms=release_ms
    )
    gain: Gain = np.asarray(compressor(key[np.newaxis], sample_rate), dtype=np.float32)[0]
    gain /= key
    np.minimum(gain, np.float32(1), out=gain)
    return gain


def _with_reverb(samples: Planes, sample_rate: int, chain: ChainSettings) -> Planes:
    """Add the reverb; more than two channels go through it in pairs, which is all that JUCE's knows."""
    if chain.reverb_wet == 0:
        return samples
    out = []
    for first in range(0, samples.shape[0], 2):
        reverb = pedalboard.Reverb(
            room_size=chain.reverb_room,
            damping=0.5,
            wet_level=chain.reverb_wet,
            dry_level=_REVERB_DRY_UNITY,
            width=1.0,
        )
        out.append(reverb(np.ascontiguousarray(samples[first : first + 2]), sample_rate))
    return out[0] if len(out) == 1 else np.concatenate(out)

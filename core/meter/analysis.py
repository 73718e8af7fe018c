"""From one scan of the samples to every reading and the picture."""

from __future__ import annotations

import math
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.meter.filters import channel_weights
from core.meter.loudness import HOP_S, NOTHING, SHORT_TERM_BLOCKS, Loudness, loudness, lufs, sliding_sum
from core.meter.reading import Analysis, Measurement, Picture
from core.meter.scan import Scan, gained_scan, scan
from core.meter.silence import silence
from core.meter.spectrum import Spectrum, spectrum

WIDEST_BALANCE_DB = 120.0
PSR_WITHIN_LU = 20.0
FAINTEST, LOUDEST = 1e-6, 1e6
"""Sample peaks between which a gain leaves all but a float32's last digit as it is."""

Doubles = npt.NDArray[np.float64]

_read: WeakKeyDictionary[Audio, tuple[Scan, Spectrum]] = WeakKeyDictionary()
"""What readings are derived from, for as long as its sound lives: 0.3 MB for a minute of stereo."""


def analyse_audio(audio: Audio) -> Analysis:
    """Measure ``audio`` and make its picture; never raises for any sound, whatever its samples.

    1 to 8 channels at any rate. Every sample is read once; the spectrum and the flatness are taken
    from frames picked evenly over the length (see :mod:`core.meter.spectrum`).
    """
    read = scan(audio)
    return _analysis(audio, read, spectrum(audio, finite=read.nonfinite == 0))


def analyse_gained(audio: Audio, source: Audio, gain: float) -> Analysis | None:
    """Return the analysis of ``audio``, which is ``source`` times ``gain`` rounded to float32, by arithmetic.

    From the block energies of ``source``, so that every gate and threshold is applied anew; only flat tops,
    of which rounding makes and unmakes some, are counted in the samples. None when ``source`` was not
    analysed here, holds non-finite samples, or either sound lies where float32 rounds more coarsely.
    """
    if source not in _read:
        return None
    read, tone = _read[source]
    peaks = read.sample_peak, read.sample_peak * gain
    if read.nonfinite or not all(FAINTEST < peak < LOUDEST for peak in peaks):
        return None
    bands = Spectrum(tone.centres_hz, tone.power * gain**2, tone.flatness)
    return _analysis(audio, gained_scan(read, audio, gain), bands)


def _analysis(audio: Audio, read: Scan, tone: Spectrum) -> Analysis:
    _read[audio] = read, tone
    whole = read.whole_blocks
    weighted = channel_weights(audio.channels) @ read.k_energy[:, :whole]
    frames = np.diff(read.block_edges[: whole + 1]).astype(np.float64)
    loud = loudness(weighted, frames)
    psr = _smallest_psr(weighted, frames, read.block_peak[:, :whole].max(axis=0, initial=0.0))
    return Analysis(_measurement(audio, read, loud, tone, psr), _picture(read, loud, tone))


def _measurement(
    audio: Audio, read: Scan, loud: Loudness, tone: Spectrum, psr_min_db: float | None
) -> Measurement:
    quiet = silence(read.energy, read.block_edges, audio.sample_rate)
    true_peak, sample_peak = _peak_db(read.true_peak), _peak_db(read.sample_peak)
    mean_square = float(read.energy.sum()) / max(1, audio.frames * audio.channels)
    rms = _power_db(mean_square)
    return Measurement(
        duration_s=audio.duration_s,
        sample_rate=audio.sample_rate,
        channels=audio.channels,
        integrated_lufs=loud.integrated_lufs,
        momentary_max_lufs=loud.momentary_max_lufs,
        short_term_max_lufs=loud.short_term_max_lufs,
        loudness_range_lu=loud.loudness_range_lu,
        true_peak_dbtp=true_peak,
        sample_peak_dbfs=sample_peak,
        rms_dbfs=rms,
        crest_db=_difference(sample_peak, rms),
        plr_db=_difference(true_peak, loud.integrated_lufs),
        psr_min_db=psr_min_db,
        dc_offset=float(np.abs(read.means).max()),
        nonfinite_samples=read.nonfinite,
        clipped_runs=read.flat_tops,
        silent_fraction=min(1.0, quiet.total_s / audio.duration_s) if audio.frames else 0.0,
        longest_silence_s=quiet.longest_s,
        tail_silence_s=quiet.tail_s,
        correlation=_correlation(read, audio.frames),
        channel_balance_db=_balance(read, audio.frames),
        spectral_flatness=tone.flatness,
    )


def _picture(read: Scan, loud: Loudness, tone: Spectrum) -> Picture:
    with np.errstate(divide="ignore"):
        bands = np.where(tone.power > NOTHING, 10.0 * np.log10(tone.power), np.nan)
    return Picture(
        low=read.low,
        high=read.high,
        momentary_lufs=loud.momentary_lufs.astype(np.float32),
        short_term_lufs=loud.short_term_lufs.astype(np.float32),
        hop_s=HOP_S,
        spectrum_hz=tone.centres_hz.astype(np.float32),
        spectrum_db=bands.astype(np.float32),
    )


def _smallest_psr(energy: Doubles, frames: Doubles, peak: npt.NDArray[np.float32]) -> float | None:
    """Smallest ratio of the sample peak of 3 s to their short-term loudness, each 100 ms.

    Only parts within 20 LU of the loudest count: the ratio of a fade's end says nothing of the mastering.
    """
    windows = len(energy) - SHORT_TERM_BLOCKS + 1
    if windows <= 0:
        return None
    mean_square = (sliding_sum(energy, SHORT_TERM_BLOCKS) / sliding_sum(frames, SHORT_TERM_BLOCKS))[::10]
    short_term = lufs(mean_square)
    if np.isnan(short_term).all():
        return None
    peaks = np.lib.stride_tricks.sliding_window_view(peak, SHORT_TERM_BLOCKS)[::10].max(axis=1)
    loud_enough = short_term > np.nanmax(short_term) - PSR_WITHIN_LU
    return float((20.0 * np.log10(peaks[loud_enough].astype(np.float64)) - short_term[loud_enough]).min())


def _correlation(read: Scan, frames: int) -> float | None:
    """Pearson correlation of the first two channels; None when one of them does not move."""
    if len(read.means) < 2 or not frames:
        return None
    powers = read.energy[:2].sum(axis=1) / frames
    variances = powers - read.means[:2] ** 2
    if (variances <= np.maximum(NOTHING, 1e-11 * powers)).any():
        return None
    covariance = read.product / frames - float(read.means[0] * read.means[1])
    return min(1.0, max(-1.0, covariance / math.sqrt(float(variances[0] * variances[1]))))


def _balance(read: Scan, frames: int) -> float | None:
    """First channel over the second in dB, at most 120 either way (one of them silent)."""
    if len(read.means) < 2 or not frames:
        return None
    first, second = (_power_db(float(e.sum()) / frames) for e in read.energy[:2])
    if first is None or second is None:
        both_silent = first is None and second is None
        return None if both_silent else math.copysign(WIDEST_BALANCE_DB, 1.0 if second is None else -1.0)
    return min(WIDEST_BALANCE_DB, max(-WIDEST_BALANCE_DB, first - second))


def _peak_db(peak: float) -> float | None:
    return 20.0 * math.log10(peak) if peak * peak > NOTHING else None


def _power_db(mean_square: float) -> float | None:
    return 10.0 * math.log10(mean_square) if mean_square > NOTHING else None


def _difference(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b

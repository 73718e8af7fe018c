"""What the meters read of one sound, and what the pictures need, as values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict


class Measurement(BaseModel):
    """Meter readings of one sound; a reading that does not exist (the loudness of silence) is None.

    Loudness by ITU-R BS.1770-5 and EBU Tech 3341/3342. Non-finite samples are counted, and every
    other reading is taken as if they were zero, so that a broken sound can still be looked at.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    duration_s: float
    sample_rate: int
    channels: int
    integrated_lufs: float | None
    """Gated loudness of the whole (Tech 3341, mode I). None under 0.4 s or when nothing passes -70 LUFS."""
    momentary_max_lufs: float | None
    """Loudest 400 ms, 10 ms hop."""
    short_term_max_lufs: float | None
    """Loudest 3 s, 10 ms hop; None under 3 s."""
    loudness_range_lu: float | None
    """LRA (Tech 3342); unstable under 60 s; None under 3 s."""
    true_peak_dbtp: float | None
    """Peak of the 4x oversampled sound, never below the sample peak (BS.1770-5 annex 2)."""
    sample_peak_dbfs: float | None
    rms_dbfs: float | None
    """RMS over all channels; a full-scale sine reads -3.01."""
    crest_db: float | None
    """Sample peak minus RMS, over all channels."""
    plr_db: float | None
    """Peak to loudness ratio: true peak minus integrated loudness."""
    psr_min_db: float | None
    """Smallest sample peak to short-term loudness ratio over the parts within 20 LU of the loudest."""
    dc_offset: float
    """Largest absolute mean of a channel, full scale 1.0."""
    nonfinite_samples: int
    clipped_runs: int
    """Flat-topped runs: 3 or more equal samples in a row at the channel's extreme level or full scale.

    A top that 16-bit rounding alone flattens is none; a square wave is flat all along, whoever made it.
    """
    silent_fraction: float
    """Part of the duration, 0 to 1, that lies under -60 dBFS (10 ms blocks, RMS, all channels)."""
    longest_silence_s: float
    tail_silence_s: float
    correlation: float | None
    """Pearson correlation of the first two channels, None for mono or a silent channel."""
    channel_balance_db: float | None
    """RMS of the first channel over the second, at most 120 either way; None for mono or two silent ones."""
    spectral_flatness: float | None
    """0 (a tone) to 1 (white noise): geometric over arithmetic mean power, energy-weighted over frames.

    Of 94 Hz bands from 100 Hz to 10 kHz, in frames picked over the length; None under 50 ms.
    """


@dataclass(frozen=True, eq=False)
class Picture:
    """What is drawn of a sound; float32 arrays, decibels and LUFS with NaN where nothing exists."""

    low: npt.NDArray[np.float32]
    """Envelope minimum, (columns, channels), full scale 1.0, NaN where a column holds a non-finite sample."""
    high: npt.NDArray[np.float32]
    """Envelope maximum, (columns, channels)."""
    momentary_lufs: npt.NDArray[np.float32]
    """One value each 100 ms: the 400 ms that end there."""
    short_term_lufs: npt.NDArray[np.float32]
    """One value each 100 ms: the 3 s that end there."""
    hop_s: float
    """Time between two loudness values, 0.1 s."""
    spectrum_hz: npt.NDArray[np.float32]
    """Centres of the sixth-octave bands from 20 Hz up to Nyquist."""
    spectrum_db: npt.NDArray[np.float32]
    """Mean power per band, dBFS."""


@dataclass(frozen=True, eq=False)
class Analysis:
    """Readings and picture of one sound."""

    measurement: Measurement
    picture: Picture

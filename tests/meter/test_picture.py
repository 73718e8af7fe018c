"""What is drawn: envelope, loudness over time, spectrum."""

import numpy as np
import pytest

from core.audio import Audio
from core.measure import analyse

from .signals import noise, tones

RATE = 48_000


def picture(audio):
    return analyse(audio).picture


@pytest.mark.parametrize("frames", [1, 5, 480, 1_999, 2_000, 2_001, 50_000])
def test_each_column_holds_the_extremes_of_its_samples(frames):
    audio = noise(RATE, frames / RATE)
    p, columns = picture(audio), min(frames, 2_000)
    edges = np.arange(columns + 1) * frames // columns
    for low, high, start, stop in zip(p.low, p.high, edges, edges[1:], strict=False):
        assert (low == audio.samples[start:stop].min(axis=0)).all()
        assert (high == audio.samples[start:stop].max(axis=0)).all()


def test_a_broken_sample_leaves_a_gap_in_its_column_and_channel_alone():
    samples = np.array(noise(RATE, 1.0).samples)
    samples[24_000, 1] = np.nan
    p = picture(Audio(samples, RATE))
    for side in (p.low, p.high):
        assert np.argwhere(np.isnan(side)).tolist() == [[1_000, 1]]


def test_loudness_has_a_value_each_100_ms_that_tells_of_what_lies_before():
    p = picture(tones(RATE, [(4, None), (4, -23)]))
    assert len(p.momentary_lufs) == len(p.short_term_lufs) == 80
    assert p.hop_s == 0.1
    assert np.isnan(p.momentary_lufs[:40]).all() and np.isnan(p.short_term_lufs[:40]).all()
    assert p.momentary_lufs[43:] == pytest.approx(np.full(37, -23.0), abs=0.1)
    assert p.short_term_lufs[69:] == pytest.approx(np.full(11, -23.0), abs=0.1)
    assert (np.diff(p.short_term_lufs[40:69]) > 0).all()


def test_before_the_first_whole_window_there_is_no_value():
    p = picture(noise(RATE, 5.0))
    assert np.isnan(p.momentary_lufs[:3]).all() and np.isfinite(p.momentary_lufs[3:]).all()
    assert np.isnan(p.short_term_lufs[:29]).all() and np.isfinite(p.short_term_lufs[29:]).all()


@pytest.mark.parametrize("frequency_hz", [40.0, 63.0, 440.0, 1000.0, 9_000.0, 18_000.0])
def test_a_tone_stands_in_its_band_with_its_power(frequency_hz):
    p = picture(tones(RATE, [(4, -6.0)], frequency_hz=frequency_hz))
    loudest = int(np.nanargmax(p.spectrum_db))
    assert p.spectrum_hz[loudest] == pytest.approx(frequency_hz, rel=0.07)
    power = 10 * np.log10(np.nansum(10 ** (p.spectrum_db[loudest - 1 : loudest + 2] / 10)))
    assert power == pytest.approx(-9.01, abs=0.1)


@pytest.mark.parametrize("rate", [8_000, 44_100, 96_000])
def test_bands_are_a_sixth_of_an_octave_from_20_hz_to_nyquist(rate):
    hz = picture(noise(rate, 1.0)).spectrum_hz
    assert hz[1:] / hz[:-1] == pytest.approx(np.full(len(hz) - 1, 2 ** (1 / 6)), rel=1e-5)
    assert 20 <= hz[0] < 20 * 2 ** (1 / 6)
    assert rate / 2 / 2 ** (1 / 6) < hz[-1] <= rate / 2


def test_white_noise_rises_3_db_an_octave_and_adds_up_to_its_power():
    audio = noise(RATE, 20.0)
    p = picture(audio)
    at = [int(np.argmin(np.abs(p.spectrum_hz - hz))) for hz in (500, 8_000)]
    assert p.spectrum_db[at[1]] - p.spectrum_db[at[0]] == pytest.approx(12.04, abs=0.5)
    total = 10 * np.log10(np.nansum(10 ** (p.spectrum_db / 10)))
    assert total == pytest.approx(analyse(audio).measurement.rms_dbfs, abs=0.5)


def test_a_long_sound_s_spectrum_is_that_of_the_whole():
    audio = noise(8_000, 300.0, channels=1)
    whole, part = picture(audio), picture(audio.between(0, 20))
    assert whole.spectrum_db[10:] == pytest.approx(part.spectrum_db[10:], abs=1.5)

"""The meter beside two others: pyloudnorm 0.2 (De Man's filters) and libebur128 (pyebur128)."""

import numpy as np
import pyebur128
import pyloudnorm
import pytest

from core.audio import Audio
from core.measure import measure

from .signals import noise

TOLERANCES = {
    "true_peak_dbtp": 0.2,  # the two interpolators part near the Nyquist frequency, where noise has a share
    "loudness_range_lu": 0.3,  # libebur128 takes a window each second, we one each 100 ms
}


def _libebur128(audio):
    modes = pyebur128.MeasurementMode
    mode = modes.MODE_I | modes.MODE_M | modes.MODE_S | modes.MODE_LRA | modes.MODE_TRUE_PEAK
    state = pyebur128.R128State(audio.channels, audio.sample_rate, mode)
    momentary, short_term, hop = [], [], audio.sample_rate // 100
    for start in range(0, audio.frames - hop + 1, hop):
        chunk = np.array(audio.samples[start : start + hop].reshape(-1))
        state.add_frames(chunk, hop)
        momentary.append(pyebur128.get_loudness_momentary(state) if start + hop >= 40 * hop else -np.inf)
        short_term.append(pyebur128.get_loudness_shortterm(state) if start + hop >= 300 * hop else -np.inf)
    peaks = [pyebur128.get_true_peak(state, c) for c in range(audio.channels)]
    return {
        "integrated_lufs": pyebur128.get_loudness_global(state),
        "momentary_max_lufs": max(momentary),
        "short_term_max_lufs": max(short_term),
        "loudness_range_lu": pyebur128.get_loudness_range(state),
        "true_peak_dbtp": 20 * np.log10(max(peaks)),
    }


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_integrated_loudness_as_pyloudnorm_reads_it(channels, rate):
    audio = noise(rate, 6.0, channels=channels, seed=channels)
    oracle = pyloudnorm.Meter(rate, filter_class="DeMan").integrated_loudness(audio.samples)
    assert measure(audio).integrated_lufs == pytest.approx(oracle, abs=0.02)


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_every_reading_that_libebur128_has(channels, rate):
    audio = noise(rate, 8.0, channels=channels, seed=7)
    ours, oracle = measure(audio), _libebur128(audio)
    for field, expected in oracle.items():
        tolerance = TOLERANCES.get(field, 0.03)
        assert getattr(ours, field) == pytest.approx(expected, abs=tolerance), field


@pytest.mark.parametrize("seed", range(4))
def test_true_peak_as_the_whole_sound_interpolated_16_fold_reads_it(seed):
    frames = 48_000
    spectrum = np.fft.rfft(noise(48_000, 1.0, seed=seed, channels=1).samples[:, 0])
    spectrum[round(0.42 * frames) :] = 0.0
    sound = np.fft.irfft(spectrum, frames)
    exact = np.abs(np.fft.irfft(spectrum, 16 * frames)).max() * 16
    audio = Audio(sound.astype(np.float32)[:, None], 48_000)
    assert measure(audio).true_peak_dbtp == pytest.approx(20 * np.log10(exact), abs=0.15)


def test_levels_correlation_and_balance_as_numpy_computes_them():
    audio = noise(44_100, 3.0, seed=5)
    x = audio.samples.astype(np.float64) * [1.0, 0.25] + [[0.0, 0.0]]
    x[:, 1] += 0.5 * x[:, 0] + 0.01
    m, x32 = measure(Audio(x.astype(np.float32), 44_100)), x.astype(np.float32).astype(np.float64)
    assert m.sample_peak_dbfs == pytest.approx(20 * np.log10(np.abs(x32).max()), abs=1e-6)
    assert m.rms_dbfs == pytest.approx(10 * np.log10((x32**2).mean()), abs=1e-6)
    assert m.crest_db == pytest.approx(m.sample_peak_dbfs - m.rms_dbfs)
    assert m.plr_db == pytest.approx(m.true_peak_dbtp - m.integrated_lufs)
    assert m.dc_offset == pytest.approx(np.abs(x32.mean(axis=0)).max(), abs=1e-9)
    assert m.correlation == pytest.approx(np.corrcoef(x32.T)[0, 1], abs=1e-9)
    rms = np.sqrt((x32**2).mean(axis=0))
    assert m.channel_balance_db == pytest.approx(20 * np.log10(rms[0] / rms[1]), abs=1e-6)

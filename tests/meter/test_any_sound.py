"""The meter raises for no sound; what does not exist is None, or NaN in the picture."""

import warnings

import numpy as np
import pytest

from core.audio import Audio
from core.measure import analyse, measure

from .signals import noise, stereo, tones

RATE = 44_100
LEVELS = ("integrated_lufs", "momentary_max_lufs", "short_term_max_lufs", "loudness_range_lu", "psr_min_db")
PEAKS = ("true_peak_dbtp", "sample_peak_dbfs", "rms_dbfs", "crest_db", "plr_db")
PAIR = ("correlation", "channel_balance_db")


def full(value, shape=(RATE, 2)):
    return Audio(np.full(shape, value, dtype=np.float32), RATE)


SOUNDS = {
    "no frames": full(0, (0, 2)),
    "one sample": full(0.5, (1, 1)),
    "one NaN": full(np.nan, (1, 2)),
    "zeros": full(0),
    "NaN": full(np.nan),
    "infinite": full(-np.inf),
    "constant": full(0.3),
    "largest": full(3.4e38),
    "smallest": full(1e-45),
    "0.3 s": noise(RATE, 0.3),
    "eight channels": noise(RATE, 1.0, channels=8),
    "8 kHz": noise(8_000, 1.0, channels=1),
    "11,025 Hz": noise(11_025, 1.0),
    "192 kHz": noise(192_000, 1.0),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_every_sound_is_measured_without_a_warning(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = analyse(SOUNDS[name])
    numbers = [v for v in found.measurement.model_dump().values() if v is not None]
    assert np.isfinite(numbers).all()
    assert len(found.picture.low) == len(found.picture.high) == min(SOUNDS[name].frames, 2_000)
    for array in (found.picture.low, found.picture.momentary_lufs, found.picture.spectrum_db):
        assert array.dtype == np.float32


@pytest.mark.parametrize("name", ["no frames", "zeros", "NaN", "infinite", "one NaN"])
def test_silence_has_no_level_at_all(name):
    m = measure(SOUNDS[name])
    assert [getattr(m, f) for f in (*LEVELS, *PEAKS, *PAIR)] == [None] * 12
    assert m.spectral_flatness is None
    assert m.clipped_runs == 0 and m.dc_offset == 0.0


def test_all_broken_is_all_counted_and_all_silent():
    m = measure(full(np.nan))
    assert m.nonfinite_samples == 2 * RATE
    assert m.silent_fraction == 1.0
    assert m.longest_silence_s == m.tail_silence_s == 1.0


def test_under_400_ms_there_is_a_peak_but_no_loudness():
    m = measure(noise(RATE, 0.399))
    assert [getattr(m, f) for f in LEVELS] == [None] * 5
    assert m.plr_db is None
    assert m.sample_peak_dbfs is not None and m.crest_db is not None


def test_under_3_s_there_is_no_short_term_loudness():
    m = measure(noise(RATE, 2.99))
    assert m.integrated_lufs is not None and m.momentary_max_lufs is not None
    assert m.short_term_max_lufs is None and m.loudness_range_lu is None and m.psr_min_db is None


def test_under_the_gate_there_is_no_integrated_loudness():
    m = measure(tones(48_000, [(5, -75)]))
    assert m.integrated_lufs is None and m.loudness_range_lu is None
    assert m.momentary_max_lufs == pytest.approx(-75, abs=0.1)


def test_mono_has_neither_correlation_nor_balance():
    m = measure(noise(RATE, 1.0, channels=1))
    assert m.correlation is None and m.channel_balance_db is None


@pytest.mark.parametrize(("silent", "balance_db"), [(1, 120.0), (0, -120.0)])
def test_a_dead_channel_is_as_far_off_balance_as_it_goes(silent, balance_db):
    samples = np.array(noise(RATE, 1.0).samples)
    samples[:, silent] = 0.0
    m = measure(Audio(samples, RATE))
    assert m.channel_balance_db == balance_db
    assert m.correlation is None


def test_equal_and_inverted_channels_correlate_fully():
    x = noise(RATE, 1.0, channels=1).samples
    assert measure(Audio(np.hstack([x, x]), RATE)).correlation == pytest.approx(1.0)
    assert measure(Audio(np.hstack([x, -x]), RATE)).correlation == pytest.approx(-1.0)


def test_a_full_scale_sine_reads_minus_3_01_dbfs_rms():
    m = measure(tones(48_000, [(2, 0.0)]))
    assert m.rms_dbfs == pytest.approx(-3.0103, abs=1e-3)
    assert m.sample_peak_dbfs == pytest.approx(0.0, abs=1e-6)
    assert m.crest_db == pytest.approx(3.0103, abs=1e-3)


def test_dc_is_that_of_the_worst_channel():
    samples = np.array(noise(RATE, 1.0, level_db=-60).samples) + np.array([0.01, -0.2], dtype=np.float32)
    assert measure(Audio(samples, RATE)).dc_offset == pytest.approx(0.2, abs=1e-4)


def test_silences_are_timed():
    m = measure(tones(48_000, [(1, None), (2, -20), (1.5, -70), (2, -20), (0.75, None)]))
    assert m.silent_fraction == pytest.approx(3.25 / 7.25, abs=0.003)
    assert m.longest_silence_s == pytest.approx(1.5, abs=0.011)
    assert m.tail_silence_s == pytest.approx(0.75, abs=0.011)


def test_psr_falls_when_the_peaks_are_cut_and_passes_over_a_fade():
    loud, faint = noise(RATE, 4.0), noise(RATE, 4.0, level_db=-60)
    fading = Audio(np.concatenate([loud.samples, faint.samples]), RATE)
    cut = Audio(np.clip(loud.samples, -0.1, 0.1), RATE)
    assert measure(cut).psr_min_db < measure(loud).psr_min_db - 3
    assert measure(fading).psr_min_db == pytest.approx(measure(loud).psr_min_db, abs=1.0)


def test_the_lfe_is_heard_by_no_loudness_but_by_the_peak():
    samples = np.zeros((2 * RATE, 6), dtype=np.float32)
    samples[:, 3] = noise(RATE, 2.0, channels=1).samples[:, 0]
    m = measure(Audio(samples, RATE))
    assert m.integrated_lufs is None
    assert m.sample_peak_dbfs is not None


def test_a_tone_is_not_flat_and_noise_is():
    assert measure(tones(48_000, [(3, -20)])).spectral_flatness < 0.001
    assert measure(noise(48_000, 3.0)).spectral_flatness > 0.9
    assert measure(noise(48_000, 0.1)).spectral_flatness > 0.6


def test_non_contiguous_and_read_only_samples_are_measured_alike():
    audio = noise(RATE, 1.0)
    backwards = Audio(audio.samples[::-1][::-1], RATE)
    assert measure(backwards) == measure(audio)
    assert measure(stereo(audio.samples[:, 0], RATE)).channels == 2


def test_a_memory_mapped_sound_is_measured_alike(tmp_path):
    audio = noise(RATE, 1.0)
    np.save(tmp_path / "x.npy", audio.samples)
    assert measure(Audio(np.load(tmp_path / "x.npy", mmap_mode="r"), RATE)) == measure(audio)

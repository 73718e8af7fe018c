"""What must hold for any sound: gain, polarity, channel order, block borders, silence around it."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audio import Audio
from core.measure import measure
from core.meter import kernels
from core.meter.filters import interpolator, l1_norm
from core.meter.loudness import sliding_sum
from core.meter.scan import scan

from .signals import gain, noise, stereo

RATE = 8_000
LOUDNESS = ("integrated_lufs", "momentary_max_lufs", "short_term_max_lufs", "loudness_range_lu")
PEAKS = ("true_peak_dbtp", "sample_peak_dbfs", "rms_dbfs")
seeds = st.integers(0, 10_000)
FEW = settings(max_examples=25, deadline=None)


def changed(audio, function):
    return Audio(np.ascontiguousarray(function(audio.samples), dtype=np.float32), audio.sample_rate)


@FEW
@given(seed=seeds, gain_db=st.floats(-24, 24), channels=st.integers(1, 6))
def test_gain_shifts_loudness_and_peaks_by_exactly_the_gain(seed, gain_db, channels):
    audio = noise(RATE, 4.0, channels=channels, seed=seed)
    before, after = measure(audio), measure(changed(audio, lambda x: x * gain(gain_db)))
    for field in (*LOUDNESS[:3], *PEAKS):
        assert getattr(after, field) - getattr(before, field) == pytest.approx(gain_db, abs=1e-4), field
    for field in ("loudness_range_lu", "crest_db", "plr_db", "psr_min_db", "spectral_flatness"):
        assert getattr(after, field) == pytest.approx(getattr(before, field), abs=1e-4), field


@FEW
@given(seed=seeds, channels=st.integers(1, 6))
def test_polarity_changes_no_level(seed, channels):
    audio = noise(RATE, 3.5, channels=channels, seed=seed)
    before, after = measure(audio), measure(changed(audio, np.negative))
    for field in (*LOUDNESS, *PEAKS, "psr_min_db", "correlation", "dc_offset"):
        assert getattr(after, field) == getattr(before, field), field


@FEW
@given(seed=seeds)
def test_swapping_left_and_right_only_turns_the_balance_round(seed):
    audio = changed(noise(RATE, 3.5, seed=seed), lambda x: x * [1.0, 0.3])
    before, after = measure(audio), measure(changed(audio, lambda x: x[:, ::-1]))
    for field in (*LOUDNESS, *PEAKS, "correlation"):
        assert getattr(after, field) == pytest.approx(getattr(before, field), abs=1e-9), field
    assert after.channel_balance_db == pytest.approx(-before.channel_balance_db)
    assert before.channel_balance_db == pytest.approx(10.5, abs=1.0)


@FEW
@given(seed=seeds, pad_s=st.integers(1, 40).map(lambda n: n / 10))
def test_silence_before_and_after_leaves_loudness_and_peaks(seed, pad_s):
    audio = noise(RATE, 6.0, seed=seed)
    pad = np.zeros((round(pad_s * RATE), 2), dtype=np.float32)
    before, after = measure(audio), measure(changed(audio, lambda x: np.concatenate([pad, x, pad])))
    assert after.true_peak_dbtp == pytest.approx(before.true_peak_dbtp, abs=0.01)
    assert after.sample_peak_dbfs == before.sample_peak_dbfs
    assert after.momentary_max_lufs == pytest.approx(before.momentary_max_lufs, abs=0.01)
    assert after.integrated_lufs == pytest.approx(before.integrated_lufs, abs=0.4)
    assert after.tail_silence_s == pytest.approx(pad_s + before.tail_silence_s, abs=0.011)
    assert after.longest_silence_s >= pad_s - 0.011
    assert after.silent_fraction == pytest.approx(2 * pad_s / (6 + 2 * pad_s), abs=0.01)


@FEW
@given(seed=seeds, data=st.data())
def test_one_broken_sample_anywhere_is_counted_and_read_as_zero(seed, data):
    frames = 3 * RATE + 17
    audio = noise(RATE, frames / RATE, seed=seed)
    frame, channel = data.draw(st.integers(0, frames - 1)), data.draw(st.integers(0, 1))
    broken = np.array(audio.samples)
    broken[frame, channel] = data.draw(st.sampled_from([np.nan, np.inf, -np.inf]))
    silenced = np.array(audio.samples)
    silenced[frame, channel] = 0.0
    found, expected = measure(Audio(broken, RATE)), measure(Audio(silenced, RATE))
    assert found.nonfinite_samples == 1
    assert found.model_copy(update={"nonfinite_samples": 0}) == expected


@FEW
@given(seed=seeds, cuts=st.lists(st.integers(1, 3_999), max_size=30, unique=True))
def test_where_the_blocks_are_cut_never_matters(seed, cuts):
    audio = changed(noise(RATE, 0.5, seed=seed, channels=1), lambda x: np.clip(x, -0.03, 0.03))
    expected = scan(audio)
    edges = np.array([0, *sorted(cuts), 4_000], dtype=np.int64)
    low = np.array([audio.samples[a:b].min() for a, b in itertools.pairwise(edges)])
    high = np.array([audio.samples[a:b].max() for a, b in itertools.pairwise(edges)])
    peaks = np.maximum(-low, high)
    peak = kernels.true_peak(audio.samples, 0, edges, peaks, interpolator(4), l1_norm(4), 0.03)
    assert peak == pytest.approx(expected.true_peak, rel=1e-6)
    tops = kernels.count_flat_tops(audio.samples, 0, edges, low, high, low.min(), high.max())
    assert tops == expected.flat_tops > 0


@FEW
@given(seed=seeds, duration_s=st.floats(0.01, 1.0))
def test_true_peak_is_that_of_the_whole_sound_interpolated(seed, duration_s):
    audio = noise(RATE, duration_s, seed=seed, channels=1)
    taps, x = interpolator(4).astype(np.float64), audio.samples[:, 0].astype(np.float64)
    between = [np.abs(np.convolve(np.pad(x, (11, 12)), row[::-1], mode="valid")).max() for row in taps]
    expected = max([np.abs(x).max(), *between])
    assert measure(audio).true_peak_dbtp == pytest.approx(20 * np.log10(expected), abs=1e-4)


@given(width=st.integers(1, 70), values=st.lists(st.floats(0, 1e6), min_size=0, max_size=90))
def test_sliding_sums_are_the_plain_sums(width, values):
    array = np.array(values)
    plain = [array[i : i + width].sum() for i in range(len(array) - width + 1)]
    assert sliding_sum(array, width) == pytest.approx(np.array(plain))


def test_a_quiet_part_after_a_loud_one_is_read_right():
    """A running sum would leave the rounding of the loud part behind."""
    quiet = noise(RATE, 3.0, level_db=-110, seed=1)
    loud = noise(RATE, 3.0, level_db=0, seed=2)
    both = Audio(np.concatenate([loud.samples, np.zeros((RATE, 2), np.float32), quiet.samples]), RATE)
    from core.measure import analyse

    expected = analyse(quiet).picture.momentary_lufs[10:]
    assert analyse(both).picture.momentary_lufs[50:] == pytest.approx(expected, abs=0.05)


def test_gain_of_a_mono_sound_in_two_channels_adds_3_lu():
    mono = noise(RATE, 4.0, channels=1)
    two = stereo(mono.samples[:, 0], RATE)
    assert measure(two).integrated_lufs - measure(mono).integrated_lufs == pytest.approx(3.0103, abs=1e-3)
    assert measure(two).rms_dbfs == pytest.approx(measure(mono).rms_dbfs)

"""Clipping is flatness, not a threshold."""

import numpy as np
import pytest

from core.audio import Audio
from core.measure import measure

from .signals import noise, stereo

RATE = 44_100
N = np.arange(RATE)


def clipped_runs(mono):
    return measure(stereo(mono, RATE)).clipped_runs


def sine(frequency_hz, amplitude):
    return amplitude * np.sin(2 * np.pi * frequency_hz * N / RATE + 0.3)


def to_16_bit(x):
    return np.rint(x * 32768.0).clip(-32768, 32767) / 32768.0


def test_a_clipped_sine_has_two_flat_tops_a_period_in_each_channel():
    assert clipped_runs(np.clip(sine(441, 1.5), -1, 1)) == pytest.approx(2 * 2 * 441, abs=4)


@pytest.mark.parametrize("gain", [0.5, 0.1, 0.01])
def test_clipping_is_still_seen_after_it_was_turned_down(gain):
    x = np.clip(sine(441, 1.5), -1, 1)
    assert clipped_runs(x * gain) == clipped_runs(x)


def test_clipping_of_one_side_only_is_seen():
    assert clipped_runs(np.minimum(sine(441, 1.0), 0.8)) == pytest.approx(2 * 441, abs=2)


@pytest.mark.parametrize("amplitude", [0.1, 1.0, 1.4])
def test_a_clean_wave_has_none_even_over_full_scale(amplitude):
    """A decoded MP3 goes over full scale for many samples in a row without being flat."""
    assert clipped_runs(sine(220, amplitude)) == 0
    assert clipped_runs(sine(997, amplitude)) == 0


def test_music_clipped_by_its_16_bit_file_is_seen():
    loud = noise(RATE, 1.0, level_db=-3).samples
    assert measure(Audio(to_16_bit(loud).astype(np.float32), RATE)).clipped_runs > 20


@pytest.mark.parametrize("frequency_hz", [20, 30, 50, 80, 120])
@pytest.mark.parametrize("amplitude", [0.03, 0.5, 0.9999])
def test_the_top_of_a_slow_wave_that_16_bits_flatten_is_none(frequency_hz, amplitude):
    assert clipped_runs(to_16_bit(sine(frequency_hz, amplitude))) == 0


def test_a_slow_wave_clipped_in_a_16_bit_file_is_seen():
    assert clipped_runs(to_16_bit(sine(60, 1.3))) == pytest.approx(2 * 2 * 60, abs=4)


def test_two_equal_samples_are_no_run():
    x = np.tile([0.0, 0.9, 0.9, 0.0, -0.9, -0.9], 1000)
    assert clipped_runs(x) == 0


def test_flat_parts_under_the_top_are_none():
    x = sine(100, 0.9)
    x[1000:1100] = 0.4
    assert clipped_runs(x) == 0


def test_full_scale_flats_count_beside_a_higher_extreme():
    x = np.clip(sine(441, 1.5), -1, 1)
    x[100] = 1.7
    assert clipped_runs(x) == pytest.approx(2 * 2 * 441, abs=4)


def test_a_square_wave_is_flat_all_along():
    """A fact about the sound; whether it is a fault is the check's to say."""
    assert clipped_runs(np.sign(sine(441, 1.0)) * 0.7) == pytest.approx(2 * 2 * 441, abs=4)


def test_silence_and_runs_of_broken_samples_have_none():
    assert clipped_runs(np.zeros(RATE)) == 0
    x = sine(441, 0.5)
    x[100:200], x[300:400] = np.inf, -np.inf
    assert clipped_runs(x) == 0

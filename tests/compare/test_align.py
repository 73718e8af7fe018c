"""One sound laid over another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audio import Audio
from core.blame.change import UNRELATED
from core.compare.align import align
from tests import sounds
from tests.blame import steps


@pytest.mark.parametrize("name", ["band", "pad", "sub_bass", "metal"])
@pytest.mark.parametrize("frames", [0, 1, 777, 3 * 44_100])
def test_a_delay_is_found_to_the_frame_also_in_loops_and_tones(name, frames):
    sound = sounds.GOOD[name]()
    aligned = align(sound, steps.delayed(frames)(sound))
    assert round(aligned.delay_s * sound.sample_rate) == frames
    assert aligned.null_residual_db == -200
    assert aligned.only_after[0] * sound.sample_rate == pytest.approx(frames)


def test_a_trimmed_start_is_a_negative_delay():
    aligned = align(sounds.band(), steps.trimmed(5_000)(sounds.band()))
    assert aligned.delay_s * 44_100 == pytest.approx(-5_000)
    assert aligned.only_before == pytest.approx((5_000 / 44_100, 0))


@settings(max_examples=12, deadline=None)
@given(st.floats(-60, 30), st.sampled_from([1, -1]))
def test_gain_and_polarity_are_found_exactly(decibels, sign):
    factor = sign * 10 ** (decibels / 20)
    short = sounds.band().between(1.0, 2.0)
    aligned = align(short, Audio((short.samples * factor).astype(np.float32), 44_100))
    assert aligned.gain == pytest.approx(factor, rel=1e-5)
    assert np.sign(aligned.correlation) == sign
    assert aligned.null_residual_db < -130


def test_a_part_of_a_frame_is_found_and_taken_out():
    sound = sounds.pad()
    spectrum = np.fft.rfft(sound.samples, axis=0)
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(sound.frames)[:, None] * 0.4)
    later = Audio(np.fft.irfft(spectrum * turn, sound.frames, axis=0).astype(np.float32), 44_100)
    aligned = align(sound, later)
    assert aligned.delay_s * 44_100 == pytest.approx(0.4, abs=0.02)
    assert aligned.null_residual_db < -60


@pytest.mark.parametrize("rate", [22_050, 32_000, 48_000, 96_000])
def test_another_rate_is_the_same_sound(rate):
    aligned = align(sounds.pad(), sounds.pad().resampled(rate))
    assert aligned.null_residual_db < -60
    assert aligned.sample_rate == min(rate, 44_100)


def test_one_channel_is_compared_with_the_mean_of_two():
    assert align(sounds.band(), steps.mono(sounds.band())).null_residual_db < -140


def test_channels_that_cancel_are_still_laid_over_each_other():
    aligned = align(sounds.near_mono(), steps.times(1, -1)(steps.delayed(300)(sounds.near_mono())))
    assert aligned.delay_s * 44_100 == pytest.approx(300)
    assert aligned.likeness == pytest.approx(1)


def test_nothing_is_laid_over_silence():
    assert align(sounds.band(), steps.zeros(sounds.band())) is None
    assert align(steps.all_nan(sounds.band()), sounds.band()) is None


def test_another_song_is_not_alike():
    for one, other in (("band", "pad"), ("metal", "drums_alone"), ("sparse_piano", "voice_alone")):
        assert align(sounds.GOOD[one](), sounds.GOOD[other]()).likeness < UNRELATED


@pytest.mark.parametrize("frames", [1, 2, 5, 40])
def test_the_shortest_sounds_are_laid_over_each_other_or_not_at_all(frames):
    short = Audio(np.linspace(0.1, 0.5, frames, dtype=np.float32)[:, None], 44_100)
    for other in (short, sounds.band()):
        aligned = align(short, other)
        assert aligned is None or np.isfinite(aligned.null_residual_db)

import numpy as np
import pytest

from core.checks.altered import alteration
from core.faults import fault
from tests import sounds

BEFORE = sounds.band()


def changed(name):
    audio = fault(name).inject(BEFORE, np.random.default_rng(3))
    return alteration(BEFORE.samples, audio.samples, BEFORE.sample_rate)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("zeros", "zeros stand in its place"),
        ("constant", "NaN written as 16-bit integers"),
        ("dc_offset", "a constant offset of"),
        ("gap", "zeros stand in its place for 2.00 s"),
        ("dropout", "zeros stand in its place for 0.0"),
        ("silent_tail", "zeros stand in its place for"),
        ("click", "it was written over for"),
        ("mono_collapse", "the stereo is gone"),
        ("dead_channel", "the right channel was lost"),
        ("inverted_channel", "the right channel was inverted"),
        ("hard_clipping", "bent along a fixed curve"),
        ("tanh_12_db", "bent along a fixed curve"),
        ("divided_twice", "divided by 32768 once too often"),
        ("integers_as_floats", "16-bit integers were taken for floats"),
        ("near_silence", "next to nothing stands in its place: noise, 6"),
        ("near_silence_lifted", "noise stands in its place"),
        ("half_length", "its length or its channels were changed"),
    ],
)
def test_the_simplest_change_that_explains_a_fault_is_named(name, words):
    assert words in changed(name).cause


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x: x * np.float32(0.5), "a gain of -6.02 dB"),
        (lambda x: x[:, ::-1], "left and right were swapped"),
        (lambda x: x * np.float32([1.0, 0.5]), "the balance of its channels was moved"),
        (lambda x: x * np.float32([1.0, -1.0]), "the right channel was inverted"),
        (lambda x: x[::-1], "another sound stands in its place"),
        (lambda x: 1e-4 * x[::-1], "next to nothing stands in its place: another sound"),
        (lambda x: 0.7 * np.roll(x, 441, axis=0), "it is 10 ms late"),
        (lambda x: np.roll(x, -4410, axis=0), "it is 100 ms early"),
    ],
)
def test_changes_of_the_whole_sound_are_told_apart(change, words):
    assert words in alteration(BEFORE.samples, change(BEFORE.samples), BEFORE.sample_rate).cause


def test_a_change_in_places_says_where():
    found = changed("gap")
    assert len(found.spans) == 1
    assert found.spans[0].stop_s - found.spans[0].start_s == pytest.approx(2.0, abs=0.03)


def test_mono_has_channels_too():
    mono = BEFORE.samples[:, :1]
    assert "a gain of +6.02 dB" in alteration(mono, 2 * mono, BEFORE.sample_rate).cause

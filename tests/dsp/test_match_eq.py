"""The matching equaliser: it does what its curve says, at its intensity, and delays nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audio import Audio
from core.dsp.match_eq import MOST_BOOST_DB, MatchCurve, curve_bins, filter_size, matched
from tests.stages.material import noise, plucks, tone


def curve(gain_db, side_db=None, rate=44_100):
    """A curve that is ``gain_db(hz)`` in the middle, and the same at the sides unless told otherwise."""
    hz = tuple(number * rate / filter_size(rate) for number in curve_bins(rate))
    side = side_db or gain_db
    return MatchCurve(hz, tuple(gain_db(f) for f in hz), tuple(side(f) for f in hz))


FLAT = curve(lambda hz: 0.0)


def gain_of(before, after):
    return 20 * np.log10(np.sqrt((after.samples**2).mean() / (before.samples**2).mean()))


@pytest.mark.parametrize("channels", [1, 2])
def test_a_flat_curve_and_no_intensity_leave_the_sound_as_it_is(channels):
    audio = noise(1, channels=channels)
    bent = curve(lambda hz: 12.0 if hz < 500 else -12.0)
    for same in (matched(audio, FLAT, 1.0), matched(audio, bent, 0.0)):
        assert np.allclose(same.samples, audio.samples, atol=1e-6)


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("intensity", [0.5, 1.0])
def test_a_tone_gets_the_gain_of_its_frequency_times_the_intensity(rate, intensity):
    tilted = curve(lambda hz: 4 * np.log2(hz / 1000), rate=rate)
    for hz in (125, 500, 1_000, 3_000):
        audio = tone(hz, seconds=1.0, rate=rate)
        got = gain_of(audio, matched(audio, tilted, intensity))
        assert got == pytest.approx(intensity * 4 * np.log2(hz / 1000), abs=0.3)


def test_nothing_is_delayed_and_both_sides_of_a_click_are_alike():
    samples = np.zeros((20_000, 2), np.float32)
    samples[10_000] = 1.0
    out = matched(Audio(samples, 44_100), curve(lambda hz: 6 * np.log2(hz / 1000)), 1.0).samples[:, 0]
    assert np.abs(out).argmax() == 10_000
    assert np.allclose(out[10_001:12_000], out[9_999:8_000:-1], atol=1e-6)


def test_middle_and_sides_go_their_own_ways():
    audio = noise(3)
    out = matched(audio, curve(lambda hz: 0.0, lambda hz: -12.0), 1.0).samples
    middle, sides = audio.samples @ (0.5, 0.5), audio.samples @ (0.5, -0.5)
    assert np.allclose(out @ (0.5, 0.5), middle, atol=1e-6)
    assert np.allclose(out @ (0.5, -0.5), sides * 10 ** (-12 / 20), atol=1e-6)


@given(frames=st.integers(1, 9_000), channels=st.integers(1, 2))
@settings(max_examples=20, deadline=None)
def test_any_length_stays_and_is_finite(frames, channels):
    audio = Audio(np.ones((frames, channels), np.float32), 44_100)
    out = matched(audio, curve(lambda hz: 3.0), 1.0)
    assert out.samples.shape == audio.samples.shape
    assert np.isfinite(out.samples).all()


def test_more_than_two_channels_are_a_bug_of_the_caller():
    with pytest.raises(ValueError, match="3 channels"):
        matched(plucks(1, channels=3), FLAT, 1.0)


def test_what_is_held_is_boosts_and_cuts_of_the_sides():
    wild = curve(lambda hz: 30.0 if hz < 100 else -30.0)
    held = wild.held()
    assert max(held.mid_db) == max(held.side_db) == MOST_BOOST_DB
    assert min(held.mid_db) == -30.0
    assert min(held.side_db) == -12.0
    assert held.held() == held
    assert wild.most_db(20, 20_000) == 30.0
    assert FLAT.most_db(20, 20_000) == wild.most_db(30_000, 40_000) == 0.0


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_a_curve_is_told_from_the_lowest_bin_to_the_highest(rate):
    bins = curve_bins(rate)
    assert bins == sorted(set(bins))
    assert (bins[0], bins[-1]) == (1, filter_size(rate) // 2)
    assert 0.06 < filter_size(rate) / rate < 0.14

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audio import Audio
from core.dsp.crossfade import equal_power, found_overlap, overlap_correlation
from tests.stages.material import noise, plucks, scaled, tone

RATE = 44_100


@given(frames=st.integers(1, 5_000), correlation=st.floats(-0.5, 1))
@settings(max_examples=60, deadline=None)
def test_the_fade_keeps_the_power_for_any_correlation(frames, correlation):
    a, b = (curve.astype(np.float64) for curve in equal_power(frames, correlation))
    assert np.allclose(a**2 + b**2 + 2 * a * b * correlation, 1, atol=1e-5)


def test_the_fade_of_one_performance_sums_to_one():
    a, b = equal_power(1_000, 1.0)
    assert np.allclose(a + b, 1, atol=1e-6)


def test_clips_in_opposite_phase_are_lifted_by_three_decibels_at_most():
    a, b = equal_power(1_001, -1.0)
    assert (a**2 + b**2).max() == pytest.approx(2.0, abs=0.01)


def test_correlation_is_one_for_the_same_zero_for_others_and_for_silence():
    one, other = noise(1).samples, noise(2).samples
    assert overlap_correlation(one, 0.3 * one) == pytest.approx(1)
    assert overlap_correlation(one, -one) == pytest.approx(-1)
    assert abs(overlap_correlation(one, other)) < 0.02
    assert overlap_correlation(one, np.zeros_like(one)) == 0
    assert overlap_correlation(one, np.full_like(one, np.nan)) == 0


@pytest.mark.parametrize("overlap", [12_000, 44_100, 88_200, 100_001])
def test_the_overlap_of_two_cuts_is_found_to_the_sample(overlap):
    whole = plucks(3, seconds=9).samples
    a, b = whole[:200_000], whole[200_000 - overlap :]
    assert found_overlap(a, b, RATE, 132_300, 88_200) == overlap


def test_cuts_of_different_level_are_still_one_performance():
    whole = plucks(3, seconds=9).samples
    assert found_overlap(whole[:200_000], 0.5 * whole[150_000:], RATE, 132_300, 88_200) == 50_000


@pytest.mark.parametrize(
    "a, b",
    [
        (noise(1), noise(2)),
        (plucks(1), plucks(2)),
        (noise(1), scaled(noise(1), 0.0)),
        (noise(1), Audio(np.full((44_100, 2), np.nan, dtype=np.float32), RATE)),
        (noise(1, seconds=0.1), noise(1, seconds=0.1)),
    ],
    ids=["noise", "music", "silence", "nan", "too short"],
)
def test_what_does_not_overlap_is_not_found(a, b):
    assert found_overlap(a.samples, b.samples, RATE, min(a.frames, b.frames), 88_200) is None


@pytest.mark.parametrize("overlap", [44_100, 88_200])
def test_a_loop_that_fits_at_every_bar_is_laid_at_the_likely_one(overlap):
    loop = np.tile(plucks(4, seconds=1.0).samples, (9, 1))
    a, b = loop[:220_500], loop[220_500 - overlap :]
    assert found_overlap(a, b, RATE, 176_400, likely_frames=overlap + 900) == overlap


def test_a_steady_tone_is_only_found_where_it_is_in_phase():
    steady = tone(220).samples
    found = found_overlap(steady, steady, RATE, 88_200, 44_100)
    assert found is not None
    assert overlap_correlation(steady[-found:], steady[:found]) > 0.95

"""New sound put into old: level, edges, and every sample that was to stay."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.acestep15.splice import CEILING, extended, replaced

RATE = 8_000


def hiss(seconds, seed, level=0.1):
    rng = np.random.default_rng(seed)
    return (level * rng.standard_normal((round(seconds * RATE), 2))).astype(np.float32)


def rms(samples):
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


@given(st.integers(0, 7_999), st.integers(1, 8_000), st.integers(0, 2**31))
def test_outside_of_the_part_every_sample_stays(start, length, seed):
    old, new = hiss(1.0, seed), hiss(1.0, seed + 1)
    stop = min(8_000, start + length)
    out, seams = replaced(old, new, start, stop, RATE)
    assert np.array_equal(out[:start], old[:start]) and np.array_equal(out[stop:], old[stop:])
    assert out.shape == old.shape and out.dtype == np.float32
    assert len(seams) == (start > 0) + (stop < 8_000)


@pytest.mark.parametrize("level", [0.05, 0.1, 0.2])
def test_the_part_is_as_loud_as_the_models_own_version_of_the_rest_was_made(level):
    old, new = hiss(2.0, 1), hiss(2.0, 2, level)
    out, seams = replaced(old, new, RATE // 2, RATE, RATE)
    assert rms(out[RATE * 5 // 8 : RATE * 7 // 8]) == pytest.approx(0.1, rel=0.1)
    assert seams[0].gain_db == pytest.approx(20 * np.log10(0.1 / level), abs=0.3)


def test_a_gain_is_bounded_and_none_is_taken_from_silence():
    assert replaced(hiss(1, 1), hiss(1, 2, 1e-4), 1000, 2000, RATE)[1][0].gain_db == 12.0
    assert replaced(np.zeros((RATE, 2), np.float32), hiss(1, 2), 1000, 2000, RATE)[1][0].gain_db == 0.0


def test_a_part_that_would_peak_over_all_there_was_is_lowered():
    old = hiss(1, 1)
    new = hiss(1, 2)
    new[4_000] = 5.0
    out, _ = replaced(old, new, 3_000, 5_000, RATE)
    assert np.max(np.abs(out)) == pytest.approx(CEILING, rel=1e-3)


def test_an_extension_keeps_all_but_the_last_fade_and_is_as_long_as_it_should_be():
    old, new = hiss(2.0, 1), hiss(1.5, 2, 0.2)
    out, seam = extended(old, new, RATE // 2, RATE)
    assert out.shape[0] == 3 * RATE
    kept = 2 * RATE - round(0.03 * RATE)
    assert np.array_equal(out[:kept], old[:kept])
    assert rms(out[2 * RATE :]) == pytest.approx(0.1, rel=0.1)
    assert (seam.at_s, seam.gain_db) == (2.0, pytest.approx(-6.0, abs=0.3))


def test_an_extension_by_the_same_sound_has_no_seam():
    whole = hiss(3.0, 1)
    out, seam = extended(whole[: 2 * RATE], whole[RATE:], RATE, RATE)
    assert np.allclose(out, whole, atol=1e-6) and seam.gain_db == 0.0

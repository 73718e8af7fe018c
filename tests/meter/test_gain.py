"""A pure gain shifts readings by arithmetic, and agrees with what would be read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audio import Audio
from core.measure import analyse, gained, measure
from core.meter import analysis
from core.meter.analysis import analyse_audio

from .signals import noise

RATE = 16_000
MOST_DB = 1e-6
MOST_IN_SINGLE_DB = 1e-5
"""For what rests on the true peak: the meter interpolates in single precision."""


def assert_shifted_as_read(audio, gain):
    analyse(audio)
    louder = gained(audio, gain)
    assert np.array_equal(louder.samples, audio.samples * np.float32(gain))
    shifted, read = analyse(louder), analyse_audio(Audio(np.array(louder.samples), audio.sample_rate))
    for name, expected in read.measurement.model_dump().items():
        found = getattr(shifted.measurement, name)
        if expected is None or isinstance(expected, int):
            assert found == expected, name
        else:
            most = MOST_IN_SINGLE_DB if name in ("true_peak_dbtp", "plr_db") else MOST_DB
            assert found == pytest.approx(expected, abs=most, rel=0), name
    for name, expected in vars(read.picture).items():
        found = getattr(shifted.picture, name)
        if name in ("low", "high", "hop_s", "spectrum_hz"):
            assert np.array_equal(found, expected), name
        elif name == "spectrum_db":  # drawn; what single precision leaves under a loud band may differ
            assert np.allclose(found, expected, atol=1e-3, equal_nan=True), name
        else:
            assert np.allclose(found, expected, atol=1e-5, equal_nan=True), name


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 99),
    gain_db=st.floats(-40.0, 40.0),
    level=st.floats(0.0005, 1.0),
    channels=st.integers(1, 3),
    duration_s=st.floats(0.05, 5.0),
)
def test_it_agrees_with_what_would_be_read(seed, gain_db, level, channels, duration_s):
    sound = noise(RATE, duration_s, seed=seed, channels=channels)
    assert_shifted_as_read(Audio(sound.samples * np.float32(level), RATE), 10 ** (gain_db / 20))


@pytest.mark.parametrize("gain_db", [-6.0, -3.0, -1.0, 1.0, 6.0, 12.0])
def test_parts_that_cross_the_absolute_gate_count_or_cease_to(gain_db):
    """Quiet parts near -70 LUFS beside a part that is a little louder: what passes changes with the gain."""
    steps = 10 ** (np.linspace(-80.0, -55.0, 12) / 20)
    parts = [noise(RATE, 1.0, seed=n).samples / 0.3 * np.float32(step) for n, step in enumerate(steps)]
    sound = Audio(np.concatenate(parts).astype(np.float32), RATE)
    before = measure(sound).integrated_lufs
    after = measure(gained(sound, 10 ** (gain_db / 20))).integrated_lufs
    assert abs(after - before - gain_db) > 1e-3, "the gate matters here"
    assert_shifted_as_read(sound, 10 ** (gain_db / 20))


def test_clipped_tops_are_counted_again():
    wave = np.clip(1.5 * np.sin(np.arange(RATE) * 0.02), -0.8, 0.8).astype(np.float32)[:, None]
    assert measure(Audio(wave, RATE)).clipped_runs > 0
    assert_shifted_as_read(Audio(wave, RATE), 1.25)


def test_where_a_shift_would_be_wrong_it_is_read():
    sound = noise(RATE, 0.5)
    analyse(sound)
    for gain in (1e-7, 1e8):
        assert analysis.analyse_gained(gained(sound, gain), sound, gain) is None
    broken = np.array(sound.samples)
    broken[7] = np.nan
    nan = Audio(broken, RATE)
    analyse(nan)
    assert analysis.analyse_gained(gained(nan, 2.0), nan, 2.0) is None


def test_a_sound_that_was_not_analysed_is_not_analysed_for_its_gain(monkeypatch):
    asked = []
    monkeypatch.setattr(analysis, "scan", asked.append)
    assert gained(noise(RATE, 0.5), 2.0).frames == RATE // 2
    assert not asked

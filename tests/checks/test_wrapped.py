"""Integers that wrapped around and waves that only look like it; gains that change for good."""

import numpy as np
import pytest

from core.audio import Audio
from core.checks.dynamics import lasting_step
from core.checks.waveform import waveform
from core.checks.wrapped import NoWrap, wrapped_jumps
from core.contract import Case, Severity, Sound
from core.measure import measure

RATE = 44_100


def wraps(samples):
    shape = waveform(Audio(samples.astype(np.float32)[:, None], RATE))
    return int(shape.wraps_down.sum()), int(shape.wraps_up.sum())


def noise(seed, seconds=8):
    return np.random.default_rng(seed).standard_normal(seconds * RATE)


def sung(seed, dull=12):
    """Music-like: steps of level and the treble of a voice, at an RMS of about 0.6."""
    window = np.hanning(dull)[1:-1]
    levels = np.repeat(np.random.default_rng(seed).uniform(0.1, 1.0, 80), RATE // 10)
    return levels * np.convolve(noise(seed), window / np.sqrt(np.square(window).sum()), "same")


def verdict(samples):
    audio = Audio(samples.astype(np.float32)[:, None], RATE)
    sound = Sound("song", audio, measure(audio))
    finding = NoWrap().examine(sound, Case("generate", {"song": sound}))
    return finding and finding.severity


@pytest.mark.parametrize(("drive_db", "dull"), [(3.0, 5), (6.0, 5), (9.0, 6), (12.0, 7)])
@pytest.mark.parametrize("seed", range(3))
def test_the_fastest_crossings_of_a_saturated_wave_are_no_wraps(seed, drive_db, dull):
    driven = np.tanh(10 ** (drive_db / 20) * sung(seed, dull)).astype(np.float32)[:, None]
    shape = waveform(Audio(driven, RATE))
    assert min(shape.wraps_down.sum(), shape.wraps_up.sum()) > 0
    assert wrapped_jumps(Audio(driven, RATE)) == (0, [])


@pytest.mark.parametrize("over_db", [1.0, 3.0, 6.0])
def test_the_same_wave_beyond_full_scale_wrapped(over_db):
    hot = sung(0) / np.abs(sung(0)).max() * 10 ** (over_db / 20)
    assert verdict((hot + 1.0) % 2.0 - 1.0) is Severity.FAIL


@pytest.mark.parametrize("hz", [60.0, 440.0, 1_000.0])
def test_a_wave_that_wraps_is_found_at_its_crests(hz):
    wave = 1.1 * np.sin(2 * np.pi * hz * np.arange(RATE) / RATE)
    down, up = wraps((wave + 1.0) % 2.0 - 1.0)
    assert min(down, up) >= hz / 2


@pytest.mark.parametrize(("gain_db", "found"), [(7.0, False), (10.0, True), (-7.0, False), (-10.0, True)])
def test_a_gain_that_changes_for_good_is_a_step(gain_db, found):
    before = 0.1 * noise(1, 10)[:, None].astype(np.float32)
    after = before.copy()
    after[5 * RATE :] *= np.float32(10 ** (gain_db / 20))
    step = lasting_step(Audio(before, RATE), Audio(after, RATE))
    assert (step is not None) is found
    assert step is None or (step[0] == 5.0 and abs(step[1] - gain_db) < 0.5)


def test_what_is_added_where_a_stem_rests_is_no_step():
    before = 0.1 * noise(1, 10)[:, None]
    before[6 * RATE :] *= 0.02
    after = before + 0.05
    assert lasting_step(Audio(before.astype(np.float32), RATE), Audio(after.astype(np.float32), RATE)) is None

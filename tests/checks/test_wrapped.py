"""Integers that wrapped around and waves that only look like it; gains that change for good."""

import numpy as np
import pytest

from core.audio import Audio
from core.checks.dynamics import lasting_step
from core.checks.waveform import waveform

RATE = 44_100


def wraps(samples):
    shape = waveform(Audio(samples.astype(np.float32)[:, None], RATE))
    return int(shape.wraps_down.sum()), int(shape.wraps_up.sum())


def noise(seed, seconds=8):
    return np.random.default_rng(seed).standard_normal(seconds * RATE)


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

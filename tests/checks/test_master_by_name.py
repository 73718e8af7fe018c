"""What was done to a master beside limiting is the first finding of the whole contract, by its name."""

from functools import cache

import numpy as np
import pytest

from core.audio import Audio
from core.contract import Case, Promise, Severity, judge
from core.dsp.limiter import limit
from core.faults import blind
from core.stages.master import MasterSettings, MasterStage
from tests import sounds


@cache
def mix():
    good = sounds.band()
    return sounds.sound(Audio(good.samples / np.abs(good.samples).max(), good.sample_rate), "mix")


@cache
def limited():
    return limit(mix().audio, gain_db=3.0, ceiling_dbtp=-1.0)


def judged(samples):
    master = sounds.sound(sounds.made(samples), "master")
    promise = Promise(ceiling_dbtp=-1.0, gain_reduction_db=limited().max_reduction_db)
    case = Case("master", {"master": master}, {"mix": mix()}, MasterSettings(), promise=promise)
    return judge(MasterStage.contract, case)


def late(samples, frames, channels=(0, 1)):
    out = samples.copy()
    for channel in channels:
        out[:, channel] = np.roll(out[:, channel], frames)
    return out


def injected(inject):
    return lambda samples: inject(sounds.made(samples), np.random.default_rng(1)).samples


FAULTS = {
    "upside down": (lambda x: -x, "its polarity is inverted"),
    "one channel inverted": (lambda x: x * [1, -1], "one channel is inverted"),
    "64 late": (lambda x: late(x, 64), "it is 1.5 ms late"),
    "one channel 40 late": (lambda x: late(x, 40, (1,)), "the right channel went through a delay"),
    "held frames": (injected(blind.last_frames_held(4096)), "every 4096 frames one is held"),
    "low-pass": (injected(blind.low_pass(8_000)), "a low-pass"),
    "hiss": (injected(blind.hiss(-45)), "hiss"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_master_is_named_first(name):
    change, cause = FAULTS[name]
    first = judged(change(limited().audio.samples))[0]
    assert first.severity is Severity.FAIL and cause in first.causes[0]


def test_a_limited_master_draws_nothing():
    assert [f for f in judged(limited().audio.samples) if f.severity is Severity.FAIL] == []

import numpy as np
import pytest

from core.audio import Audio
from core.checks.pauses import LongSilence
from core.contract import Case, Severity
from tests import sounds


def found(before, after, stage="enhance", others=()):
    outputs = {"drums": sounds.sound(after, "drums"), **{n: sounds.sound(before, n) for n in others}}
    case = Case(stage, outputs, {"drums": sounds.sound(before, "drums")})
    return LongSilence().examine(outputs["drums"], case)


def silenced(audio, start_s, stop_s):
    samples = np.array(audio.samples)
    samples[round(start_s * audio.sample_rate) : round(stop_s * audio.sample_rate)] = 0.0
    return Audio(samples, audio.sample_rate)


@pytest.mark.parametrize("stage", ["enhance", "master"])
@pytest.mark.parametrize(("start_s", "stop_s", "where"), [(0.0, 2.7, "beginning"), (6.9, 8.0, "end")])
def test_an_edge_that_a_stage_silenced_is_named(stage, start_s, stop_s, where):
    finding = found(sounds.band(), silenced(sounds.band(), start_s, stop_s), stage, others=("bass",))
    assert finding.severity is Severity.FAIL
    assert where in finding.evidence
    assert finding.causes[0] == f"the {where} was lost, and zeros took its place"
    assert finding.spans[0].start_s == pytest.approx(start_s, abs=0.05)
    assert finding.spans[0].stop_s == pytest.approx(stop_s, abs=0.05)


@pytest.mark.parametrize("name", sounds.GOOD)
def test_a_sound_that_passed_as_it_came_lost_nothing(name):
    good = sounds.GOOD[name]()
    assert found(good, good).severity is Severity.OK


def test_what_was_quiet_before_may_be_gated():
    good = sounds.quiet_intro()
    assert found(good, silenced(good, 0.0, 2.5)).severity is Severity.OK
    assert found(sounds.band(), silenced(sounds.band(), 0.0, 0.3)).severity is Severity.OK

"""One test over every check there is: adding a check needs no new test of form."""

import dataclasses
import importlib
import inspect
import pkgutil

import numpy as np
import pytest

import core.checks
from core.checks import COMMON, FOREIGN
from core.contract import Contract, Promise, Severity, judge
from core.faults import SOUND_FAULTS, WAVEFORM_FAULTS, blind
from tests import sounds


def _classes():
    for info in pkgutil.iter_modules(core.checks.__path__):
        module = importlib.import_module(f"core.checks.{info.name}")
        for _, one in inspect.getmembers(module, inspect.isclass):
            asks = hasattr(one, "examine") or hasattr(one, "examine_all")
            if asks and one.__module__ == module.__name__ and not one.__name__.startswith("_"):
                yield one


CLASSES = list(_classes())

BREAKS = {
    "level_before_normalising": {"promise": Promise(peak_before_normalising_dbfs=-75.0)},
    "rate": {"promise": Promise(sample_rate=48_000)},
    "channel_count": {"promise": Promise(channels=1)},
    "length": {"promise": Promise(duration_s=20.0)},
}
"""What makes a check fire that looks at a promise and not at the sound."""


SPOILT = {
    "misread": blind.frames_as_planes,
    "coloured_noise": blind.noise(1),
    "tone": blind.tone(440),
    "stuck_buffer": blind.stuck_buffer(0.1, 3),
    "one_loop": blind.one_loop(2.0),
    "polarity_part": blind.inverted_part(0.5),
    "bass_phase": blind.inverted_bass(120),
    "channel_delay": blind.late_channel(0.005),
    "coarse_samples": blind.coarse(8),
    "held_samples": blind.held(2),
    "clipped_before": blind.clipped_and_resampled(10),
    "abrupt_edge": blind.stops_short(0.8),
    "whine": blind.whine(15_734, -30),
    "hum": blind.hum(50, 0),
    "dc_drift": blind.drifting_offset(0.2),
    "rumble": blind.rumble(5, 0),
    "ultrasonic": lambda audio, rng: blind.whine(30_000, -10)(audio.resampled(96_000), rng),
    "missing_treble": blind.low_pass(8_000),
}
"""What makes a check fire that knows a fault by the sound alone."""


@pytest.mark.parametrize("check", CLASSES, ids=lambda one: one.__name__)
def test_a_check_has_a_form(check):
    assert dataclasses.is_dataclass(check) and check.__dataclass_params__.frozen
    assert isinstance(check.name, str) and check.name.isidentifier() and check.name.islower()
    assert len(check.__doc__ or "") > 20 and not check.__doc__.startswith(check.__name__ + "(")
    question = check.examine if hasattr(check, "examine") else check.examine_all
    assert question.__doc__
    if hasattr(check, "examine"):
        assert isinstance(check.gate, bool)
    check()


def test_names_are_unique():
    names = [one.name for one in CLASSES]
    assert len(set(names)) == len(names)


def test_the_gates_come_first_and_finite_is_the_first_of_all():
    names = [check.name for check in COMMON]
    gates = [check.name for check in COMMON if check.gate]
    assert names[: len(gates)] == gates
    assert names[:2] == ["finite", "not_silent"]
    assert FOREIGN[: len(COMMON)] == COMMON


@pytest.mark.parametrize("check", COMMON, ids=lambda one: one.name)
def test_a_common_check_fires_on_something_and_is_content_with_a_good_sound(check):
    assert [f.severity for f in sounds.findings(sounds.band(), [check]) if f.severity != "ok"] == []
    promise = Promise(duration_s=8.0, sample_rate=sounds.RATE, channels=2, peak_before_normalising_dbfs=-3.0)
    answer = sounds.findings(sounds.band(), [check], promise=promise)
    assert [f.severity for f in answer] == [Severity.OK], "asked with every promise, it must answer"
    assert any(f.severity is not Severity.OK for f in _provoked(check))


def _provoked(check):
    if check.name in BREAKS:
        return sounds.findings(sounds.band(), [check], **BREAKS[check.name])
    if check.name == "true_peak":
        return sounds.findings(sounds.made(sounds.band().samples * 2), [check])
    if check.name in SPOILT:
        broken = SPOILT[check.name](sounds.band(), np.random.default_rng(0))
        return sounds.findings(broken, [check])
    good = sounds.sound(sounds.band())
    bad = [one for one in (*SOUND_FAULTS, *WAVEFORM_FAULTS) if check.name in one.caught_by]
    assert bad, f"no fault of the catalogue is caught by {check.name}"
    broken = min(bad, key=lambda one: one.caught_by.index(check.name)).inject(
        sounds.band(), np.random.default_rng(0)
    )
    return judge(Contract((check,)), sounds.case(broken, inputs={"song": good}))


@pytest.mark.slow
@pytest.mark.parametrize("check", FOREIGN, ids=lambda one: one.name)
@pytest.mark.parametrize("frames", [1, 2, 3, 50, 441])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_no_check_stumbles_over_a_tiny_sound(check, frames, channels):
    rng = np.random.default_rng(frames)
    for samples in (
        np.zeros((frames, channels)),
        np.ones((frames, channels)),
        0.1 * rng.standard_normal((frames, channels)),
    ):
        sounds.findings(sounds.made(samples), [check], uploaded=True)

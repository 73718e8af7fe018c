import numpy as np
import pytest

from core.checks import COMMON
from core.checks.dynamics import CrestLoss
from core.contract import Case, Contract, Promise, judge
from core.faults import FAULTS, SOUND_FAULTS, WAVEFORM_FAULTS, Evidence, fault
from tests import sounds

CARRIERS = ("band", "pad", "fade", "sixteen_bit")
CONTRACT = Contract((*COMMON, CrestLoss()))


def judged(good, bad):
    """The findings of a stage that was given ``good``, promised as much, and delivered ``bad``."""
    before = sounds.sound(good)
    promise = Promise(duration_s=good.duration_s, sample_rate=good.sample_rate, channels=good.channels)
    return judge(CONTRACT, Case("drill", {"song": sounds.sound(bad)}, {"song": before}, promise=promise))


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("injected", SOUND_FAULTS, ids=lambda one: one.name)
def test_the_right_check_names_a_fault_first(injected, carrier):
    good = sounds.GOOD[carrier]()
    first = judged(good, injected.inject(good, np.random.default_rng(7)))[0]
    assert first.check in injected.caught_by
    assert first.severity.rank >= injected.severity.rank
    assert first.causes
    assert first.remedy
    assert any(character.isdigit() for character in first.evidence) or "every sample" in first.evidence


@pytest.mark.parametrize("name", sounds.GOOD)
def test_a_good_sound_that_a_stage_passed_on_unchanged_draws_nothing(name):
    good = sounds.GOOD[name]()
    assert sounds.wrong(judged(good, good)) == []


@pytest.mark.parametrize(
    ("name", "control"), [(f, c) for f, all_of_it in sounds.CONTROLS.items() for c in all_of_it]
)
def test_the_negative_control_of_a_fault_does_not_set_off_its_check(name, control):
    found = sounds.findings(sounds.GOOD[control](), COMMON)
    asked = [f for f in found if f.check in fault(name).caught_by]
    assert all(f.severity.value in ("ok", "note") for f in asked), asked
    assert [f for f in found if f.severity.value == "fail"] == []


@pytest.mark.parametrize("injected", (*SOUND_FAULTS, *WAVEFORM_FAULTS), ids=lambda one: one.name)
def test_injection_is_repeatable_and_leaves_the_sound_it_was_given_alone(injected):
    good = sounds.band()
    key = good.key
    again = [injected.inject(good, np.random.default_rng(3)) for _ in range(2)]
    assert np.array_equal(again[0].samples, again[1].samples, equal_nan=True)
    assert not np.array_equal(again[0].samples, good.samples)
    assert type(good)(good.samples, good.sample_rate).key == key


def test_names_are_unique_and_every_fault_says_what_happened():
    assert len({one.name for one in FAULTS}) == len(FAULTS)
    for one in FAULTS:
        assert one.title and one.happened.endswith(".") and one.evidence in Evidence


def test_faults_that_need_no_more_than_the_sound_are_caught_without_input_and_promise():
    good = sounds.band()
    for one in SOUND_FAULTS:
        if one.evidence is Evidence.BLIND:
            first = sounds.findings(one.inject(good, np.random.default_rng(5)), COMMON)[0]
            assert first.check in one.caught_by, one.name


@pytest.mark.parametrize("name", ["mono_collapse", "half_length", "double_length", "wrong_rate_label"])
def test_faults_that_need_more_evidence_really_cannot_be_known_without_it(name):
    bad = fault(name).inject(sounds.band(), np.random.default_rng(1))
    assert sounds.wrong(sounds.findings(bad, COMMON)) == []

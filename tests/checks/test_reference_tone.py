"""Whether the tone of a master came nearer to its reference's: told by octaves."""

import numpy as np
import pytest

from core.audio import Audio
from core.checks.reference import OCTAVES_HZ, ReferenceTone, tone_distance_db, tone_of
from core.contract import Case, Severity
from core.dsp.shelves import tilt
from core.stages.master import MasterSettings
from tests import sounds
from tests.figures import mastered
from tests.stages.material import noise, nothing, scaled, tone


def dark():
    return tilt(sounds.band(), low_db=6, high_db=-6)


def case(mix, master, reference=None, intensity=1.0):
    return Case(
        stage="master",
        outputs={"master": sounds.sound(master, "master")},
        inputs={"mix": sounds.sound(mix, "mix")},
        settings=MasterSettings(intensity=intensity),
        figures=mastered(reference_tone_db=tuple(tone_of(reference))) if reference else None,
    )


def examined(given):
    return ReferenceTone().examine(given.outputs["master"], given)


def test_a_tone_lies_in_its_octave_and_noise_rises_3_db_an_octave():
    levels = tone_of(tone(1_000))
    assert levels[OCTAVES_HZ.index(1_000)] == 0.0
    assert max(level for n, level in enumerate(levels) if OCTAVES_HZ[n] != 1_000) < -30
    steps = np.diff([level for level in tone_of(noise(1)) if level is not None][1:-1])
    assert steps == pytest.approx(3.0, abs=0.5)


def test_octaves_over_half_the_rate_are_none_and_are_not_compared():
    low = tone_of(noise(1, rate=8_000))
    assert low[OCTAVES_HZ.index(4_000)] is None
    assert tone_distance_db(low, tone_of(noise(2))) < 0.5


def test_distance_knows_no_level_and_is_the_same_both_ways():
    band, other = tone_of(sounds.band()), tone_of(dark())
    assert tone_distance_db(band, tone_of(scaled(sounds.band(), 0.1))) < 0.02
    assert tone_distance_db(band, other) == pytest.approx(tone_distance_db(other, band))
    assert tone_distance_db(band, other) > 2
    assert tone_distance_db(tone_of(nothing(sounds.band())), tone_of(nothing(sounds.band()))) == 0.0


def test_a_master_that_came_near_is_fine_and_one_that_did_not_is_told():
    far = tilt(dark(), low_db=6, high_db=-6)
    near = examined(case(far, sounds.band(), reference=sounds.band()))
    same = examined(case(far, far, reference=sounds.band()))
    away = examined(case(dark(), far, reference=sounds.band()))
    assert near.severity is Severity.OK
    assert [same.severity, away.severity] == [Severity.WARN] * 2
    assert same.remedy
    assert "those of the mix" in same.evidence


def test_a_little_intensity_need_not_go_far():
    mix = tilt(dark(), low_db=6, high_db=-6)
    slightly = tilt(mix, low_db=-1, high_db=1)
    assert examined(case(mix, slightly, reference=sounds.band(), intensity=0.1)).severity is Severity.OK


def test_no_reference_no_mix_no_question():
    assert examined(case(sounds.band(), sounds.band())) is None
    alone = Case(
        stage="master",
        outputs={"master": sounds.sound(sounds.band(), "master")},
        settings=MasterSettings(),
        figures=mastered(reference_tone_db=tuple(tone_of(Audio(sounds.metal().samples, 44_100)))),
    )
    assert examined(alone) is None

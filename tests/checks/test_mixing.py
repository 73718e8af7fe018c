from core.audio import Audio
from core.checks.mixing import Headroom, MixSum
from core.contract import Case, Severity
from core.stages.mix import Fader, MixSettings
from tests.figures import mixed
from tests.stages.material import measured, noise, nothing, scaled


def case(mix, stems, mix_settings=None, **figures):
    return Case(
        "mix", measured({"mix": mix}), measured(stems), settings=mix_settings, figures=mixed(**figures)
    )


def test_without_settings_or_stems_there_is_nothing_to_compare_with():
    one = noise(1, 0.5)
    assert MixSum().examine_all(case(one, {"vocals": one})) is None
    assert MixSum().examine_all(case(one, {}, MixSettings())) is None


def test_the_bus_gain_must_be_the_declared_one():
    one = noise(1, 0.5)
    half = scaled(one, 0.5)
    declared = case(half, {"vocals": one}, MixSettings(), bus_gain_db=-6.0206)
    hidden = case(half, {"vocals": one}, MixSettings(), bus_gain_db=0.0)
    assert MixSum().examine_all(declared).severity is Severity.OK
    assert MixSum().examine_all(hidden).severity is Severity.FAIL


def test_a_bus_gain_cannot_explain_a_mix_that_had_headroom():
    one = noise(1, 0.5, level_dbfs=-40)
    needless = case(scaled(one, 0.5), {"vocals": one}, MixSettings(), bus_gain_db=-6.0206)
    assert Headroom().examine(needless.outputs["mix"], needless).severity is Severity.FAIL


def test_a_stem_that_vanished_although_its_copy_is_there_still_fails():
    one = noise(1, 0.5)
    twins = {"vocals": one, "bass": Audio(one.samples.copy(), one.sample_rate)}
    faders = MixSettings(faders={"vocals": Fader(), "bass": Fader()})
    assert MixSum().examine_all(case(one, twins, faders)).severity is Severity.FAIL


def test_a_stem_thirty_decibels_under_the_others_is_still_missed():
    stems = {"vocals": noise(1, 1.0), "shaker": noise(2, 1.0, level_dbfs=-75)}
    finding = MixSum().examine_all(case(stems["vocals"], stems, MixSettings()))
    assert finding.severity is Severity.FAIL
    assert finding.causes == ("shaker is missing",)


def test_a_silent_stem_is_never_blamed():
    stems = {"vocals": noise(1, 0.5), "bass": nothing(noise(1, 0.5)), "drums": noise(3, 0.5)}
    finding = MixSum().examine_all(case(stems["vocals"], stems, MixSettings()))
    assert finding.causes == ("drums is missing",)

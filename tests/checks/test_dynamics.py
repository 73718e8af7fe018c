import numpy as np
import pytest

from core.audio import Audio
from core.checks.dynamics import CrestLoss, LevelChange, StemsKept, StemVanished, lasting_step
from core.contract import Case, Material, Severity
from core.engines.effects.chain import run_chain
from core.stages.enhance import BUILT_IN, Strength
from core.stages.enhance import scaled as scaled_chain
from core.stages.stem_family import StemFamily
from tests import sounds
from tests.figures import enhanced
from tests.stages.material import measured, noise, nothing, plucks, scaled

EACH = [StemVanished(), LevelChange(), CrestLoss()]


def case(before, after, figures=None):
    return Case("enhance", measured(after), measured(before), figures=figures, delivers=Material.STEMS)


def asked(check, stage_case, name="vocals"):
    return check.examine(stage_case.outputs[name], stage_case)


@pytest.mark.parametrize("check", EACH, ids=lambda c: c.name)
def test_a_sound_without_an_input_of_its_name_is_not_asked_about(check):
    assert asked(check, case({"bass": noise(1)}, {"vocals": noise(2)})) is None


@pytest.mark.parametrize("check", EACH, ids=lambda c: c.name)
def test_a_stem_that_came_silent_is_not_asked_about(check):
    came = {"vocals": nothing(noise(1))}
    assert asked(check, case(came, came)) is None
    assert asked(check, case({"vocals": scaled(noise(1), 1e-4)}, came)) is None


@pytest.mark.parametrize("check", EACH, ids=lambda c: c.name)
def test_an_unchanged_stem_is_ok_and_the_evidence_has_its_figure(check):
    finding = asked(check, case({"vocals": plucks(1)}, {"vocals": plucks(1)}))
    assert finding.severity is Severity.OK
    assert "dB" in finding.evidence
    assert finding.causes == ()


@pytest.mark.parametrize("fall_db, fails", [(20, False), (29, False), (31, True), (60, True)])
def test_a_stem_vanishes_when_it_falls_by_thirty_decibels(fall_db, fails):
    stem = noise(1, level_dbfs=-10)
    finding = asked(StemVanished(), case({"vocals": stem}, {"vocals": scaled(stem, 10 ** (-fall_db / 20))}))
    assert (finding.severity is Severity.FAIL) is fails


def test_a_stem_of_digital_silence_has_vanished_even_when_it_is_said_to_be_chosen():
    stem = noise(1)
    silenced = Case(
        "enhance",
        measured({"vocals": nothing(stem)}),
        measured({"vocals": stem}),
        chosen_silent=frozenset({"vocals"}),
    )
    finding = asked(StemVanished(), silenced)
    assert finding.severity is Severity.FAIL
    assert "nothing is left" in finding.evidence


def test_declared_makeup_does_not_count_as_a_fault():
    stem = noise(1, level_dbfs=-30)
    louder = {"vocals": scaled(stem, 10 ** (8 / 20))}
    declared = enhanced(vocals={"makeup_db": 8.0})
    assert asked(LevelChange(), case({"vocals": stem}, louder, declared)).severity is Severity.WARN
    assert asked(LevelChange(), case({"vocals": stem}, louder)).severity is Severity.FAIL


def test_makeup_that_was_declared_and_not_given_fails():
    stem = {"vocals": noise(1)}
    declared = enhanced(vocals={"makeup_db": 8.0})
    assert asked(LevelChange(), case(stem, stem, declared)).severity is Severity.FAIL


def test_limits_are_settable():
    stem = noise(1)
    louder = {"vocals": scaled(stem, 10 ** (2 / 20))}
    strict = LevelChange(warn_db=0.5, fail_db=1.0)
    assert asked(strict, case({"vocals": stem}, louder)).severity is Severity.FAIL


def test_every_lost_stem_is_named():
    stems = {name: noise(k, seconds=0.5) for k, name in enumerate(("a", "b", "c"))}
    finding = StemsKept().examine_all(case(stems, {"b": stems["b"]}))
    assert finding.severity is Severity.FAIL
    assert "a, c" in finding.evidence
    assert StemsKept().examine_all(case({}, stems)) is None


def _with_a_step(audio, step_db, at_s):
    gain = np.where(np.arange(audio.frames) < at_s * audio.sample_rate, 1.0, 10 ** (step_db / 20))
    return Audio((audio.samples * gain[:, None]).astype(np.float32), audio.sample_rate)


@pytest.mark.parametrize("make", [sounds.band, sounds.drums_alone, sounds.voice_alone])
@pytest.mark.parametrize(("step_db", "at_s"), [(-12, 4.0), (-10, 5.0), (9, 3.0)])
def test_a_level_that_jumps_for_good_is_named(make, step_db, at_s):
    stem = make().between(0, 8)
    finding = asked(LevelChange(), case({"vocals": stem}, {"vocals": _with_a_step(stem, step_db, at_s)}))
    assert finding.severity is Severity.FAIL
    assert f"its level jumps by {step_db:+d} dB" in finding.causes[0]
    assert finding.spans


@pytest.mark.parametrize("make", [sounds.band, sounds.drums_alone, sounds.voice_alone, sounds.sparse_piano])
@pytest.mark.parametrize("family", [StemFamily.VOCALS, StemFamily.DRUMS])
def test_the_strongest_built_in_chain_makes_no_step(make, family):
    stem = make()
    planes, _ = run_chain(
        np.ascontiguousarray(stem.samples.T),
        stem.sample_rate,
        scaled_chain(BUILT_IN[family], Strength.STRONG),
    )
    after = Audio(np.ascontiguousarray(planes.T, dtype=np.float32), stem.sample_rate)
    assert lasting_step(stem, after) is None

import math

import numpy as np
import pytest

from core.audio import Audio
from core.contract import Severity, verdict
from core.dsp.effect_chain import ChainSettings, EqBand, EqShape
from core.engines.base import Availability
from core.errors import EngineInputError, EngineMissingError, NotFoundError
from core.measure import measure
from core.stages.enhance import EnhanceSettings, EnhanceStage, Strength, scaled
from tests.stages.material import RATE, EffectsHere, NoEngines, found, judged, noise, nothing, plucks, work
from tests.stages.material import scaled as turned

NAMES = ("vocals", "drums", "bass", "other")


def four(level_dbfs=-20.0, seconds=4.0):
    return {name: plucks(seed, seconds, level_dbfs) for seed, name in enumerate(NAMES)}


def enhanced(stems, enhance_settings=None, engines=None):
    given_work = work(enhance_settings or EnhanceSettings(), {"stems": stems}, engines or EffectsHere())
    return given_work, EnhanceStage().run(given_work)


def own_checks(findings):
    return [f for f in findings if f.check in {"stem_vanished", "stems_kept", "level_change", "crest_loss"}]


def one_loud_note(times):
    """Bass notes that swell for 0.1 s, of which one is so many times as loud as the others."""
    rng, step = np.random.default_rng(2), RATE // 2
    at = np.arange(step) / RATE
    notes = []
    for number in range(12):
        turns = 2 * np.pi * 55 * 2 ** (rng.integers(0, 24) / 12) * at
        note = sum(np.sin(k * turns) / k for k in range(1, 7)) * np.minimum(at / 0.1, 1) * np.exp(-at / 0.3)
        notes.append(note * (times if number == 5 else 1))
    sound = np.concatenate(notes)
    sound *= 10 ** (-24 / 20) / np.sqrt((sound**2).mean())
    return Audio(np.repeat(sound[:, None], 2, axis=1).astype(np.float32), RATE)


@pytest.mark.parametrize("times", [2, 3, 4])
@pytest.mark.parametrize("strength", [Strength.LIGHT, Strength.MEDIUM])
def test_a_stem_with_a_loud_note_keeps_its_crest_factor(strength, times):
    """A third of the band's songs had a bass or a piano of which ratio and threshold alone took over 3 dB."""
    stems = {name: one_loud_note(times) for name in NAMES}
    given_work, output = enhanced(stems, EnhanceSettings(strength=strength))
    assert verdict(own_checks(judged(EnhanceStage(), given_work, output))) is Severity.OK


@pytest.mark.slow
@pytest.mark.parametrize("strength", list(Strength))
def test_each_strength_passes_its_contract_and_keeps_every_stems_loudness(strength):
    stems = four()
    given_work, output = enhanced(stems, EnhanceSettings(strength=strength))
    assert list(output.sounds) == list(stems)
    for name, audio in stems.items():
        assert output.sounds[name].samples.shape == audio.samples.shape
        before, after = measure(audio).integrated_lufs, measure(output.sounds[name]).integrated_lufs
        assert after == pytest.approx(before, abs=0.05)
    assert verdict(own_checks(judged(EnhanceStage(), given_work, output))) is Severity.OK


def test_the_chains_do_something_and_a_stronger_one_does_more():
    stems = four()

    def residual_db(strength):
        _, output = enhanced(stems, EnhanceSettings(strength=strength))
        a, b = stems["vocals"].samples, output.sounds["vocals"].samples
        return 10 * math.log10(float(((a - b) ** 2).sum() / (a**2).sum()))

    light, medium, strong = (residual_db(s) for s in Strength)
    assert -40 < light < medium < strong < 0


def test_a_quiet_stem_is_treated_like_a_loud_one():
    loud, quiet = four(-14), {name: turned(a, 0.05) for name, a in four(-14).items()}
    _, from_loud = enhanced(loud)
    _, from_quiet = enhanced(quiet)
    for name in NAMES:
        a, b = from_loud.sounds[name].samples * 0.05, from_quiet.sounds[name].samples
        assert np.abs(a - b).max() < 2e-3 * np.abs(a).max()


def test_makeup_is_the_only_level_change_and_is_declared():
    stems = four()
    own = EnhanceSettings().chain("bass").model_copy(update={"makeup_db": 2.0})
    given_work, output = enhanced(stems, EnhanceSettings(chains={"bass": own}))
    change = measure(output.sounds["bass"]).integrated_lufs - measure(stems["bass"]).integrated_lufs
    assert change == pytest.approx(2.0, abs=0.05)
    assert output.figures.stems["bass"].makeup_db == 2.0
    assert verdict(own_checks(judged(EnhanceStage(), given_work, output))) is Severity.OK


def test_makeup_that_the_person_chose_is_a_warning_and_never_a_fail():
    own = ChainSettings(ratio=1, makeup_db=9)
    given_work, output = enhanced(four(-40), EnhanceSettings(chains={"bass": own}))
    change = found(judged(EnhanceStage(), given_work, output), "level_change", "bass")
    assert [f.severity for f in change] == [Severity.WARN]
    assert "makeup" in change[0].causes[0]


def test_a_silent_stem_passes_untouched_and_is_not_blamed_here():
    stems = four()
    stems["vocals"] = nothing(stems["drums"])
    engines = EffectsHere()
    given_work, output = enhanced(stems, engines=engines)
    assert output.sounds["vocals"] is stems["vocals"]
    assert output.chosen_silent == {"vocals"}
    assert engines.asked == [("effects", "process", ["bass", "drums", "other"])]
    assert verdict(judged(EnhanceStage(), given_work, output)) is not Severity.FAIL


def test_only_silent_stems_need_no_engine():
    silent_stem = nothing(noise(1))
    stage_work = work(EnhanceSettings(), {"stems": {"vocals": silent_stem}}, EffectsHere())
    output = EnhanceStage().run(stage_work)
    assert output.sounds["vocals"] is silent_stem


def test_bypass_passes_every_stem_bit_exact_without_an_engine():
    stems = four()
    _, output = enhanced(stems, EnhanceSettings(bypass=True), NoEngines())
    assert all(output.sounds[name] is stems[name] for name in stems)
    assert "bypassed" in output.notes[0]


def test_stems_may_have_any_names_and_number():
    stems = {f"stem {k}": plucks(k, 2.0) for k in range(6)} | {"Lead Vocal": plucks(9, 2.0)}
    _, output = enhanced(stems)
    assert list(output.sounds) == list(stems)
    assert output.figures.stems["Lead Vocal"].ratio == 3.0
    assert EnhanceSettings().chain("Lead Vocal").de_ess_db == 4


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_the_channel_count_stays(channels):
    _, output = enhanced({"vocals": plucks(1, 2.0, channels=channels)})
    assert output.sounds["vocals"].channels == channels


def test_a_stem_with_nan_is_refused_before_it_is_spread():
    stems = four()
    broken = stems["bass"].samples.copy()
    broken[100, 0] = np.nan
    stems["bass"] = Audio(broken, RATE)
    with pytest.raises(EngineInputError, match="bass holds 1 samples"):
        enhanced(stems)


def test_a_stem_of_one_sample_is_refused_in_one_sentence():
    with pytest.raises(EngineInputError, match="too short"):
        enhanced({"vocals": Audio(np.full((1, 2), 0.5, dtype=np.float32), RATE)})


def test_no_stems_is_an_error():
    with pytest.raises(NotFoundError):
        enhanced({})


def test_a_chain_for_a_stem_that_is_not_there_is_noted():
    _, output = enhanced(four(), EnhanceSettings(chains={"kazoo": ChainSettings()}))
    assert any("kazoo" in note for note in output.notes)


def test_a_chain_of_ones_own_is_taken_as_it_is_whatever_the_strength():
    own = ChainSettings(ratio=2)
    assert EnhanceSettings(strength=Strength.STRONG, chains={"bass": own}).chain("bass") == own


@pytest.mark.parametrize("strength", list(Strength))
@pytest.mark.parametrize("stem", [*NAMES, "kazoo"])
def test_every_built_in_chain_is_within_its_own_bounds_at_every_strength(stem, strength):
    chain = EnhanceSettings(strength=strength).chain(stem)
    assert ChainSettings.model_validate(chain.model_dump(mode="json")) == chain


def test_medium_is_the_built_in_chain():
    chain = EnhanceSettings().chain("drums")
    assert (chain.ratio, chain.bands[0].frequency_hz) == (6, 5_000)
    assert scaled(chain, Strength.MEDIUM) == chain


def test_settings_survive_json():
    chosen = EnhanceSettings(
        strength=Strength.LIGHT,
        chains={"x": ChainSettings(bands=(EqBand(shape=EqShape.LOW_SHELF, gain_db=2),))},
    )
    assert EnhanceSettings.model_validate_json(chosen.model_dump_json()) == chosen


def test_it_chooses_the_chain_the_bypass_or_says_what_is_missing():
    class Missing(EffectsHere):
        def availability(self, name, checkpoint=""):
            return Availability(False, "pedalboard is not installed.", "Install pedalboard.")

    stage = EnhanceStage()
    assert stage.choose(EnhanceSettings(), {}, EffectsHere()).engine == "effects"
    assert stage.choose(EnhanceSettings(bypass=True), {}, Missing()).engine == "bypass"
    with pytest.raises(EngineMissingError, match="pedalboard is not installed") as error:
        stage.choose(EnhanceSettings(), {}, Missing())
    assert error.value.remedy == "Install pedalboard."


# Faults


def failures(stems, enhance_settings=None, harm=None, instead=None):
    given_work, output = enhanced(stems, enhance_settings, EffectsHere(harm))
    findings = judged(EnhanceStage(), given_work, output, instead)
    return {(f.check, f.artifact): f for f in findings if f.severity is Severity.FAIL}


def test_a_stem_that_the_engine_silences_fails():
    def harm(sounds):
        return sounds | {"bass": nothing(sounds["bass"])}

    assert {artifact for _, artifact in failures(four(), harm=harm)} == {"bass"}


def test_a_stem_that_falls_forty_decibels_fails_as_vanished_although_it_still_sounds():
    stems = four()
    found_here = failures(stems, instead={"bass": turned(stems["bass"], 0.01)})
    assert ("stem_vanished", "bass") in found_here


def test_a_stem_that_is_lost_on_the_way_fails():
    from core.contract import judge
    from tests.stages.material import case_of

    given_work, output = enhanced(four())
    case = case_of(EnhanceStage(), given_work, output)
    del case.outputs["drums"]
    lost = [f for f in judge(EnhanceStage.contract, case) if f.check == "stems_kept"]
    assert [(f.severity, f.artifact) for f in lost] == [(Severity.FAIL, "drums")]


@pytest.mark.slow
@pytest.mark.parametrize(
    "gain_db, severity", [(2.5, "ok"), (-4, "warn"), (4, "warn"), (-7, "fail"), (7, "fail")]
)
def test_an_undeclared_level_change_warns_over_three_and_fails_over_six(gain_db, severity):
    stems = four(-30)
    given_work, output = enhanced(stems)
    louder = turned(output.sounds["other"], 10 ** (gain_db / 20))
    change = found(judged(EnhanceStage(), given_work, output, {"other": louder}), "level_change", "other")
    assert [f.severity.value for f in change] == [severity]


def test_squashing_a_stem_fails_on_its_crest_and_names_the_compressor():
    stems = four()
    hard = ChainSettings(threshold_db=-24, ratio=20, attack_ms=0.1, release_ms=5)
    found_here = failures(stems, EnhanceSettings(chains={"drums": hard}))
    finding = found_here[("crest_loss", "drums")]
    assert finding.causes[0].startswith("compressor ratio 20:1 at threshold -")
    assert "drums" in finding.remedy


def test_a_stem_saturated_by_tanh_fails_on_its_crest():
    stems = four()
    bent = Audio(np.tanh(stems["bass"].samples * 12).astype(np.float32) * np.float32(0.1), RATE)
    assert ("crest_loss", "bass") in failures(stems, instead={"bass": bent})


def test_an_equaliser_that_removes_the_stem_shows_as_a_level_change_not_as_a_boost():
    def harm(sounds):
        return {name: turned(audio, 0.02) for name, audio in sounds.items()}

    found_here = failures({"bass": plucks(1, 3.0)}, harm=harm)
    assert ("level_change", "bass") in found_here

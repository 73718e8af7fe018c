import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audio import Audio, Stems
from core.contract import Severity, verdict
from core.errors import NotFoundError, SettingsError
from core.song import SongRequest, Upload
from core.stages.mix import Fader, MixSettings, MixStage, mix_stems
from tests.stages.material import case_of, found, judged, noise, nothing, plucks, scaled, work

NAMES = ("vocals", "drums", "bass", "other")


def four(level_dbfs=-26.0):
    return {name: plucks(seed, seconds=2.0, level_dbfs=level_dbfs) for seed, name in enumerate(NAMES)}


def mixed(stems, mix_settings):
    given_work = work(mix_settings, {"stems": stems})
    return given_work, MixStage().run(given_work)


def level_db(audio, channel=None):
    samples = audio.samples if channel is None else audio.samples[:, channel]
    return 10 * math.log10(float((samples.astype(np.float64) ** 2).mean()))


def test_the_usual_faders_are_those_of_the_parts_and_unknown_stems_get_point_eight():
    usual = {name: 10 ** (MixSettings().fader(name).gain_db / 20) for name in (*NAMES, "kazoo", "Lead Vocal")}
    expected = {"vocals": 1.0, "drums": 0.85, "bass": 0.8, "other": 0.75, "kazoo": 0.8, "Lead Vocal": 1.0}
    assert usual == pytest.approx(expected, rel=1e-3)


def test_the_mix_is_the_sum_of_stems_times_faders():
    stems = four()
    result = mix_stems(Stems(stems), MixSettings())
    gains = (1.0, 0.85, 0.80, 0.75)
    expected = sum(g * stems[n].samples.astype(np.float64) for g, n in zip(gains, NAMES, strict=True))
    assert result.bus_gain_db == 0
    assert np.abs(result.audio.samples - expected).max() < 1e-4 * np.abs(expected).max() + 1e-3
    assert level_db(Audio((result.audio.samples - expected).astype(np.float32), 44_100)) < -80


def test_a_lone_stem_at_unity_is_bit_exact():
    voice = four()["vocals"]
    result = mix_stems(Stems({"vocals": voice}), MixSettings())
    assert np.array_equal(result.audio.samples, voice.samples)


def test_a_sum_without_headroom_is_turned_down_as_a_whole_and_says_so():
    stems = four(level_dbfs=-6)
    given_work, output = mixed(stems, MixSettings())
    free = mix_stems(Stems({n: scaled(a, 0.01) for n, a in stems.items()}), MixSettings()).audio.samples * 100
    peak = np.abs(output.sounds["mix"].samples).max()
    assert 20 * math.log10(peak) == pytest.approx(-1.0, abs=0.001)
    assert output.figures.bus_gain_db < 0
    assert "turned down" in output.notes[0]
    ratio = (
        output.sounds["mix"].samples.astype(np.float64).ravel() @ free.ravel() / (free.ravel() @ free.ravel())
    )
    assert np.abs(output.sounds["mix"].samples - ratio * free).max() < 1e-4  # scaled, never bent
    assert verdict(judged(MixStage(), given_work, output)) is Severity.OK


def test_a_sum_with_headroom_is_left_alone():
    _, output = mixed(four(level_dbfs=-40), MixSettings())
    assert output.figures.bus_gain_db == 0
    assert output.notes == ()


def test_mute_leaves_a_stem_out_and_solo_leaves_all_others_out():
    stems = four()
    muted = mix_stems(Stems(stems), MixSettings(faders={"bass": Fader(mute=True)}))
    solo = mix_stems(Stems(stems), MixSettings(faders={"bass": Fader(solo=True), "drums": Fader()}))
    assert muted.muted == ("bass",)
    assert solo.audible == ("bass",)
    assert np.array_equal(solo.audio.samples, stems["bass"].samples)


def test_a_soloed_and_muted_stem_is_not_heard():
    result = mix_stems(Stems(four()), MixSettings(faders={"bass": Fader(solo=True, mute=True)}))
    assert result.audible == ()


def test_a_stereo_stem_is_balanced_without_getting_louder():
    stem = noise(1, level_dbfs=-20)
    right = mix_stems(Stems({"vocals": stem}), MixSettings(faders={"vocals": Fader(pan=1)})).audio
    half = mix_stems(Stems({"vocals": stem}), MixSettings(faders={"vocals": Fader(pan=-0.5)})).audio
    assert np.array_equal(right.samples[:, 1], stem.samples[:, 1])
    assert np.abs(right.samples[:, 0]).max() < 1e-6
    assert np.array_equal(half.samples[:, 0], stem.samples[:, 0])
    assert level_db(half, 1) - level_db(stem, 1) == pytest.approx(-3.01, abs=0.01)


@given(pan=st.floats(-1, 1))
@settings(max_examples=25, deadline=None)
def test_a_mono_stem_keeps_its_power_wherever_it_is_panned(pan):
    stem = noise(2, seconds=0.2, channels=1)
    sides = mix_stems(
        Stems({"a": stem, "b": nothing(stem)}),
        MixSettings(faders={"a": Fader(pan=pan), "b": Fader(pan=0.1)}, headroom_dbfs=0),
    ).audio
    power = (sides.samples.astype(np.float64) ** 2).sum()
    assert power == pytest.approx(2 * (stem.samples.astype(np.float64) ** 2).sum(), rel=1e-5)


def test_mono_stems_stay_mono_until_one_is_panned():
    stems = {"vocals": noise(1, channels=1), "bass": noise(2, channels=1)}
    centred = mix_stems(Stems(stems), MixSettings())
    panned = mix_stems(Stems(stems), MixSettings(faders={"bass": Fader(pan=-0.3)}))
    assert (centred.audio.channels, panned.audio.channels) == (1, 2)


def test_six_channels_cannot_be_panned_and_it_says_so():
    stems = Stems({"vocals": noise(1, seconds=0.1, channels=6)})
    assert mix_stems(stems, MixSettings()).audio.channels == 6
    with pytest.raises(SettingsError, match="6 channels"):
        mix_stems(stems, MixSettings(faders={"vocals": Fader(pan=0.5)}))


def test_mono_check_folds_both_channels_to_their_mean_and_passes_its_contract():
    stems = four()
    given_work, output = mixed(stems, MixSettings(mono_check=True))
    folded = output.sounds["mix"].samples
    plain = mix_stems(Stems(stems), MixSettings(headroom_dbfs=0)).audio.samples
    assert np.array_equal(folded[:, 0], folded[:, 1])
    assert np.abs(folded[:, 0] - plain.mean(axis=1)).max() < 1e-6
    assert not found_failures(judged(MixStage(), given_work, output), "mix_sum")


def test_no_stems_is_an_error_with_a_remedy():
    with pytest.raises(NotFoundError) as error:
        MixStage().run(work(MixSettings(), {"stems": {}}))
    assert "enhance" in error.value.remedy


def test_a_fader_for_a_stem_that_is_not_there_is_noted():
    _, output = mixed(four(level_dbfs=-40), MixSettings(faders={"kazoo": Fader()}))
    assert any("kazoo" in note for note in output.notes)


@pytest.mark.parametrize("field", [{"gain_db": 13}, {"pan": 1.1}, {"gain_db": float("nan")}, {"volume": 1}])
def test_settings_out_of_bounds_are_refused(field):
    with pytest.raises(ValueError):
        Fader(**field)


def test_the_offset_of_an_upload_is_no_fault_of_the_mix():
    stems = {name: Audio(audio.samples + np.float32(0.05), 44_100) for name, audio in four(-30).items()}
    request = SongRequest(upload=Upload(sounds={"song": "k"}, names={"song": "a.wav"}))
    given_work = work(MixSettings(), {"stems": stems}, request=request)
    assert verdict(judged(MixStage(), given_work, MixStage().run(given_work))) is Severity.WARN


def found_failures(findings, check):
    return [f for f in found(findings, check) if f.severity is Severity.FAIL]


GOOD = [
    MixSettings(),
    MixSettings(faders={"drums": Fader(mute=True)}),
    MixSettings(faders={"bass": Fader(solo=True, gain_db=-7, pan=0.4)}),
    MixSettings(faders={"vocals": Fader(pan=-1), "other": Fader(pan=0.7, gain_db=-30)}),
]


@pytest.mark.parametrize("mix_settings", GOOD)
@pytest.mark.parametrize("level_dbfs", [-35.0, -8.0])
def test_an_honest_mix_passes_whatever_the_faders_say(mix_settings, level_dbfs):
    given_work, output = mixed(four(level_dbfs), mix_settings)
    findings = judged(MixStage(), given_work, output)
    assert [f.severity for f in found(findings, "mix_sum")] == [Severity.OK]
    assert [f.severity for f in found(findings, "headroom")] == [Severity.OK]


def faulty(stems, mix_settings, change):
    """The finding of mix_sum when the mix is ``change(honest samples)``."""
    given_work, output = mixed(stems, mix_settings)
    bad = Audio(change(output.sounds["mix"].samples).astype(np.float32), 44_100)
    failures = found_failures(judged(MixStage(), given_work, output, {"mix": bad}), "mix_sum")
    assert len(failures) == 1
    return failures[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_dropped_stem_fails_and_is_named(name):
    stems = four()
    gain = 10 ** (MixSettings().fader(name).gain_db / 20)
    finding = faulty(stems, MixSettings(headroom_dbfs=0), lambda mix: mix - gain * stems[name].samples)
    assert finding.causes == (f"{name} is missing",)


def test_two_dropped_stems_are_both_named():
    stems = four()
    finding = faulty(
        stems, MixSettings(), lambda mix: mix - 0.85014 * stems["drums"].samples - stems["vocals"].samples
    )
    assert set(finding.causes) == {"drums is missing", "vocals is missing"}


def test_a_doubled_stem_fails_and_is_named():
    stems = four()
    assert faulty(stems, MixSettings(), lambda mix: mix + stems["vocals"].samples).causes == (
        "vocals is in it twice",
    )


def test_an_inverted_stem_fails_and_is_named():
    stems = four()
    finding = faulty(stems, MixSettings(), lambda mix: mix - 2 * stems["vocals"].samples)
    assert finding.causes == ("vocals is in it with inverted polarity",)


def test_a_stem_off_its_fader_is_named_with_how_far():
    stems = four()
    finding = faulty(stems, MixSettings(), lambda mix: mix - 0.5 * stems["vocals"].samples)
    assert finding.causes == ("vocals is -6.0 dB off its fader",)


def test_a_muted_stem_that_is_heard_is_named():
    stems = four()
    finding = faulty(
        stems, MixSettings(faders={"bass": Fader(mute=True)}), lambda mix: mix + 0.5 * stems["bass"].samples
    )
    assert finding.causes == ("bass is muted and is audible",)


@pytest.mark.parametrize(
    "bend",
    [np.tanh, lambda mix: np.clip(mix, -0.2, 0.2), lambda mix: np.roll(mix, 7, axis=0)],
    ids=["tanh", "clipped", "delayed"],
)
def test_a_bent_mix_fails_and_no_stem_is_blamed_as_missing(bend):
    finding = faulty(four(-16), MixSettings(), bend)
    assert "no sum of the stems makes this mix" in finding.causes[-1]
    assert not any("missing" in cause for cause in finding.causes)


def test_a_mix_of_another_length_fails():
    finding = faulty(four(), MixSettings(), lambda mix: mix[:-100])
    assert "frames" in finding.evidence


def test_muting_everything_is_a_choice_and_a_warning():
    everything = MixSettings(faders={name: Fader(mute=True) for name in NAMES})
    given_work, output = mixed(four(), everything)
    findings = judged(MixStage(), given_work, output)
    assert output.chosen_silent == {"mix"}
    assert [f.severity for f in found(findings, "mix_sum")] == [Severity.WARN]
    assert verdict(findings) is Severity.WARN


def test_sound_although_all_is_muted_fails():
    everything = MixSettings(faders={name: Fader(mute=True) for name in NAMES})
    stems = four()
    finding = faulty(stems, everything, lambda mix: mix + 0.1 * stems["bass"].samples)
    assert "not silent" in finding.evidence


def test_a_peak_over_the_headroom_and_a_needless_attenuation_both_fail():
    stems = four(-6)
    given_work, output = mixed(stems, MixSettings())
    over = scaled(output.sounds["mix"], 1.1)
    assert found_failures(judged(MixStage(), given_work, output, {"mix": over}), "headroom")
    under = case_of(MixStage(), given_work, output, {"mix": scaled(output.sounds["mix"], 0.5)})
    assert [
        c.examine(under.outputs["mix"], under).severity
        for c in MixStage.contract.checks
        if c.name == "headroom"
    ] == [Severity.FAIL]


@given(
    gains=st.lists(st.floats(-40, 12), min_size=3, max_size=3),
    pans=st.lists(st.floats(-1, 1), min_size=3, max_size=3),
    channels=st.sampled_from([1, 2]),
)
@settings(max_examples=20, deadline=None)
def test_the_check_agrees_with_the_mixer_for_any_faders(gains, pans, channels):
    stems = {f"s{i}": noise(i, seconds=0.3, level_dbfs=-15, channels=channels) for i in range(3)}
    faders = {f"s{i}": Fader(gain_db=gains[i], pan=pans[i]) for i in range(3)}
    given_work, output = mixed(stems, MixSettings(faders=faders))
    case = case_of(MixStage(), given_work, output)
    assert MixStage.contract.whole[0].examine_all(case).severity is Severity.OK

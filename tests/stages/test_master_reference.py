"""A master like a reference: its tone by matchering, its loudness as the target, our gain and limiter."""

import json
from functools import cache

import numpy as np
import pytest
from pydantic import ValidationError

from core.audio import Audio
from core.checks.figures import stored
from core.checks.reference import tone_distance_db, tone_of
from core.contract import Severity, judge, verdict
from core.dsp.shelves import tilt
from core.engines.matchering.card import CARD
from core.errors import EngineMissingError, InputError, NotFoundError
from core.measure import measure
from core.stages.master import MasterSettings, MasterStage
from core.stages.reference import ReferenceTrack, Take
from tests import sounds
from tests.engines.matchering.here import MatcheringHere
from tests.stages.material import case_of, found, judged, noise, nothing, plucks, scaled, work

STAGE = MasterStage()


def track(audio):
    return ReferenceTrack(key=audio.key, name="Hit.flac")


def given(mix, reference, engines=None, **settings):
    """The work of mastering ``mix`` like ``reference``."""
    return work(
        MasterSettings(reference=track(reference), **settings),
        {"mix": {"mix": mix}, "reference": {"reference": reference}},
        engines=engines or MatcheringHere(),
    )


@cache
def like_metal(intensity=1.0, take=Take.TONE):
    return STAGE.run(given(sounds.band(), sounds.metal(), intensity=intensity, take=take, target_lufs=-16))


def distance(audio, reference=None):
    return tone_distance_db(tone_of(audio), tone_of(reference or sounds.metal()))


def bright():
    """The band with its treble up and its bass down: a reference that differs in tone alone."""
    return tilt(sounds.band(), low_db=-6, high_db=6)


PAIRS = {
    "like a brighter one": lambda: (sounds.band(), bright()),
    "like a darker one": lambda: (bright(), sounds.band()),
    "band like metal": lambda: (sounds.band(), sounds.metal()),
    "metal like band": lambda: (sounds.metal(), sounds.band()),
    "mono like stereo": lambda: (plucks(1, channels=1), sounds.band()),
    "stereo like mono": lambda: (sounds.band(), Audio(sounds.metal().samples[:, :1], 44_100)),
    "another rate": lambda: (plucks(2, rate=48_000), sounds.band()),
    "a quiet reference": lambda: (sounds.band(), scaled(sounds.metal(), 0.03)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PAIRS)
def test_a_master_like_a_reference_holds_target_and_ceiling_and_every_check_knows_what_was_done(name):
    mix, reference = PAIRS[name]()
    asked = given(mix, reference, take=Take.TONE, target_lufs=-21)
    output = STAGE.run(asked)
    master = output.sounds["master"]
    reading = measure(master)
    assert master.samples.shape == mix.samples.shape
    assert master.sample_rate == mix.sample_rate
    assert reading.true_peak_dbtp <= -1.0 + 0.001
    assert reading.integrated_lufs == pytest.approx(output.promise.integrated_lufs, abs=0.051)
    findings = judged(STAGE, asked, output)
    assert verdict(findings) is not Severity.FAIL
    assert found(findings, "squash")[0].severity is Severity.OK
    assert found(findings, "reference_tone")[0].severity is Severity.OK
    assert output.made_by.engine == "matchering"


def test_the_tone_of_a_reference_is_nearly_met():
    mix, reference = sounds.band(), bright()
    master = STAGE.run(given(mix, reference, take=Take.TONE, target_lufs=-20)).sounds["master"]
    assert distance(mix, reference) > 2.0
    assert distance(master, reference) < 0.5


def test_intensity_goes_part_of_the_way():
    reference = bright()
    far = [
        distance(
            STAGE.run(
                given(sounds.band(), reference, take=Take.TONE, target_lufs=-20, intensity=much)
            ).sounds["master"],
            reference,
        )
        for much in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    assert far == sorted(far, reverse=True)
    assert far[2] == pytest.approx(far[0] / 2, abs=0.4)


def test_intensity_0_is_the_plain_master_and_asks_for_nothing():
    engines = MatcheringHere(ready=False)
    settings = {"take": Take.TONE, "intensity": 0.0, "target_lufs": -16}
    output = STAGE.run(given(sounds.band(), sounds.metal(), engines, **settings))
    plain = STAGE.run(work(MasterSettings(target_lufs=-16), {"mix": {"mix": sounds.band()}}))
    assert np.array_equal(output.sounds["master"].samples, plain.sounds["master"].samples)
    assert STAGE.choose(MasterSettings(reference=track(sounds.metal()), **settings), {}, engines).engine == ""
    assert not engines.asked


@pytest.mark.parametrize("take", [Take.LOUDNESS, Take.BOTH])
def test_the_loudness_of_the_reference_is_the_target(take):
    reference = scaled(sounds.band(), 0.7)
    engines = MatcheringHere()
    asked = given(plucks(1), reference, engines, take=take, target_lufs=-30, platform="spotify")
    output = STAGE.run(asked)
    wanted = measure(reference).integrated_lufs
    assert output.figures.target_lufs == pytest.approx(wanted, abs=0.01)
    assert bool(engines.asked) is (take is Take.BOTH)
    assert (output.figures.match is not None) is (take is Take.BOTH)
    if output.figures.reached:
        assert output.figures.reached_lufs == pytest.approx(wanted, abs=0.06)


def test_a_reference_out_of_bounds_sets_the_nearest_target():
    loud, quiet = scaled(sounds.metal(), 8.0), scaled(sounds.band(), 0.01)
    targets = [
        STAGE.run(given(sounds.pad(), one, take=Take.LOUDNESS)).figures.target_lufs for one in (loud, quiet)
    ]
    assert targets == [-5.0, -30.0]


@pytest.mark.parametrize("take", [Take.LOUDNESS, Take.TONE])
def test_the_figures_name_the_reference_as_what_set_the_target_only_where_it_did(take):
    figures = STAGE.run(given(sounds.pad(), bright(), take=take)).figures
    assert figures.target_set_by == ("Hit.flac" if take is Take.LOUDNESS else None)


def test_the_figures_tell_the_curve_and_fit_a_record():
    output = like_metal()
    figures = json.loads(json.dumps(stored(output.figures), allow_nan=False))
    assert figures["reference_name"] == "Hit.flac"
    assert set(figures["match"]) == {"hz", "mid_db", "side_db"}
    assert max(figures["match"]["side_db"]) == 12.0
    assert any("12 dB of it are used" in note for note in output.notes)


SILENT = "reference is silent, or nearly"
UNUSABLE = {
    "silent": (lambda: nothing(plucks(1)), SILENT),
    "nearly silent": (lambda: noise(1, level_dbfs=-80.0), SILENT),
    "too short": (lambda: noise(1, seconds=0.3), r"reference lasts 0\.30 s"),
    "no numbers": (lambda: Audio(np.full((44_100, 2), np.nan, np.float32), 44_100), "NaN or infinite"),
    "the mix itself": (sounds.band, "reference is the mix itself"),
    "six channels": (lambda: plucks(1, channels=6), "more than two channels"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_reference_that_cannot_be_used_is_one_sentence_with_a_remedy(name):
    make, sentence = UNUSABLE[name]
    with pytest.raises(InputError, match=sentence) as refused:
        STAGE.run(given(sounds.band(), make()))
    assert refused.value.remedy


def test_the_loudness_of_six_channels_can_be_taken():
    assert STAGE.run(given(sounds.band(), plucks(1, channels=6), take=Take.LOUDNESS)).sounds


def test_a_reference_that_is_not_there_is_not_left_out():
    settings = MasterSettings(reference=track(sounds.metal()))
    with pytest.raises(NotFoundError, match="reference is not here"):
        STAGE.run(work(settings, {"mix": {"mix": sounds.band()}}, engines=MatcheringHere()))


def test_without_matchering_the_tone_is_refused_and_the_loudness_is_not():
    engines = MatcheringHere(ready=False)
    reference = track(sounds.metal())
    with pytest.raises(EngineMissingError) as refused:
        STAGE.choose(MasterSettings(reference=reference), {}, engines)
    assert "make matchering" in refused.value.remedy
    assert STAGE.choose(MasterSettings(reference=reference, take=Take.LOUDNESS), {}, engines).engine == ""
    assert STAGE.choose(MasterSettings(), {}, engines).engine == ""
    assert STAGE.choose(MasterSettings(reference=reference), {}, MatcheringHere()).engine == CARD.name


def test_a_match_that_is_told_and_not_made_is_caught(monkeypatch):
    monkeypatch.setattr("core.stages.master.matched", lambda audio, curve, intensity: audio)
    brighter = tilt(bright(), low_db=-6, high_db=6)
    asked = given(brighter, sounds.band(), take=Take.TONE, target_lufs=-20)
    findings = judged(STAGE, asked, STAGE.run(asked))
    assert found(findings, "squash")[0].severity is Severity.FAIL
    assert found(findings, "reference_tone")[0].severity is Severity.WARN


def test_a_match_that_bends_the_wave_is_caught():
    asked = given(sounds.band(), sounds.metal(), take=Take.TONE, target_lufs=-16)
    output = like_metal()
    clipped = Audio(np.clip(output.sounds["master"].samples, -0.3, 0.3), 44_100)
    findings = judge(STAGE.contract, case_of(STAGE, asked, output, {"master": clipped}))
    assert found(findings, "squash")[0].severity is Severity.FAIL


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 64, "0" * 63])
def test_a_reference_is_named_by_the_key_of_a_stored_sound(key):
    with pytest.raises(ValidationError):
        MasterSettings(reference={"key": key, "name": "x.wav"})


def test_settings_tell_which_stored_sounds_they_need():
    assert MasterSettings().uploads() == {}
    assert MasterSettings(reference=track(sounds.band())).uploads() == {"reference": sounds.band().key}

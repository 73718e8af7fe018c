import re

import numpy as np
import pytest

from core.audio import Audio
from core.checks.same_take import SameTake
from core.contract import Case, Severity
from core.dsp.effect_chain import ChainSettings
from core.engines.effects.chain import run_chain
from core.stages.enhance import BUILT_IN, Strength, scaled
from core.stages.stem_family import StemFamily
from tests import sounds
from tests.figures import enhanced

pytestmark = pytest.mark.slow


def found(before, after, **told):
    case = Case(
        "enhance",
        {"song": sounds.sound(after)},
        {"song": sounds.sound(before)},
        figures=enhanced(song=told),
    )
    return SameTake().examine(case.outputs["song"], case)


def like(audio, samples):
    return Audio(np.ascontiguousarray(samples, dtype=np.float32), audio.sample_rate)


@pytest.mark.parametrize("name", sounds.GOOD)
def test_a_sound_that_went_through_is_itself(name):
    good = sounds.GOOD[name]()
    assert found(good, good).severity is Severity.OK


@pytest.mark.parametrize("make", [sounds.band, sounds.drums_alone, sounds.voice_alone, sounds.pad])
def test_hard_compression_and_much_reverb_leave_it_itself(make):
    good = make()
    chain = ChainSettings(ratio=20, threshold_db=-12, attack_ms=0.1, reverb_wet=0.6, reverb_room=0.9)
    planes, _ = run_chain(np.ascontiguousarray(good.samples.T), good.sample_rate, chain)
    assert found(good, like(good, planes.T), reverb_wet=0.6).severity is Severity.OK


def test_another_song_in_the_same_key_is_not_taken_for_a_filter():
    """Bass lines of one key share their tones; by correlation alone the other one passed."""
    time_s = np.arange(12 * 44_100) / 44_100
    steps = [(110.0, 0), (82.4, 1), (98.0, 2), (110.0, 3)]
    one = sum(0.2 * np.sin(2 * np.pi * hz * time_s) * (np.floor(time_s * 2) % 4 == k) for hz, k in steps)
    other = sum(0.2 * np.sin(2 * np.pi * hz * time_s) * (np.floor(time_s * 3) % 4 == k) for hz, k in steps)
    before, after = (Audio(np.stack([x, x], axis=1).astype(np.float32), 44_100) for x in (one, other))
    finding = found(before, after)
    assert finding.severity is Severity.FAIL
    assert "another sound stands in its place" in finding.causes[0]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda x: np.concatenate([np.zeros((1323, 2)), x[:-1323]]), "30 ms late"),
        (lambda x: np.concatenate([x[441:], np.zeros((441, 2))]), "10 ms early"),
        (lambda x: np.roll(x, 32, axis=0), "0.7 ms late"),
        (lambda x: np.roll(x, 128, axis=0), "2.9 ms late"),
        (lambda x: np.stack([x[:, 0], np.roll(x[:, 1], 44)], axis=1), "the right channel is 1.0 ms late"),
        (lambda x: -x, "it is upside down"),
        (lambda x: x * [1, -1], "the right channel is inverted"),
        (lambda x: x[:, ::-1], "left and right changed places"),
        (lambda x: np.roll(x[::-1], 99_999, axis=0), "another sound stands in its place"),
    ],
)
def test_what_is_not_the_sound_that_came_in_is_named(change, cause):
    good = sounds.band()
    finding = found(good, like(good, change(good.samples)))
    assert finding.severity is Severity.FAIL
    assert cause in finding.causes[0]
    assert finding.remedy


def test_silence_and_another_form_are_not_asked_about():
    good = sounds.band()
    assert found(good, like(good, good.samples[:-10])) is None
    assert found(like(good, np.zeros_like(good.samples)), good) is None


@pytest.mark.parametrize("foreign", ["noise", "pad"])
def test_another_sound_over_a_part_is_named_with_its_place(foreign):
    good = sounds.band()
    half = good.frames // 2
    noise = 0.1 * np.random.default_rng(1).standard_normal(good.samples.shape)
    other = noise if foreign == "noise" else sounds.pad().samples
    finding = found(good, like(good, np.concatenate([good.samples[:half], other[half:]])))
    assert finding.severity is Severity.FAIL
    assert "written over a part" in finding.causes[0]
    assert finding.evidence.startswith("From 0:04.0 to 0:08.0")


def test_a_part_behind_a_filter_is_still_the_sound_that_came_in():
    good = sounds.band()
    half = good.frames // 2
    filtered, _ = run_chain(
        np.ascontiguousarray(good.samples.T), good.sample_rate, ChainSettings(reverb_wet=0.2)
    )
    mixed = np.concatenate([good.samples[:half], filtered.T[half:]])
    assert found(good, like(good, mixed), reverb_wet=0.2).severity is Severity.OK


def test_an_offset_that_drifts_is_no_other_sound():
    good = sounds.voice_alone()
    quiet = like(good, 0.1 * good.samples)
    drifting = like(quiet, quiet.samples + np.linspace(-0.1, 0.1, quiet.frames)[:, None])
    finding = found(quiet, drifting)
    assert "written over" not in " ".join(finding.causes)


PLAYED = [sounds.band, sounds.drums_alone, sounds.voice_alone, sounds.pad]


def through(good, family, strength):
    chain = scaled(BUILT_IN[family], strength)
    planes, _ = run_chain(np.ascontiguousarray(good.samples.T), good.sample_rate, chain)
    return planes.T, {"reverb_wet": chain.reverb_wet}


@pytest.mark.slow
@pytest.mark.parametrize("family", [StemFamily.VOCALS, StemFamily.BASS, StemFamily.DRUMS, StemFamily.OTHER])
@pytest.mark.parametrize("make", PLAYED)
def test_the_strongest_built_in_chain_holds_time_and_polarity_and_its_fault_is_named(make, family):
    good = make().between(0, 6)
    enhanced, told = through(good, family, Strength.STRONG)
    assert found(good, like(good, enhanced), **told).severity is Severity.OK
    assert "upside down" in found(good, like(good, -enhanced), **told).causes[0]
    late = found(good, like(good, np.roll(enhanced, 64, axis=0)), **told)
    # A high-pass at 80 Hz moves a held chord by two samples.
    assert re.match(r"it is 1\.[45] ms late", late.causes[0])


def test_two_partials_behind_a_high_pass_are_not_late():
    t = np.arange(10 * sounds.RATE) / sounds.RATE
    chord = (0.1 + 0.25 * np.sin(np.pi * t / 10)) * (
        np.sin(2 * np.pi * 220 * t) + 0.7 * np.sin(2 * np.pi * 277.2 * t)
    )
    good = sounds.made(np.stack([chord, 0.8 * chord], 1))
    enhanced, told = through(good, StemFamily.VOCALS, Strength.MEDIUM)
    assert found(good, like(good, enhanced), **told).severity is Severity.OK

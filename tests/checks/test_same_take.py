import numpy as np
import pytest

from core.audio import Audio
from core.checks.same_take import SameTake
from core.contract import Case, Severity
from core.dsp.effect_chain import ChainSettings
from core.engines.effects.chain import run_chain
from tests import sounds


def found(before, after, **told):
    case = Case(
        "enhance",
        {"song": sounds.sound(after)},
        {"song": sounds.sound(before)},
        figures={"stems": {"song": told}},
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

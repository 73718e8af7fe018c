"""What one step did to a sound, by known changes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.audio import Audio
from core.blame.change import compare
from core.blame.words import change_in_words
from core.compare.explain import Kind
from tests import sounds
from tests.blame import steps
from tests.blame.steps import take
from tests.stages.material import noise


def change(before, after):
    return compare(take(before, "in"), take(after, "out")).change


def test_three_decibels_are_reported_as_three():
    seen = change(sounds.band(), steps.gain(3)(sounds.band()))
    assert seen.kind is Kind.GAIN
    assert seen.gain_db == pytest.approx(3, abs=0.001)
    assert seen.integrated_lufs.change == pytest.approx(3, abs=0.001)
    assert seen.true_peak_dbtp.change == pytest.approx(3, abs=0.001)
    assert (seen.crest_db.change, seen.plr_db.change) == pytest.approx((0, 0), abs=0.001)
    assert seen.null_residual_db < -140
    assert "a gain of +3.00 dB" in change_in_words(seen, "out", "in")


def test_the_same_sound_is_identical():
    seen = change(sounds.band(), sounds.band())
    assert (seen.kind, seen.null_residual_db, seen.delay_s) == (Kind.IDENTICAL, -200, 0)
    assert change_in_words(seen, "out", "in") == "out is in, sample for sample."


def sloped(audio, decibels_per_octave):
    """The sound through a slope of so many decibels an octave, flat under 20 Hz."""
    spectrum = np.fft.rfft(audio.samples, axis=0)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(audio.frames, 1 / audio.sample_rate), 20) / 1_000)
    tilted = spectrum * 10 ** (decibels_per_octave * octaves / 20)[:, None]
    return Audio(np.fft.irfft(tilted, audio.frames, axis=0).astype(np.float32), audio.sample_rate)


@pytest.mark.parametrize("slope", [-3.0103, -1.0, 2.0])
def test_the_tilt_of_sloped_noise_is_its_slope(slope):
    seen = change(noise(1, 6.0), sloped(noise(1, 6.0), slope)).tilt_db_per_octave
    assert seen.before == pytest.approx(0, abs=0.1)
    assert seen.after == pytest.approx(slope, abs=0.1)
    assert seen.change == pytest.approx(slope, abs=0.02)


def test_tilt_is_read_over_what_both_rates_reach():
    seen = change(sloped(noise(1, 6.0), -2), sloped(noise(1, 6.0), -2).resampled(16_000)).tilt_db_per_octave
    assert seen.change == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("name", ["band", "sub_bass", "voice_alone"])
@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (steps.limited(6), Kind.MOVING_GAIN),
        (steps.fade, Kind.MOVING_GAIN),
        (steps.tanh(6), Kind.CURVE),
        (steps.clipped(6), Kind.CURVE),
        (steps.equalised, Kind.FILTER),
        (steps.in_16_bits, Kind.GAIN),
    ],
    ids=["limiter", "fade", "tanh", "clipper", "equaliser", "16 bits"],
)
def test_the_kind_of_step_is_told_from_the_sound(name, step, kind):
    sound = sounds.GOOD[name]().between(0, 4)
    assert change(sound, step(sound)).kind is kind


def test_a_curve_tells_by_how_much_it_bends_the_tops():
    seen = change(sounds.band(), steps.tanh(12)(sounds.band()))
    assert seen.top_db == pytest.approx(10, abs=1)
    assert seen.left_db < -60 < seen.null_residual_db
    assert seen.crest_db.change < -9


@pytest.mark.parametrize("name", ["band", "metal"])
def test_an_equaliser_before_a_saturator_is_seen_through(name):
    sound = sounds.GOOD[name]()
    seen = change(sound, steps.tanh(6)(steps.equalised(sound)))
    assert (seen.kind, seen.filtered) == (Kind.CURVE, True)
    assert seen.top_db == pytest.approx(5.2, abs=0.4)
    assert "an equaliser and a fixed curve" in change_in_words(seen, "out", "in")


def test_an_added_offset_is_told_by_itself():
    seen = change(sounds.band(), steps.with_offset(sounds.band()))
    assert seen.kind is Kind.GAIN
    assert seen.offset == pytest.approx(0.05, abs=0.001)


def test_polarity_and_swapped_channels_are_named():
    band = sounds.band()
    flipped = change(band, steps.times(-1, -1)(band))
    assert flipped.polarity_inverted and not flipped.channels_swapped
    swapped = change(band, steps.swapped(band))
    assert swapped.channels_swapped and not swapped.polarity_inverted
    assert not change(sounds.old_mono(), sounds.old_mono()).channels_swapped


def test_a_wrong_rate_label_is_found_and_seen_through():
    seen = change(sounds.band(), steps.mislabelled(sounds.band()))
    assert seen.made_at_hz == 32_000
    assert seen.speed == pytest.approx(44_100 / 32_000)
    assert seen.kind is Kind.GAIN and seen.null_residual_db < -100
    assert seen.duration_s.change == pytest.approx(-8 * (1 - 32 / 44.1), abs=0.01)


def test_an_honest_change_of_rate_is_no_change_of_speed():
    seen = change(sounds.band(), sounds.band().resampled(48_000))
    assert (seen.made_at_hz, seen.speed, seen.kind) == (None, 1.0, Kind.GAIN)
    assert seen.sample_rate.change == 3_900


def test_what_is_lost_added_or_gone_is_counted_in_seconds():
    band = sounds.band()
    assert change(band, steps.half(band)).lost_s == pytest.approx(4, abs=0.1)
    twice = change(band, steps.twice(band))
    assert twice.repeated and twice.added_s == pytest.approx(8, abs=0.1)
    hole = change(band, steps.delayed(44_100)(steps.silent_between(3, 5)(band)))
    assert hole.gone_s == pytest.approx(2, abs=0.15)
    assert hole.gone_from_s == pytest.approx(4, abs=0.1)
    silence_cut = change(steps.delayed(44_100)(band), band)
    assert (silence_cut.lost_s, silence_cut.gone_s) == (0, 0)


@pytest.mark.parametrize("broken", [steps.zeros, steps.all_nan], ids=["silence", "NaN"])
def test_what_does_not_exist_is_none_and_all_of_it_is_json(broken):
    for pair in ((sounds.band(), broken(sounds.band())), (broken(sounds.band()), sounds.band())):
        seen = change(*pair)
        assert seen.kind is Kind.SILENT
        assert seen.integrated_lufs.change is seen.null_residual_db is seen.delay_s is None
        json.dumps(seen.model_dump(mode="json"), allow_nan=False)
        assert change_in_words(seen, "out", "in").endswith("there is no sound to compare.")


def test_one_broken_sample_does_not_hide_the_rest():
    seen = change(sounds.band(), steps.one_nan(steps.gain(-6)(sounds.band())))
    assert seen.gain_db == pytest.approx(-6, abs=0.05)
    assert seen.null_residual_db < -40

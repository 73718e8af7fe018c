import base64

import numpy as np
import pytest

from core.dsp.effect_chain import ChainSettings, EqBand, EqShape
from core.engines.effects.chain import run_chain
from core.engines.effects.level import SILENCE_DBFS, active_rms_dbfs
from core.engines.effects.worker import Worker
from tests.stages.material import read_back

RATE = 44_100
OFF = ChainSettings(ratio=1)


def planes(samples):
    return np.ascontiguousarray(np.atleast_2d(samples).astype(np.float32))


def sine(hz, seconds=2.0, peak=0.1):
    return peak * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def level_db(samples):
    return 10 * np.log10((samples.astype(np.float64) ** 2).mean())


def test_a_chain_with_everything_off_is_bit_exact():
    sound = planes([sine(440), sine(441)])
    out, report = run_chain(sound, RATE, OFF)
    assert np.array_equal(out, sound)
    assert report.compression_max_db == 0


@pytest.mark.parametrize(
    "band, hz, change_db",
    [
        (EqBand(shape=EqShape.PEAK, frequency_hz=3_000, gain_db=6, q=1), 3_000, 6),
        (EqBand(shape=EqShape.LOW_SHELF, frequency_hz=200, gain_db=-4), 30, -4),
        (EqBand(shape=EqShape.HIGH_SHELF, frequency_hz=5_000, gain_db=5), 16_000, 5),
        (EqBand(shape=EqShape.HIGH_PASS, frequency_hz=80), 80, -3),
    ],
)
def test_a_band_changes_its_own_frequencies_by_its_gain_and_leaves_one_kilohertz(band, hz, change_db):
    chain = ChainSettings(ratio=1, bands=(band,))
    there, _ = run_chain(planes(sine(hz)), RATE, chain)
    assert level_db(there[:, RATE:]) - level_db(sine(hz)[RATE:]) == pytest.approx(change_db, abs=0.3)
    if hz < 3_000:
        away, _ = run_chain(planes(sine(2_000)), RATE, chain)
        assert level_db(away[:, RATE:]) - level_db(sine(2_000)[RATE:]) == pytest.approx(0, abs=0.2)


def test_a_band_above_nyquist_is_left_out():
    chain = ChainSettings(ratio=1, bands=(EqBand(frequency_hz=6_000, gain_db=12),))
    sound = planes(sine(440))
    out, _ = run_chain(sound, 8_000, chain)
    assert np.array_equal(out, sound)


@pytest.mark.parametrize(
    "chain",
    [
        ChainSettings(bands=(EqBand(shape=EqShape.PEAK, frequency_hz=3_000, gain_db=3),), ratio=1),
        ChainSettings(ratio=4, threshold_db=-10),
        ChainSettings(ratio=1, de_ess_db=6),
        ChainSettings(ratio=1, reverb_wet=0.2),
        ChainSettings(bands=(EqBand(frequency_hz=500, gain_db=3),), ratio=3, de_ess_db=4, reverb_wet=0.1),
    ],
    ids=["eq", "compressor", "de-esser", "reverb", "all"],
)
@pytest.mark.parametrize("frames", [RATE, 12_345])
def test_no_effect_delays_the_sound_or_changes_its_length(chain, frames):
    sound = np.zeros((2, frames), dtype=np.float32)
    sound[:, 5_000] = 0.5
    out, _ = run_chain(sound, RATE, chain)
    assert out.shape == sound.shape
    assert np.argmax(np.abs(out[0])) == 5_000
    assert np.abs(out[:, :5_000]).max() < 1e-6


def test_the_compressor_does_not_move_the_stereo_picture():
    rng = np.random.default_rng(0)
    left = rng.standard_normal(RATE) * np.repeat(rng.uniform(0.01, 0.3, 20), RATE // 20)
    sound = planes([left, 0.25 * left])
    out, report = run_chain(sound, RATE, ChainSettings(ratio=8, threshold_db=-6))
    assert report.compression_max_db > 3
    assert np.allclose(out[1], 0.25 * out[0], atol=1e-6)


def test_the_gain_reduction_over_time_is_reported_where_it_happened():
    loud = np.repeat([0.02, 0.5, 0.02], 2 * RATE)
    sound = planes(loud * sine(440, 6.0, 1.0))
    _, report = run_chain(sound, RATE, ChainSettings(ratio=4, threshold_db=-6, release_ms=50))
    curve = np.frombuffer(base64.b64decode(report.reduction_codes), np.uint8) / 10
    at = np.arange(curve.size) * report.reduction_hop_s
    assert at[-1] == pytest.approx(6.0, abs=2 * report.reduction_hop_s)
    assert curve.max() == pytest.approx(report.compression_max_db, abs=0.1)
    assert curve[(at > 2.2) & (at < 3.9)].min() > 3
    assert curve[(at < 1.9) | (at > 5)].max() < 0.3


def test_a_compressor_that_is_off_reports_no_curve_and_a_long_one_stays_small():
    sound = planes(sine(440, 1.0))
    assert run_chain(sound, RATE, OFF)[1].reduction_codes == ""
    long = np.tile(sound, (1, 120))
    assert len(run_chain(long, RATE, ChainSettings(ratio=4))[1].reduction_codes) <= 3_200


def test_compressing_a_lopsided_wave_leaves_no_offset():
    lopsided = sine(80, 4.0, 0.3) + 0.15 * sine(160, 4.0, 1.0)
    swelling = lopsided * np.repeat([0.2, 1.0] * 8, lopsided.size // 16)
    out, report = run_chain(
        planes(swelling), RATE, ChainSettings(ratio=8, threshold_db=-6, attack_ms=1, release_ms=5)
    )
    assert report.compression_max_db > 5
    assert abs(out.astype(np.float64).mean()) < 1e-4


@pytest.mark.parametrize("loud_channel", [0, 1])
def test_a_burst_on_either_side_turns_both_sides_down(loud_channel):
    sound = planes([sine(440, peak=0.01), sine(440, peak=0.01)])
    sound[loud_channel, RATE : RATE + 20_000] *= 50
    out, _ = run_chain(sound, RATE, ChainSettings(ratio=8, threshold_db=-6))
    quiet = slice(RATE + 5_000, RATE + 15_000)
    assert level_db(out[1 - loud_channel, quiet]) < level_db(sound[1 - loud_channel, quiet]) - 3


def test_the_threshold_follows_the_stems_own_level():
    loud = planes(np.random.default_rng(1).standard_normal(2 * RATE) * 0.2)
    _, from_loud = run_chain(loud, RATE, ChainSettings(threshold_db=0))
    _, from_quiet = run_chain(loud * np.float32(0.01), RATE, ChainSettings(threshold_db=0))
    assert from_quiet.threshold_dbfs == pytest.approx(from_loud.threshold_dbfs - 40, abs=0.05)
    assert from_quiet.compression_max_db == pytest.approx(from_loud.compression_max_db, abs=0.1)


def test_the_ratio_is_what_it_says():
    steady = planes(sine(1_000, 3.0, peak=1.0))
    chain = ChainSettings(ratio=4, threshold_db=-17, attack_ms=1, release_ms=1_000)
    out, report = run_chain(steady, RATE, chain)
    # the level is -3 dBFS RMS, so the threshold is -20 and 20 dB over it become 5
    assert report.threshold_dbfs == pytest.approx(-20.0, abs=0.1)
    assert 20 * np.log10(np.abs(out[:, -RATE:]).max()) == pytest.approx(-15, abs=0.6)


@pytest.mark.parametrize("range_db", [0.0, 2.5, 6.0])
def test_the_compressor_takes_no_more_than_its_range(range_db):
    steady = planes(sine(1_000, 3.0, peak=1.0))
    chain = ChainSettings(ratio=4, threshold_db=-17, range_db=range_db, attack_ms=1, release_ms=1_000)
    out, report = run_chain(steady, RATE, chain)
    assert report.compression_max_db == pytest.approx(range_db, abs=0.01)
    assert 20 * np.log10(np.abs(out[:, -RATE:]).max()) == pytest.approx(-range_db, abs=0.1)


def voice_with_consonants():
    rng = np.random.default_rng(2)
    vowel = sine(300, 4.0, 0.3)
    hiss = np.diff(rng.standard_normal(vowel.size + 1)) * 0.004
    for start in range(RATE // 2, vowel.size - RATE, RATE):
        hiss[start : start + RATE // 10] *= 25
    return vowel, hiss


def test_the_de_esser_turns_down_consonants_by_at_most_its_depth_and_leaves_the_vowels():
    vowel, hiss = voice_with_consonants()
    out, report = run_chain(planes(vowel + hiss), RATE, ChainSettings(ratio=1, de_ess_db=5))
    consonant = slice(RATE // 2 + 500, RATE // 2 + 4_000)
    before = level_db(np.diff(np.diff((vowel + hiss)[consonant])))
    after = level_db(np.diff(np.diff(out[0, consonant])))
    assert -6 < after - before < -2.5
    assert 3 < report.de_ess_max_db <= 5.001
    quiet = slice(RATE, RATE + 10_000)
    assert level_db(out[0, quiet]) == pytest.approx(level_db((vowel + hiss)[quiet]), abs=0.1)


def test_the_reverb_keeps_the_dry_stem_as_it_is_and_adds_a_tail():
    sound = np.zeros((2, RATE), dtype=np.float32)
    sound[:, 100] = 0.5
    out, _ = run_chain(sound, RATE, ChainSettings(ratio=1, reverb_wet=0.3, reverb_room=0.5))
    assert out[0, 100] == pytest.approx(0.5, abs=1e-6)
    assert np.abs(out[:, 5_000:20_000]).max() > 1e-4


@pytest.mark.parametrize("channels", [1, 2, 3, 6])
def test_every_channel_gets_reverb(channels):
    sound = np.zeros((channels, RATE), dtype=np.float32)
    sound[:, 100] = 0.5
    out, _ = run_chain(sound, RATE, ChainSettings(ratio=1, reverb_wet=0.3))
    assert (np.abs(out[:, 3_000:]).max(axis=1) > 1e-4).all()


def test_the_same_input_gives_the_same_output():
    sound = planes(np.random.default_rng(3).standard_normal(RATE) * 0.1)
    chain = ChainSettings(ratio=4, de_ess_db=4, reverb_wet=0.1)
    first, second = (run_chain(sound, RATE, chain)[0] for _ in range(2))
    assert np.array_equal(first, second)


def test_the_level_of_a_stem_with_rests_is_that_of_its_playing():
    playing = np.random.default_rng(4).standard_normal(RATE) * 0.1
    rests = np.concatenate([playing, np.zeros(9 * RATE)])
    assert active_rms_dbfs(planes(rests), RATE) == pytest.approx(-20, abs=0.2)
    assert active_rms_dbfs(planes(np.zeros(RATE)), RATE) == SILENCE_DBFS


def test_the_worker_keeps_names_rates_and_shapes_reports_and_leaves_its_input_alone():
    told = []
    sounds = {
        name: (np.random.default_rng(k).standard_normal((RATE, 2)).astype(np.float32) * np.float32(0.1), RATE)
        for k, name in enumerate(("vocals", "a b", "x"))
    }
    kept = {name: samples.copy() for name, (samples, _) in sounds.items()}
    for samples, _ in sounds.values():
        samples.flags.writeable = False
    chains = {name: ChainSettings(reverb_wet=0.1, de_ess_db=3).model_dump(mode="json") for name in sounds}
    values, made = Worker().process({"chains": chains}, sounds, lambda f, m: told.append(f))
    assert list(made) == list(sounds)
    back = {name: (read_back(file), rate) for name, (file, rate) in made.items()}
    assert all(a.shape == (RATE, 2) and a.dtype == np.float32 and r == RATE for a, r in back.values())
    assert set(values["stems"]) == set(sounds)
    assert told == pytest.approx([1 / 3, 2 / 3, 1])
    assert all(np.array_equal(kept[name], sounds[name][0]) for name in sounds)

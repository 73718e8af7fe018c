import numpy as np
import pytest
import scipy.signal
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.audio import Audio
from core.dsp.glue import glue
from core.dsp.limiter import CURVE_HOP_S, LOOK_AHEAD_S, limit
from core.dsp.shelves import tilt
from core.measure import measure
from tests.stages.material import noise, plucks, tone


def full_scale(audio):
    return Audio(audio.samples / np.abs(audio.samples).max(), audio.sample_rate)


def under(hz, audio):
    """The sound without what is over ``hz``."""
    spectrum = np.fft.rfft(audio.samples, axis=0)
    spectrum[np.fft.rfftfreq(audio.frames, 1 / audio.sample_rate) > hz] = 0
    return Audio(np.fft.irfft(spectrum, audio.frames, axis=0).astype(np.float32), audio.sample_rate)


def oversampled_peak_dbtp(audio, times):
    """An oracle of its own: the peak of the band-limited sound, by zero-padding its spectrum."""
    margin = 2_000  # the transform goes round: its ends must not meet
    x = np.pad(audio.samples.astype(np.float64), ((margin, margin), (0, 0)))
    spectrum = np.fft.rfft(x, axis=0)
    padded = np.zeros((len(x) * times // 2 + 1, x.shape[1]), complex)
    padded[: len(spectrum)] = spectrum
    wave = np.fft.irfft(padded, len(x) * times, axis=0) * times
    inside = wave[margin * times : (margin + audio.frames) * times]
    return 20 * np.log10(np.abs(inside).max())


def test_sound_under_the_ceiling_gets_the_static_gain_and_nothing_else():
    audio = noise(1, seconds=1.0)
    out = limit(audio, gain_db=-3.0, ceiling_dbtp=-1.0)
    assert np.array_equal(out.audio.samples, audio.samples * np.float32(10 ** (-3 / 20)))
    assert out.max_reduction_db == out.mean_reduction_db == out.trim_db == 0.0


def test_unity_gain_under_the_ceiling_is_the_identity():
    audio = plucks(1)
    assert np.array_equal(limit(audio, gain_db=0.0, ceiling_dbtp=0.0).audio.samples, audio.samples)


def test_far_from_a_peak_the_sound_is_bit_exact():
    quiet = noise(2, seconds=3.0, level_dbfs=-40.0).samples.copy()
    quiet[60_000] = 1.0
    audio = Audio(quiet, 44_100)
    out = limit(audio, gain_db=0.0, ceiling_dbtp=-6.0, release_s=0.05)
    first = 60_000 - 2 * round(LOOK_AHEAD_S * 44_100) - 1
    last = 60_000 + 44_100
    static = np.float32(10 ** (out.trim_db / 20))
    assert np.array_equal(out.audio.samples[:first], audio.samples[:first] * static)
    assert np.array_equal(out.audio.samples[last:], audio.samples[last:] * static)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_ceiling_holds_at_every_rate_and_channel_count(rate, channels):
    audio = noise(3, seconds=0.5, level_dbfs=-6.0, channels=channels, rate=rate)
    out = limit(audio, gain_db=6.0, ceiling_dbtp=-1.0)
    assert out.audio.samples.shape == audio.samples.shape
    assert measure(out.audio).true_peak_dbtp <= -1.0
    assert out.max_reduction_db > 6.0


@pytest.mark.parametrize("seed", range(3))
def test_ceiling_holds_eight_times_oversampled_by_another_method(seed):
    for audio in (noise(seed, seconds=1.0, level_dbfs=-6.0), full_scale(plucks(seed, seconds=2.0))):
        out = limit(under(18_000, audio), gain_db=9.0, ceiling_dbtp=-1.0)
        assert oversampled_peak_dbtp(out.audio, 8) < -1.0 + 0.1


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("drive", [1.0, 4.0])
def test_ceiling_holds_behind_a_resampler_and_a_plain_converter_up_to_the_edge_of_the_band(seed, drive):
    # White noise, and white noise clipped: converters differ by a decibel here, as they never do for music.
    loud = noise(seed, seconds=2.0, level_dbfs=-6.0)
    audio = Audio(np.clip(drive * loud.samples, -0.5, 0.5), loud.sample_rate)
    out = limit(audio, gain_db=9.0, ceiling_dbtp=-1.0).audio
    for times in (4, 8):
        resampled = soxr.resample(out.samples, out.sample_rate, times * out.sample_rate, quality="VHQ")
        plain = scipy.signal.resample_poly(out.samples, times, 1, axis=0)
        assert 20 * np.log10(np.abs(resampled).max()) < -1.0 + 0.03
        assert 20 * np.log10(np.abs(plain).max()) < -1.0 + 0.01


waves = arrays(
    np.float32,
    st.tuples(st.integers(1, 600), st.integers(1, 3)),
    elements=st.floats(-4, 4, width=32),
)


@settings(deadline=None, max_examples=60)
@given(waves, st.floats(-12, 24), st.floats(-6, 0), st.sampled_from([8_000, 44_100, 96_000]))
def test_ceiling_holds_for_any_samples(samples, gain_db, ceiling_dbtp, rate):
    out = limit(Audio(samples, rate), gain_db=gain_db, ceiling_dbtp=ceiling_dbtp)
    peak = measure(out.audio).true_peak_dbtp
    assert out.audio.samples.shape == samples.shape
    assert np.isfinite(out.audio.samples).all()
    assert peak is None or peak <= ceiling_dbtp + 1e-4


@settings(deadline=None, max_examples=30)
@given(waves)
def test_no_sample_changes_its_sign_or_grows(samples):
    out = limit(Audio(samples, 44_100), gain_db=0.0, ceiling_dbtp=-1.0).audio.samples
    assert (np.sign(out) * np.sign(samples) >= 0).all()
    assert (np.abs(out) <= np.abs(samples)).all()


def test_a_sine_over_the_ceiling_stays_a_sine():
    rate, hz = 48_000, 997
    audio = tone(hz, seconds=3.0, level_dbfs=-3.01, rate=rate)
    out = limit(audio, gain_db=5.0, ceiling_dbtp=-1.0)
    y = out.audio.samples[rate : 2 * rate, 0].astype(np.float64)
    turn = 2 * np.pi * hz * np.arange(rate) / rate
    basis = np.stack([np.sin(turn), np.cos(turn)], axis=1)
    rest = y - basis @ np.linalg.lstsq(basis, y, rcond=None)[0]
    assert 10 * np.log10((rest @ rest) / (y @ y)) < -110
    assert out.max_reduction_db == pytest.approx(6.0, abs=0.01)
    assert out.mean_reduction_db == pytest.approx(6.0, abs=0.01)


def test_output_is_aligned_to_the_sample():
    audio = full_scale(plucks(4))
    out = limit(audio, gain_db=6.0, ceiling_dbtp=-1.0).audio.samples[:, 0]
    lags = range(-3, 4)
    match = [np.dot(np.roll(audio.samples[:, 0], lag), out) for lag in lags]
    assert lags[int(np.argmax(match))] == 0


def test_channels_share_one_gain():
    left = full_scale(plucks(5)).samples[:, :1]
    both = Audio(np.concatenate([left, 0.25 * left], axis=1), 44_100)
    out = limit(both, gain_db=9.0, ceiling_dbtp=-1.0).audio.samples
    assert np.allclose(out[:, 1], 0.25 * out[:, 0], atol=1e-7)


def test_the_gain_is_down_before_the_peak_and_back_after_it():
    samples = np.full((44_100, 1), 0.1, np.float32)
    samples[22_050] = 1.0
    out = limit(Audio(samples, 44_100), gain_db=0.0, ceiling_dbtp=-6.0, release_s=0.05)
    at = round(0.5 / CURVE_HOP_S)
    assert out.max_reduction_db == pytest.approx(6.0, abs=0.8)
    assert np.argmax(out.curve_db) in (at - 1, at)
    assert out.curve_db[at - 3] == 0.0
    assert 0 < out.curve_db[at + 5] < 4.0
    assert out.curve_db[-1] == 0.0
    assert len(out.curve_db) == 100


def test_a_peak_at_either_end_is_held_too():
    samples = np.zeros((4_410, 1), np.float32)
    samples[0] = samples[-1] = 2.0
    out = limit(Audio(samples, 44_100), gain_db=0.0, ceiling_dbtp=-1.0)
    assert measure(out.audio).true_peak_dbtp <= -1.0
    assert abs(out.trim_db) < 0.5


def test_a_faster_release_gives_more_of_the_sound_back():
    audio = full_scale(plucks(6))
    slow, fast = (limit(audio, gain_db=9.0, ceiling_dbtp=-1.0, release_s=s) for s in (0.25, 0.04))
    assert fast.mean_reduction_db < slow.mean_reduction_db


def test_silence_and_nothing_at_all_pass():
    for frames in (0, 1, 500):
        out = limit(Audio(np.zeros((frames, 2), np.float32), 48_000), gain_db=20.0, ceiling_dbtp=-1.0)
        assert not out.audio.samples.any()
        assert out.max_reduction_db == 0.0


def test_a_release_of_nothing_is_refused():
    with pytest.raises(ValueError, match="release"):
        limit(plucks(1), gain_db=0.0, ceiling_dbtp=-1.0, release_s=0.0)


@pytest.mark.parametrize(("low_db", "high_db"), [(4.0, 0.0), (0.0, -5.0), (-3.0, 3.0)])
def test_shelves_reach_their_gain_at_the_ends_and_half_of_it_at_the_corner(low_db, high_db):
    def gain_db(hz):
        audio = tone(hz, seconds=1.0)
        return measure(tilt(audio, low_db=low_db, high_db=high_db)).rms_dbfs - measure(audio).rms_dbfs

    assert gain_db(25) == pytest.approx(low_db, abs=0.3)
    assert gain_db(150) == pytest.approx(low_db / 2, abs=0.2)
    assert gain_db(950) == pytest.approx(0.0, abs=0.2)
    assert gain_db(6_000) == pytest.approx(high_db / 2, abs=0.2)
    assert gain_db(18_000) == pytest.approx(high_db, abs=0.3)


def test_level_shelves_change_nothing():
    audio = plucks(7)
    assert tilt(audio, low_db=0.0, high_db=0.0) is audio


def test_glue_turns_loud_passages_down_by_half_of_what_is_over():
    steady = tone(1_000, seconds=2.0, level_dbfs=-20.0, channels=1)
    glued = glue(steady, amount=1.0, loudness_lufs=-20.0)
    assert glued.curve_db[-1] == pytest.approx(3.0, abs=0.2)  # 6 dB over the threshold, 2:1
    assert not glue(steady, amount=0.1, loudness_lufs=-10.0).curve_db.any()


def test_glue_is_used_as_far_as_its_depth():
    steady = tone(1_000, seconds=2.0, level_dbfs=-20.0, channels=1)
    none, half, whole = (glue(steady, amount=1.0, loudness_lufs=-20.0, depth=d) for d in (0.0, 0.5, 1.0))
    assert np.allclose(half.curve_db, 0.5 * whole.curve_db)
    assert np.array_equal(none.audio.samples, steady.samples)

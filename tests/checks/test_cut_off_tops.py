"""More clipping is never judged milder, and what clips is told from what is made of steps."""

import numpy as np
import pytest

from core.audio import Audio
from core.checks import FOREIGN
from core.contract import Origin, Severity
from core.inspect import inspect_audio
from tests import sounds
from tests.sounds import RATE, made

pytestmark = pytest.mark.slow

SECONDS = 4


def groove(seconds=SECONDS, rate=RATE, seed=3):
    """Kick, bass and tune with noise on the off-beat, peak 0.7."""
    rng, step = np.random.default_rng(seed), rate // 2
    out = np.zeros(seconds * rate)
    for k in range(2 * seconds):
        t = np.arange(step) / rate
        hz = (110.0, 87.3, 130.8, 98.0)[k // 4 % 4]
        beat = 0.5 * np.sin(2 * np.pi * 55 * t) * np.exp(-t * 12) + 0.3 * np.sin(np.pi * hz * t)
        beat += 0.2 * np.sin(2 * np.pi * hz * (2, 2.5, 3, 4)[k % 4] * t) * np.exp(-t * 3)
        beat += 0.1 * rng.standard_normal(step) * np.exp(-t * 30) * (k % 2)
        out[k * step : (k + 1) * step] += beat * np.minimum(1, t / 0.004) * np.minimum(1, (t[-1] - t) / 0.03)
    return 0.7 * out / np.abs(out).max()


def rounded(samples, bits):
    return np.round(samples * 2 ** (bits - 1)) / 2 ** (bits - 1)


def found(samples, rate=RATE):
    looked = inspect_audio(made(samples, rate))
    return {f.check: f.severity for f in looked.findings if f.severity.rank > Severity.NOTE.rank}


def severity_of_clipping(samples):
    return max((found(samples).get(c, Severity.OK) for c in ("flat_tops", "crushed")), key=lambda s: s.rank)


def test_more_clipping_is_never_milder():
    music = groove()
    ranks = [
        severity_of_clipping(np.clip(gain * music, -1, 1)).rank for gain in (1, 2, 4, 8, 20, 100, 1000, 32767)
    ]
    assert ranks == sorted(ranks)
    assert ranks[0] == Severity.OK.rank and ranks[-5:] == [Severity.FAIL.rank] * 5


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("16 bits", lambda x: rounded(np.clip(32767 * x, -1, 1), 16)),
        ("8 bits", lambda x: rounded(np.clip(32767 * x, -1, 0.99), 8)),
        ("turned down", lambda x: 0.2 * np.clip(32767 * x, -1, 1)),
        (
            "turned down and dithered",
            lambda x: rounded(0.2 * np.sign(x) + 1e-5 * np.cos(np.arange(x.size)), 16),
        ),
        ("half of it", lambda x: np.where(np.arange(x.size) < x.size // 2, x, np.clip(32767 * x, -1, 1))),
        ("half of it, turned down", lambda x: np.where(np.arange(x.size) < x.size // 2, x, 0.3 * np.sign(x))),
        ("one channel", lambda x: np.stack([np.sign(x), x], axis=1)),
    ],
)
def test_music_clipped_throughout_fails(name, make):
    assert found(make(groove()))["flat_tops"] is Severity.FAIL


@pytest.mark.parametrize("rate", [22_050, 96_000])
def test_it_fails_at_other_rates(rate):
    assert found(np.sign(groove(rate=rate)), rate)["flat_tops"] is Severity.FAIL


def test_an_oscillators_steps_are_no_clipping():
    for name in ("chiptune", "lone_square"):
        audio = sounds.GOOD[name]()
        assert found(audio.samples).keys() == set(), name


def test_crushed_wants_flat_tops_and_a_loud_master_is_a_note():
    crushed = inspect_audio(made(np.clip(8 * groove(), -1, 1)))
    named = next(f for f in crushed.findings if f.check == "crushed")
    assert named.severity is crushed.verdict is Severity.FAIL
    assert "LUFS" in named.evidence and "PLR" in named.evidence and "crest" in named.evidence
    loud = sounds.GOOD["metal"]().samples * 1.1
    looked = inspect_audio(made(loud))
    assert {f.check for f in looked.findings if f.severity is Severity.NOTE} >= {"crushed"}
    assert looked.verdict is Severity.OK


@pytest.mark.parametrize("gain_db", [1.0, 3.0, 6.0, 10.0])
@pytest.mark.parametrize("later_gain", [1.0, 0.25])
def test_integers_that_wrapped_around_are_named(gain_db, later_gain):
    music = groove() / 0.7 * 10 ** (gain_db / 20)
    wrapped = ((np.round(music * 32767).astype(np.int64) + 32768) % 65536 - 32768) / 32768
    looked = inspect_audio(made(later_gain * wrapped))
    named = next(f for f in looked.findings if f.check == "wrapped")
    assert named.severity.rank >= Severity.WARN.rank and "wrapped" in named.causes[0] and named.spans


def test_a_sawtooth_and_loud_noise_wrap_nothing():
    t = np.arange(2 * RATE) / RATE
    saw = 0.9 * (2 * ((110 * t) % 1) - 1)
    assert "wrapped" not in found(saw)
    assert "wrapped" not in found(np.random.default_rng(1).uniform(-1, 1, 2 * RATE))


def test_one_absurd_sample_is_a_filter_that_blew_up_and_integers_are_integers():
    samples = sounds.band().samples.copy()
    samples[5000, 0] = 1e4
    first = sounds.findings(made(samples), FOREIGN, uploaded=True)[0]
    assert (first.check, first.causes[0]) == ("scale", "a filter blew up") and first.spans
    whole = sounds.findings(made(sounds.band().samples * 32768), FOREIGN, uploaded=True)[0]
    assert "integers" in whole.causes[0]


@pytest.mark.parametrize("bits", [4, 5, 6, 8, 10])
@pytest.mark.parametrize("name", ["band", "sparse_piano", "metal"])
def test_coarse_samples_are_named_as_such_and_not_as_clipped(bits, name):
    drew = found(0.6 * rounded(sounds.GOOD[name]().samples.astype(float), bits))
    assert drew.get("coarse_samples") is Severity.WARN
    assert "flat_tops" not in drew


def test_sixteen_bits_and_a_chips_levels_are_not_coarse():
    t = np.arange(4 * RATE)
    triangle = rounded(0.5 * (2 * np.abs(2 * ((220 * t / RATE) % 1) - 1) - 1), 4)
    for samples in (sounds.GOOD["sixteen_bit"]().samples, sounds.GOOD["chiptune"]().samples, triangle):
        assert "coarse_samples" not in found(samples)


@pytest.mark.parametrize("lost_s", [0.02, 0.05, 2.0])
@pytest.mark.parametrize("channel", [0, 1])
def test_one_channel_that_drops_out_is_named(lost_s, channel):
    samples = sounds.band().samples.copy()
    samples[3 * RATE : 3 * RATE + round(lost_s * RATE), channel] = 0
    looked = inspect_audio(Audio(samples, RATE))
    named = next(f for f in looked.findings if f.check == "channel_dropout")
    assert named.severity is Severity.WARN and named.origin is Origin.UPLOAD
    assert ("left", "right")[channel] in named.evidence
    assert named.spans[0].start_s == pytest.approx(3.0, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before_s", "silent_s", "after_s", "severity"),
    [(0, 30, 10, "fail"), (10, 20, 10, "fail"), (0, 4, 20, "warn"), (15, 9, 15, "warn")],
)
@pytest.mark.parametrize("floor", [0.0, 2e-4])
@pytest.mark.parametrize("channels", [1, 2])
def test_long_silence_in_front_or_within_is_named(before_s, silent_s, after_s, severity, floor, channels):
    rng, rate = np.random.default_rng(5), 22_050
    fade = np.minimum(1, np.arange(rate) / (0.05 * rate))
    music = np.resize(groove(4, rate), before_s * rate + after_s * rate)
    before, after = music[: before_s * rate].copy(), music[before_s * rate :].copy()
    if before_s:
        before[-rate:] *= fade[::-1]
    after[:rate] *= fade
    whole = np.concatenate([before, np.zeros(silent_s * rate), after])
    whole = np.stack([whole] * channels, axis=1) + floor * rng.standard_normal((whole.size, channels))
    looked = inspect_audio(made(whole, rate))
    named = next(f for f in looked.findings if f.check == "long_silence")
    assert named.severity.value == severity
    assert named.spans[0].start_s == pytest.approx(before_s, abs=0.2)


def test_a_pause_between_movements_is_music():
    assert "long_silence" not in found(sounds.GOOD["movements"]().samples)

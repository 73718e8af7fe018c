"""Uploaded stems: a mix among them is named, and so is a stem that an encoder has delayed."""

import numpy as np
import pytest

from core.audio import Audio
from core.checks.uploaded_stems import NoMixtureAmongStems, StemsInTime, mixture_among
from core.compare.codec_delay import codec_delays, encoder_of
from core.contract import Case, Material, Severity, Sound
from core.measure import measure
from tests.sounds import band, made

pytestmark = pytest.mark.slow


def case(prefix="", **samples):
    outputs = {prefix + name: Sound(prefix + name, made(s), measure(made(s))) for name, s in samples.items()}
    delivers = Material.CLIPS if prefix else Material.STEMS
    return Case("generate" if prefix else "separate", outputs, uploaded=True, delivers=delivers)


def mixture(prefix="", **samples):
    return NoMixtureAmongStems().examine_all(case(prefix, **samples))


def stems():
    whole = band().samples
    return (
        whole * np.float32(0.3),
        whole[::-1] * np.float32(0.2),
        np.roll(whole, 5000, axis=0) * np.float32(0.1),
    )


def test_the_sum_of_the_others_is_named_wherever_it_stands():
    a, b, c = stems()
    finding = mixture(bass=a, mixture=a + b + c, other=b, vocals=c)
    assert finding.severity is Severity.WARN and finding.artifact == "mixture"
    assert "mixture is the sum of the other 3 files" in finding.evidence and "mixture" in finding.remedy


def test_in_an_upload_the_sum_that_the_clip_is_is_no_mixture_and_the_setting_is_named():
    a, b, c = stems()
    assert mixture("clip_1/", bass=a, other=b, vocals=c) is None
    finding = mixture("clip_1/", bass=a, other=b, mix=a + b)
    assert finding.artifact == "clip_1/mix"
    assert finding.evidence.startswith("mix is the sum") and "Generate's mixture" in finding.remedy


def test_a_mix_that_is_a_little_off_is_named_too():
    a, b, _ = stems()
    assert mixture(bass=a, mix=(a + b) * np.float32(1.02), other=b)


def test_stems_alone_two_files_and_silence_are_not():
    a, b, c = stems()
    assert not mixture(bass=a, other=b, vocals=c)
    assert not mixture(bass=a, mix=a)
    assert not mixture(bass=a * 0, mix=a * 0, other=a * 0)
    assert not mixture(bass=a, bass_again=a, other=b)


SECONDS, RATE = 8, 44_100
LEAK = 0.02
"""What a separator leaves of each stem in the others, -34 dB."""


def separated(rate=RATE, leak=LEAK):
    """Three unlike parts, each with a little of the others in it."""
    rng = np.random.default_rng(7)
    time = np.arange(SECONDS * rate) / rate
    beat = time % 0.5
    drums = rng.standard_normal(len(time)) * np.exp(-30 * beat)
    bass = np.sign(np.sin(2 * np.pi * 55 * (1 + np.floor(time) % 3 / 4) * time)) * np.exp(-3 * (time % 1.0))
    voice = sum(
        np.sin(2 * np.pi * k * (220 * time + 3 * np.sin(2 * np.pi * 5 * time))) / k for k in range(1, 12)
    ) * (np.sin(2 * np.pi * 0.2 * time) > 0)
    parts = {"drums": 0.3 * drums, "bass": 0.2 * bass, "vocals": 0.2 * voice}
    whole = sum(parts.values())
    return {name: (1 - leak) * part + leak * whole for name, part in parts.items()}


def audio(wave, rate=RATE):
    return Audio(np.repeat(wave[:, None], 2, axis=1).astype(np.float32), rate)


def late(wave, frames):
    return np.concatenate([np.zeros(frames), wave])


@pytest.mark.slow
@pytest.mark.parametrize("frames", [1024, 1105, 2112, 2257])
@pytest.mark.parametrize("name", ["drums", "bass", "vocals"])
def test_the_delay_of_an_encoder_is_found_in_the_stem_that_has_it(name, frames):
    waves = separated()
    waves[name] = late(waves[name], frames)
    found = codec_delays({stem: audio(wave) for stem, wave in waves.items()})
    assert {stem: one.samples for stem, one in found.items()} == {name: frames}


def test_two_late_stems_are_both_found_each_with_its_own_encoder():
    waves = separated()
    waves |= {"drums": late(waves["drums"], 1105), "vocals": late(waves["vocals"], 2257)}
    found = codec_delays({stem: audio(wave) for stem, wave in waves.items()})
    assert {stem: one.samples for stem, one in found.items()} == {"drums": 1105, "vocals": 2257}
    assert found["drums"].against == ("bass",)


def test_a_stem_that_was_encoded_at_another_rate_is_found_as_its_encoder_counts():
    waves = separated(leak=0.1)
    sounds = {stem: audio(wave) for stem, wave in waves.items()}
    encoded = sounds["vocals"].resampled(48_000)
    delayed = np.pad(encoded.samples, ((1105, 0), (0, 0)))
    sounds["vocals"] = Audio(delayed, 48_000).resampled(RATE)
    (found,) = codec_delays(sounds).values()
    assert (found.samples, found.encoded_hz) == (1105, 48_000)


def test_a_true_stem_is_told_by_the_mix_that_lies_beside_it():
    waves = separated(leak=0.0)
    waves["mix"] = sum(waves.values())
    waves["bass"] = late(waves["bass"], 1024)
    found = codec_delays({stem: audio(wave) for stem, wave in waves.items()})
    assert {stem: one.samples for stem, one in found.items()} == {"bass": 1024}


@pytest.mark.parametrize("frames", [0, 400, 1100, 1152, 2205])
def test_no_delay_and_delays_that_no_encoder_leaves_are_not(frames):
    waves = separated()
    waves["vocals"] = late(waves["vocals"], frames)
    assert not codec_delays({stem: audio(wave) for stem, wave in waves.items()})


def test_stems_with_nothing_in_common_silence_and_one_stem_tell_nothing():
    waves = separated(leak=0.0)
    waves["vocals"] = late(waves["vocals"], 1105)
    sounds = {stem: audio(wave) for stem, wave in waves.items()}
    assert not codec_delays(sounds)
    assert not codec_delays({"vocals": sounds["vocals"]})
    assert not codec_delays({stem: audio(0 * wave) for stem, wave in waves.items()})


def test_what_is_no_number_and_what_has_no_frames_breaks_nothing():
    waves = separated()
    sounds = {stem: audio(wave) for stem, wave in waves.items()}
    broken = sounds["vocals"].samples.copy()
    broken[100] = np.nan, np.inf
    sounds["vocals"] = Audio(broken, RATE)
    empty = Audio(np.zeros((0, 2), np.float32), RATE)
    assert not codec_delays(sounds) and not codec_delays({**sounds, "empty": empty})
    assert mixture_among(sounds) is None and mixture_among({**sounds, "empty": empty}) is None


def test_the_finding_names_stem_samples_encoder_and_the_setting():
    waves = separated()
    waves["vocals"] = late(waves["vocals"], 1105)[: len(waves["drums"])]
    finding = StemsInTime().examine_all(
        case("clip_1/", **{stem: audio(wave).samples for stem, wave in waves.items()})
    )
    assert finding.severity is Severity.WARN and finding.artifact == "clip_1/vocals"
    assert "Your stem vocals is 1,105 samples (25.1 ms) late, as an MP3 encoder" in finding.evidence
    assert "encoder delay to take out" in finding.remedy


def test_an_encoder_is_known_by_its_delay_alone():
    assert "1,105 samples" in encoder_of(1105 / 48_000, 44_100)
    assert not encoder_of(0.010, 44_100)

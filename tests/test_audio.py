"""The value types, the door for engine output, and the way from and to files."""

from __future__ import annotations

import errno
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core import audio as audio_module
from core.audio import Audio, Stems, read, write
from core.errors import AudioFileError, EngineOutputError, InputError, StorageError

RATE = 44_100


def ramp(frames=100, channels=2, rate=RATE):
    return Audio(np.linspace(-1, 1, frames * channels, dtype=np.float32).reshape(frames, channels), rate)


# Audio


def test_an_audio_cannot_be_written_into():
    sound = ramp()
    with pytest.raises(ValueError, match="read-only"):
        sound.samples[0, 0] = 0.5


def test_the_array_that_it_was_made_of_stays_writable():
    array = np.zeros((10, 1), np.float32)
    Audio(array, RATE)
    array[0] = 1.0


@pytest.mark.parametrize(
    ("array", "rate"),
    [
        (np.zeros((10, 2)), RATE),
        (np.zeros(10, np.float32), RATE),
        (np.zeros((10, 2), np.int16), RATE),
        (np.zeros((10, 0), np.float32), RATE),
        (np.zeros((10, 9), np.float32), RATE),
        (np.zeros((10, 2), np.float32), 0),
        (np.zeros((10, 2), np.float32), -RATE),
    ],
)
def test_another_form_is_a_bug_of_ours(array, rate):
    with pytest.raises(ValueError):
        Audio(array, rate)


def test_nan_is_allowed_in_and_stays():
    array = np.zeros((10, 1), np.float32)
    array[3] = np.nan
    assert np.isnan(Audio(array, RATE).samples[3, 0])


def test_an_array_in_fortran_order_becomes_contiguous():
    array = np.asfortranarray(ramp().samples)
    assert Audio(array, RATE).samples.flags.c_contiguous


def test_the_key_is_of_samples_shape_and_rate():
    assert ramp().key == ramp().key
    assert len({ramp().key, ramp(rate=48_000).key, ramp(200, 1).key, ramp(101).key}) == 4


def test_the_sounds_own_figures():
    sound = ramp(22_050)
    assert (sound.frames, sound.channels, sound.duration_s) == (22_050, 2, 0.5)


@pytest.mark.parametrize(
    ("start_s", "stop_s", "frames"),
    [(0, 1, 44_100), (0.5, 0.75, 11_025), (-1, 9, 88_200), (3, 4, 0), (1, 0, 0)],
)
def test_an_excerpt_is_clamped_to_the_sound(start_s, stop_s, frames):
    assert ramp(2 * RATE).between(start_s, stop_s).frames == frames


def test_mono_becomes_equal_channels_and_nothing_is_dropped():
    assert np.ptp(ramp(channels=1).with_channels(2).samples, axis=1).max() == 0
    with pytest.raises(ValueError, match="downmix"):
        ramp(channels=2).with_channels(1)


# Resampling


@pytest.mark.parametrize(
    ("rate", "wanted"), [(32_000, 44_100), (48_000, 44_100), (8_000, 48_000), (192_000, 44_100)]
)
def test_resampling_keeps_pitch_level_and_length(rate, wanted):
    time = np.arange(2 * rate) / rate
    sine = Audio((0.5 * np.sin(2 * np.pi * 1_000 * time)).astype(np.float32)[:, None], rate)
    out = sine.resampled(wanted)
    assert out.sample_rate == wanted
    assert abs(out.frames - 2 * wanted) <= 1
    inner = out.samples[wanted // 2 : -wanted // 2, 0]
    expected = 0.5 * np.sin(2 * np.pi * 1_000 * np.arange(out.frames) / wanted)[wanted // 2 : -wanted // 2]
    assert 20 * np.log10(np.abs(inner - expected).max()) < -100


def test_resampling_to_the_same_rate_is_the_same_sound():
    sound = ramp()
    assert sound.resampled(RATE) is sound


# The door


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("/tmp/song.wav", "a path (song.wav)"),
        ([0.1, 0.2], "a list"),
        ({"audio": 1}, "a dict"),
        (None, "a NoneType"),
        (np.zeros((100, 2), np.int16), "integers (int16)"),
        (np.zeros((2, 44_100), np.float32), "channels and frames swapped"),
        (np.zeros((1, 2, 100), np.float32), "3 dimensions"),
        (np.zeros((0, 2), np.float32), "no frames"),
        (np.zeros((10, 0), np.float32), "no channels"),
        (np.zeros(10, np.complex64), "complex64"),
    ],
)
def test_the_door_says_what_came_instead_of_sound(value, told):
    with pytest.raises(EngineOutputError) as caught:
        Audio.checked(value, sample_rate=RATE, source="Acme")
    assert told in caught.value.message and "Acme" in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("rate", [0, -1, 44_100.5, "44100", None, 10**7])
def test_the_door_refuses_a_rate_that_is_none(rate):
    with pytest.raises(EngineOutputError, match="rate"):
        Audio.checked(np.zeros(10, np.float32), sample_rate=rate, source="Acme")


def test_the_door_takes_float_mono_and_double():
    sound = Audio.checked(np.zeros(10, np.float64), sample_rate=np.int64(RATE), source="Acme")
    assert (sound.channels, sound.samples.dtype, sound.sample_rate) == (1, np.float32, RATE)


@given(
    arrays.arrays(
        st.sampled_from([np.float32, np.float64, np.int16]),
        arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=12),
        elements=st.integers(-1, 1),
    )
)
@settings(max_examples=200, deadline=None)
def test_whatever_comes_the_door_makes_an_audio_or_says_why_not(value):
    try:
        sound = Audio.checked(value, sample_rate=RATE, source="Acme")
    except EngineOutputError as error:
        assert error.remedy
    else:
        assert sound.frames >= 1 and 1 <= sound.channels <= 8


# Stems


def test_stems_agree_or_are_refused():
    with pytest.raises(ValueError, match="at least one"):
        Stems({})
    with pytest.raises(ValueError, match="differ"):
        Stems({"a": ramp(), "b": ramp(99)})
    with pytest.raises(ValueError, match="differ"):
        Stems({"a": ramp(), "b": ramp(rate=48_000)})


def test_stems_keep_their_order_and_add_up():
    stems = Stems({"z": ramp(), "a": ramp()})
    assert list(stems) == ["z", "a"]
    assert np.array_equal(stems.sum().samples, 2 * ramp().samples)


# Files


@pytest.mark.parametrize(
    ("name", "subtype", "error_db"),
    [
        ("a.wav", "PCM_16", -90),
        ("a.wav", "PCM_24", -138),
        ("a.wav", "FLOAT", -999),
        ("a.flac", "PCM_24", -138),
        ("a.aiff", "PCM_16", -90),
        ("a.ogg", "VORBIS", -20),
        ("a.mp3", "MPEG_LAYER_III", -20),
    ],
)
def test_every_format_is_read(tmp_path, name, subtype, error_db):
    time = np.arange(RATE) / RATE
    wave = np.stack([0.5 * np.sin(2 * np.pi * hz * time) for hz in (440, 660)], axis=1).astype(np.float32)
    soundfile.write(tmp_path / name, wave, RATE, subtype=subtype)
    sound = read(tmp_path / name)
    assert (sound.sample_rate, sound.channels) == (RATE, 2)
    error = np.abs(sound.samples[: wave.shape[0]] - wave).max()
    assert error == 0 if error_db == -999 else 20 * np.log10(max(error, 1e-9)) < error_db


def test_nan_overs_and_infinity_survive_a_float_wav(tmp_path):
    samples = np.array([[np.nan], [2.5], [-np.inf], [0.1]], np.float32)
    write(tmp_path / "a.wav", Audio(samples, RATE))
    assert np.array_equal(read(tmp_path / "a.wav").samples, samples, equal_nan=True)


def refused(path):
    with pytest.raises((AudioFileError, InputError)) as caught:
        read(path)
    assert caught.value.remedy and path.name in caught.value.message
    assert "\n" not in caught.value.message
    return caught.value.message


def test_what_is_not_sound_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("Dear diary,\n" * 50)
    (tmp_path / "folder.wav").mkdir()
    assert "empty (0 bytes)" in refused(tmp_path / "empty.wav")
    assert "cannot be read as sound" in refused(tmp_path / "text.wav")
    assert "There is no file" in refused(tmp_path / "folder.wav")
    assert "There is no file" in refused(tmp_path / "nowhere.wav")


def test_a_header_without_samples_is_refused(tmp_path):
    soundfile.write(tmp_path / "header.wav", np.zeros((0, 2), np.float32), RATE)
    assert "no samples" in refused(tmp_path / "header.wav")


def test_a_small_file_that_unpacks_to_hours_is_refused_before_it_is_decoded(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "bomb.flac", np.zeros((RATE * 60, 2), np.int16), RATE)
    monkeypatch.setattr(audio_module, "MAX_DECODED_SAMPLES", RATE * 60)
    monkeypatch.setattr(soundfile, "read", lambda *a, **k: pytest.fail("it was decoded"))
    assert "unpacks to 1 min" in refused(tmp_path / "bomb.flac")


def test_a_sound_longer_than_a_song_may_be_is_refused_before_it_is_decoded(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "bomb.flac", np.zeros((RATE * 61, 1), np.int16), RATE)
    monkeypatch.setattr(soundfile, "read", lambda *a, **k: pytest.fail("it was decoded"))
    with pytest.raises(AudioFileError, match="unpacks to 1 min of sound; a song may last 1 min") as caught:
        read(tmp_path / "bomb.flac", longest_s=60.0)
    assert caught.value.remedy


def test_more_channels_than_the_studio_reads_are_refused(tmp_path):
    soundfile.write(tmp_path / "many.wav", np.zeros((100, 9), np.float32), RATE)
    assert "9 channels" in refused(tmp_path / "many.wav")


def test_a_file_cut_off_is_read_as_far_as_it_goes_or_refused(tmp_path):
    whole = tmp_path / "whole.wav"
    write(whole, ramp(1000))
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole.read_bytes()[:-1000])
    assert 0 < read(cut).frames < 1000
    cut.write_bytes(struct.pack("<4sI4s", b"RIFF", 36, b"WAVE"))
    refused(cut)


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    with pytest.raises(StorageError) as caught:
        write(tmp_path / "nowhere" / "a.wav", ramp())
    assert "a.wav" in caught.value.message and caught.value.remedy


def test_a_full_disk_is_one_sentence(tmp_path, monkeypatch):
    def full(*args, **more):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(soundfile, "write", full)
    with pytest.raises(StorageError) as caught:
        write(tmp_path / "a.wav", ramp())
    assert any("full" in cause for cause in caught.value.causes)

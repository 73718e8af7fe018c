"""Files as they are written: what they decode to, and what happens when they cannot be written."""

import contextlib
import os
import resource

import numpy as np
import pytest
import soundfile

from core.audio import Audio, read
from core.delivery import EncodeOptions, Format, Tags, deliver, encode
from core.delivery.dither import Quantiser
from core.errors import Cancelled, InputError, StorageError
from core.measure import measure
from tests.stages.material import noise, plucks, scaled, tone

NO_TAGS = Tags()
EXACT = [Format.WAV_16, Format.WAV_24, Format.WAV_FLOAT, Format.FLAC_16, Format.FLAC_24]
EVERY = pytest.mark.parametrize("format", list(Format))


@contextlib.contextmanager
def room_for(size_bytes):
    """No file may grow beyond this: what a full disk does to a writer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def written(audio, folder, format, **options):
    path = folder / f"x{format.suffix}"
    return encode(audio, path, format, NO_TAGS, EncodeOptions(**options)), read(path)


@EVERY
@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (48_000, 1), (22_050, 2)])
def test_every_format_gives_back_the_sound(format, rate, channels, tmp_path):
    audio = plucks(1, seconds=3.2, rate=rate, channels=channels)
    _, back = written(audio, tmp_path, format)
    assert (back.sample_rate, back.channels) == (rate, channels)
    assert abs(back.frames - audio.frames) <= format.padding_frames
    before, after = measure(audio), measure(back)
    assert after.integrated_lufs == pytest.approx(before.integrated_lufs, abs=0.5 if format.lossy else 0.005)
    assert after.true_peak_dbtp == pytest.approx(before.true_peak_dbtp, abs=1.5 if format.lossy else 0.02)


def test_float_wav_gives_back_the_very_samples_even_broken_ones(tmp_path):
    samples = np.array(noise(1).samples)
    samples[10], samples[20], samples[30] = np.nan, 3.5, -np.inf
    _, back = written(Audio(samples, 44_100), tmp_path, Format.WAV_FLOAT)
    assert np.array_equal(back.samples, samples, equal_nan=True)


@pytest.mark.parametrize("format", [f for f in EXACT if f.bits])
def test_integers_are_within_one_and_a_half_steps(format, tmp_path):
    audio = noise(1)
    _, back = written(audio, tmp_path, format)
    error = np.abs(back.samples.astype(np.float64) - audio.samples) * 2 ** (format.bits - 1)
    assert 1.0 < error.max() <= 1.501


@pytest.mark.parametrize("format", [Format.WAV_16, Format.FLAC_24])
def test_the_same_seed_gives_the_same_samples_and_another_seed_others(format, tmp_path):
    audio = noise(1, seconds=0.5)
    first = written(audio, tmp_path, format, dither_seed=1)[1]
    assert written(audio, tmp_path, format, dither_seed=1)[1].key == first.key
    assert written(audio, tmp_path, format, dither_seed=2)[1].key != first.key


def test_dither_keeps_a_tone_that_is_smaller_than_a_step():
    wave = tone(1_000, seconds=2.0).samples
    steps = 0.4 * wave.astype(np.float64) / np.abs(wave).max()
    assert not np.rint(steps).any()
    back = Quantiser(16, 7)((steps / 32_768).astype(np.float32)) / 65_536
    assert (back * steps).sum() / (steps**2).sum() == pytest.approx(1.0, abs=0.1)


def test_dither_makes_the_error_free_of_the_sound_and_as_loud_as_the_theory_says():
    sound = noise(3, seconds=4.0, level_dbfs=-60).samples
    error = Quantiser(16, 5)(sound) / 65_536.0 - sound.astype(np.float64) * 32_768
    assert error.var() == pytest.approx(0.25, rel=0.02)
    assert abs(np.corrcoef(error[:, 0], sound[:, 0])[0, 1]) < 0.01
    assert abs(error.mean()) < 0.005


@pytest.mark.parametrize("format", [Format.WAV_16, Format.FLAC_24])
def test_samples_over_full_scale_are_cut_off_not_wrapped_and_counted(format, tmp_path):
    samples = np.array(noise(1).samples)
    samples[100:103], samples[200, 0] = 1.7, -2.5
    done, back = written(Audio(samples, 44_100), tmp_path, format)
    assert done.clipped_samples == 7
    assert back.samples[100:103].min() > 0.999
    assert back.samples[200, 0] < -0.999


@EVERY
def test_libsndfile_is_never_handed_more_than_a_block(format, tmp_path, monkeypatch):
    """One call with a whole song makes its Vorbis encoder crash the process."""
    sizes, write = [], soundfile.SoundFile.write

    def counted(self, data):
        sizes.append(len(data))
        return write(self, data)

    monkeypatch.setattr(soundfile.SoundFile, "write", counted)
    written(noise(1, seconds=4.0), tmp_path, format)
    assert sum(sizes) == 4 * 44_100
    assert max(sizes) <= 65_536


@pytest.mark.parametrize("kbps", [96, 128, 192, 256, 320])
def test_an_mp3_has_the_bit_rate_that_was_asked_for(kbps, tmp_path):
    from mutagen.mp3 import MP3

    done, _ = written(noise(1, seconds=2.0), tmp_path, Format.MP3, mp3_kbps=kbps)
    assert MP3(done.path).info.bitrate == pytest.approx(kbps * 1000, rel=1e-3)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
@pytest.mark.parametrize("kbps", [96, 128, 192, 320])
def test_an_mp3_keeps_the_level_though_its_encoder_turns_it_down(kbps, rate, tmp_path):
    audio = tone(440, rate=rate)
    _, back = written(audio, tmp_path, Format.MP3, mp3_kbps=kbps)
    assert measure(back).rms_dbfs == pytest.approx(measure(audio).rms_dbfs, abs=0.1)


def test_ogg_quality_makes_the_file_larger(tmp_path):
    sizes = [
        written(noise(1), tmp_path, Format.OGG, ogg_quality=q)[0].path.stat().st_size
        for q in (0.0, 5.0, 10.0)
    ]
    assert sizes[0] < 0.7 * sizes[1] < 0.5 * sizes[2]


@pytest.mark.parametrize(("rate", "expected"), [(96_000, 48_000), (88_200, 44_100), (192_000, 48_000)])
def test_mp3_has_no_high_rates_and_says_what_it_took(rate, expected, tmp_path):
    audio = plucks(1, seconds=1.0, rate=rate)
    done, back = written(audio, tmp_path, Format.MP3)
    assert done.sample_rate == back.sample_rate == expected
    assert back.duration_s == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize("format", [Format.WAV_24, Format.FLAC_16, Format.OGG])
def test_surround_sound_keeps_its_channels(format, tmp_path):
    audio = noise(1, seconds=1.0, channels=6)
    assert written(audio, tmp_path, format)[1].channels == 6


def test_a_format_that_cannot_hold_the_sound_says_so_with_a_remedy(tmp_path):
    with pytest.raises(InputError, match="MP3 holds 2 channels, the sound has 6") as raised:
        written(noise(1, channels=6), tmp_path, Format.MP3)
    assert "FLAC" in raised.value.remedy
    with pytest.raises(InputError, match="no samples"):
        written(Audio(np.zeros((0, 2), dtype=np.float32), 44_100), tmp_path, Format.WAV_24)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", [f for f in Format if f is not Format.WAV_FLOAT])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_broken_samples_are_refused_where_they_would_become_something_else(format, value, tmp_path):
    samples = np.array(noise(1).samples)
    samples[70_000, 1] = value
    with pytest.raises(InputError, match="not numbers") as raised:
        written(Audio(samples, 44_100), tmp_path, format)
    assert "float WAV" in raised.value.remedy
    assert list(tmp_path.iterdir()) == []


@EVERY
def test_a_full_disk_is_an_error_and_leaves_nothing_behind(format, tmp_path):
    audio = noise(1, seconds=8.0)
    with room_for(40_000), pytest.raises(StorageError, match="no free space") as raised:
        written(audio, tmp_path, format)
    assert "Free some space" in raised.value.remedy
    assert list(tmp_path.iterdir()) == []


@EVERY
def test_what_was_there_before_survives_a_failed_write(format, tmp_path):
    old = plucks(1, seconds=1.0)
    path = encode(old, tmp_path / f"x{format.suffix}", format, NO_TAGS).path
    before = path.read_bytes()
    with room_for(len(before) // 4), pytest.raises(StorageError):
        encode(noise(2, seconds=8.0), path, format, NO_TAGS)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@EVERY
def test_no_room_for_the_tags_alone_is_an_error_too(format, tmp_path):
    audio = noise(1, seconds=1.0)
    size = encode(audio, tmp_path / f"a{format.suffix}", format, NO_TAGS).path.stat().st_size
    with room_for(size + 2_000), pytest.raises(StorageError):
        encode(audio, tmp_path / f"b{format.suffix}", format, Tags(lyrics="la " * 20_000))
    assert [p.stem for p in tmp_path.iterdir()] == ["a"]


@EVERY
def test_a_folder_that_cannot_be_written_is_an_error_with_a_remedy(format, tmp_path):
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(StorageError, match=f"x{format.suffix} could not be written") as raised:
            encode(noise(1, seconds=0.5), folder / f"x{format.suffix}", format, NO_TAGS)
        assert "folder you may write to" in raised.value.remedy
        assert raised.value.exit_status == 4


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_folder_is_an_error_with_a_remedy(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError):
        encode(noise(1, seconds=0.5), tmp_path / "x.wav", Format.WAV_24, NO_TAGS)


def test_a_folder_in_the_file_s_place_is_an_error_and_stays(tmp_path):
    (tmp_path / "x.wav" / "kept").mkdir(parents=True)
    with pytest.raises(StorageError):
        encode(noise(1, seconds=0.5), tmp_path / "x.wav", Format.WAV_24, NO_TAGS)
    assert (tmp_path / "x.wav" / "kept").is_dir()
    assert [p.name for p in tmp_path.iterdir()] == ["x.wav"]


@EVERY
def test_cancelling_in_the_middle_leaves_nothing_behind(format, tmp_path):
    def report(fraction, message):
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        deliver(noise(1, seconds=8.0), tmp_path / "x", format, NO_TAGS, report=report)
    assert list(tmp_path.iterdir()) == []


def test_progress_never_goes_back(tmp_path):
    seen = []
    deliver(
        noise(1, seconds=8.0), tmp_path / "x.wav", Format.WAV_24, NO_TAGS, report=lambda f, m: seen.append(f)
    )
    assert seen == sorted(seen) and seen[0] >= 0 and seen[-1] <= 1 and len(seen) > 4


def test_a_quiet_sound_keeps_its_level_in_16_bits(tmp_path):
    audio = scaled(plucks(1), 0.01)
    _, back = written(audio, tmp_path, Format.WAV_16)
    assert measure(back).integrated_lufs == pytest.approx(measure(audio).integrated_lufs, abs=0.02)

"""What a player plays is the sound at its own level, and light enough for a phone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from core.audio import Audio
from core.measure import measure
from core.runs.preview import RATE, Codec, codec_for, save_preview
from tests.sounds import band

MOST_BYTES_PER_S = 1_500_000 / 60
NOTHING = 1e-9
"""-180 dBFS."""
LEFT_OUT_DB = 1.0
"""How far a decoded sound's true peak may lie from the sound's own: what a codec leaves out moves peaks."""


def played(folder: Path, audio: Audio, codec: Codec = Codec.OPUS) -> Audio:
    path = folder / f"sound.{codec}"
    save_preview(path, audio, codec)
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return Audio(samples, rate)


def noise(seconds: float, channels: int, rate: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(5).uniform(-0.5, 0.5, (round(seconds * rate), channels)).astype(np.float32)


@pytest.mark.parametrize("gain_db", [0, -40])
@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (96_000, 2), (48_000, 1), (22_050, 1)])
def test_opus_has_the_sounds_own_loudness_peak_and_length(
    tmp_path: Path, rate: int, channels: int, gain_db: float
) -> None:
    whole = band().resampled(rate)
    audio = Audio(whole.samples[:, :channels] * np.float32(10 ** (gain_db / 20)), rate)
    back = played(tmp_path, audio)
    own, found = measure(audio), measure(back)
    assert found.integrated_lufs == pytest.approx(own.integrated_lufs, abs=0.1)
    assert found.true_peak_dbtp == pytest.approx(own.true_peak_dbtp, abs=LEFT_OUT_DB)
    assert (back.sample_rate, back.channels) == (RATE, channels)
    assert back.duration_s == pytest.approx(audio.duration_s, abs=2 / RATE)


@pytest.mark.parametrize("channels", [1, 2])
def test_no_sound_takes_more_than_a_phone_is_to_fetch(tmp_path: Path, channels: int) -> None:
    save_preview(tmp_path / "sound.opus", Audio(noise(10, channels, 44_100), 44_100), Codec.OPUS)
    assert (tmp_path / "sound.opus").stat().st_size / 10 <= MOST_BYTES_PER_S


def test_silence_stays_silence_beside_sound_too(tmp_path: Path) -> None:
    silence = Audio(np.zeros((44_100, 2), np.float32), 44_100)
    assert np.abs(played(tmp_path, silence).samples).max() < NOTHING
    samples = np.concatenate([noise(1, 2, RATE), np.zeros((2 * RATE, 2), np.float32), noise(1, 2, RATE)])
    back = np.abs(played(tmp_path, Audio(samples, RATE)).samples)
    # The codec's high-pass, at 3 Hz, settles after the noise.
    assert back[round(1.1 * RATE) : round(2.9 * RATE)].max() < 10 ** (-50 / 20)
    assert back[round(1.8 * RATE) : round(2.9 * RATE)].max() < NOTHING


def test_a_clipped_sound_stays_at_full_scale(tmp_path: Path) -> None:
    clean = band().samples / np.abs(band().samples).max()
    driven = Audio(np.clip(clean * np.float32(8), -1, 1).astype(np.float32), band().sample_rate)
    own, found = measure(driven), measure(played(tmp_path, driven))
    assert found.sample_peak_dbfs is not None and found.sample_peak_dbfs >= 0
    assert found.true_peak_dbtp == pytest.approx(own.true_peak_dbtp, abs=LEFT_OUT_DB)
    assert found.integrated_lufs == pytest.approx(own.integrated_lufs, abs=0.1)


def test_overs_travel_and_are_not_turned_down(tmp_path: Path) -> None:
    clean = band().samples / np.abs(band().samples).max()
    over = Audio((clean * np.float32(10 ** (4 / 20))).astype(np.float32), band().sample_rate)
    found = measure(played(tmp_path, over))
    assert found.true_peak_dbtp == pytest.approx(measure(over).true_peak_dbtp, abs=LEFT_OUT_DB)


@pytest.mark.parametrize("codec", list(Codec))
def test_what_is_no_number_is_heard_as_nothing_and_spoils_nothing(tmp_path: Path, codec: Codec) -> None:
    samples = band().samples.copy()
    samples[44_100 : 4 * 44_100] = np.nan
    back = played(tmp_path, Audio(samples, band().sample_rate), codec)
    assert np.isfinite(back.samples).all()
    assert np.abs(back.between(2, 3.9).samples).max() < 1e-4
    assert np.abs(back.samples).max() == pytest.approx(np.abs(band().samples).max(), rel=0.2)


@pytest.mark.parametrize("codec", list(Codec))
@pytest.mark.parametrize("frames", [1, 441])
def test_the_shortest_sounds_are_files_too(tmp_path: Path, codec: Codec, frames: int) -> None:
    back = played(tmp_path, Audio(np.full((frames, 2), 0.25, np.float32), 44_100), codec)
    assert back.duration_s == pytest.approx(frames / 44_100, abs=2 / 44_100)


def asked(channels: int = 2, seconds: float = 3.0, codec: Codec = Codec.OPUS) -> Codec:
    """What a sound of so many channels and seconds is encoded in."""
    return codec_for(measure(Audio(noise(seconds, channels, 8000), 8000)), codec)


def test_more_than_two_channels_are_flac() -> None:
    assert [asked(channels=number) for number in (1, 2, 6)] == [Codec.OPUS, Codec.OPUS, Codec.FLAC]
    assert asked(codec=Codec.FLAC) is Codec.FLAC


def test_flac_is_the_sound_to_16_bits_with_overs_clipped(tmp_path: Path) -> None:
    samples = noise(0.1, 2, 44_100)
    samples[5] = [1.5, -1.5]
    back = played(tmp_path, Audio(samples, 44_100), Codec.FLAC)
    assert np.abs(back.samples - np.clip(samples, -1, 1)).max() <= 1 / 32768


def test_a_sound_of_two_seconds_is_sent_as_it_is(tmp_path: Path) -> None:
    assert [asked(seconds=length) for length in (2.0, 2.1)] == [Codec.WAV, Codec.OPUS]
    samples = noise(1, 2, 44_100)
    back = played(tmp_path, Audio(samples, 44_100), Codec.WAV)
    assert np.abs(back.samples - np.clip(samples, -1, 1)).max() <= 1 / 32768

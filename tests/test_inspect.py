import json

import numpy as np
import pytest
import soundfile

from core.audio import write
from core.blame.chain import chain_of_files
from core.containers.announced import extent_of
from core.contract import Severity
from core.errors import AudioFileError, InputError
from core.inspect import inspect_audio, inspect_file
from tests import sounds


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def band(folder):
    """The band in every format the studio reads."""
    audio = sounds.band()
    paths = {}
    for suffix in ("wav", "flac", "mp3", "aiff"):
        paths[suffix] = folder / f"band.{suffix}"
        soundfile.write(paths[suffix], audio.samples, audio.sample_rate)
    paths["ogg"] = folder / "band.ogg"
    with soundfile.SoundFile(paths["ogg"], "w", audio.sample_rate, 2, format="OGG") as file:
        for start in range(0, audio.frames, 65_536):
            file.write(audio.samples[start : start + 65_536])
    paths["rf64"] = folder / "band_rf64.wav"
    soundfile.write(paths["rf64"], audio.samples, audio.sample_rate, format="RF64")
    return paths


def cut(path, share, folder):
    short = folder / f"cut_{path.name}"
    data = path.read_bytes()
    short.write_bytes(data[: round(share * len(data))])
    return short


def test_a_good_song_is_ok_in_every_format(band):
    for path in band.values():
        looked = inspect_file(path)
        assert looked.verdict is Severity.OK, (path, sounds.wrong(looked.findings))
        assert looked.name == path.name
        assert looked.measurement.duration_s == pytest.approx(8.0, abs=0.1)
        assert looked.picture.low.shape[1] == 2


@pytest.mark.parametrize("suffix", ["wav", "mp3", "aiff", "ogg", "rf64", "flac"])
def test_a_file_that_was_cut_off_is_named_so_although_it_decodes(band, folder, suffix):
    looked = inspect_file(cut(band[suffix], 0.6, folder))
    finding = next(f for f in looked.findings if f.check == "truncated")
    assert finding.severity is Severity.WARN
    assert looked.findings[0].severity is looked.verdict is Severity.WARN


@pytest.mark.parametrize("suffix", ["wav", "mp3", "aiff", "ogg", "rf64", "flac"])
def test_a_whole_file_holds_what_it_announces(band, suffix):
    assert extent_of(band[suffix]).share == 1.0


def test_a_stream_of_unknown_length_is_not_called_cut_off(band, folder):
    data = bytearray(band["wav"].read_bytes())
    at = data.index(b"data") + 4
    data[4:8] = data[at : at + 4] = b"\xff\xff\xff\xff"
    endless = folder / "endless.wav"
    endless.write_bytes(bytes(data))
    assert "truncated" not in [f.check for f in inspect_file(endless).findings]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.wav", b""),
        ("text.wav", b"la la la, this is no sound\n" * 50),
        ("riff.wav", b"RIFF\x00\x00\x00\x00WAVE"),
    ],
)
def test_what_is_no_sound_is_one_sentence_with_a_remedy(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    with pytest.raises(AudioFileError) as caught:
        inspect_file(path)
    assert caught.value.message.startswith(name) and caught.value.message.endswith(".")
    assert "\n" not in caught.value.message and caught.value.remedy


def test_a_missing_file_and_a_folder_are_one_sentence(folder):
    for path in (folder / "nowhere.wav", folder):
        with pytest.raises(InputError, match="There is no file"):
            inspect_file(path)


def test_a_bomb_is_refused_before_it_is_decoded(folder, monkeypatch):
    monkeypatch.setattr("core.audio.MAX_DECODED_SAMPLES", 10 * 8_000)
    path = folder / "bomb.flac"
    soundfile.write(path, np.zeros(20 * 8_000, dtype=np.float32), 8_000)
    with pytest.raises(AudioFileError, match="unpacks to"):
        inspect_file(path)


def test_nan_in_a_float_file_fails_and_is_still_drawn(folder):
    samples = sounds.band().samples.copy()
    samples[1000:1200] = np.nan
    write(folder / "nan.wav", sounds.made(samples))
    looked = inspect_file(folder / "nan.wav")
    assert (looked.findings[0].check, looked.verdict) == ("finite", Severity.FAIL)
    assert "400 of 705600" in looked.findings[0].evidence
    assert np.isnan(looked.picture.low).any()


@pytest.mark.parametrize(
    ("rate", "channels", "seconds", "said"),
    [(8_000, 1, 3.0, "8000 Hz"), (48_000, 6, 1.0, "6 channels"), (44_100, 2, 1 / 44_100, "1 sample,")],
)
def test_an_unusual_form_is_a_finding(folder, rate, channels, seconds, said):
    frames = round(seconds * rate)
    samples = 0.2 * np.sin(np.arange(1, frames + 1) * 0.05)[:, None] * np.linspace(0.5, 1, channels)
    path = folder / f"form_{rate}_{channels}.wav"
    write(path, sounds.made(samples, rate))
    (finding,) = (f for f in inspect_file(path).findings if f.check == "form")
    assert finding.severity is Severity.WARN and said in finding.evidence


def test_a_high_rate_is_no_matter(folder):
    audio = sounds.pad().between(0, 2).resampled(192_000)
    write(folder / "high.wav", audio)
    assert inspect_file(folder / "high.wav").verdict is Severity.OK


def test_the_person_s_name_for_a_file_is_used(band):
    looked = inspect_file(band["wav"], "My song (final).wav")
    assert looked.name == "My song (final).wav"
    assert {f.artifact for f in looked.findings} == {"My song (final).wav"}


def test_the_worst_comes_first_and_all_is_plain_data():
    broken = sounds.band().samples * [1.5, -1.5]
    looked = inspect_audio(sounds.made(broken))
    ranks = [f.severity.rank for f in looked.findings]
    assert ranks == sorted(ranks, reverse=True)
    json.dumps([f.model_dump(mode="json") for f in looked.findings], allow_nan=False)
    json.dumps(looked.measurement.model_dump(mode="json"), allow_nan=False)


@pytest.mark.parametrize(
    "make",
    [lambda x: x, lambda x: np.clip(8 * x, -1, 1), lambda x: 32_767 * x],
    ids=["clean", "crushed", "integers"],
)
def test_one_sound_has_one_verdict_wherever_it_is_looked_at(folder, make, open_studio):
    path = folder / "same.wav"
    write(path, sounds.made(make(sounds.band().samples[: 4 * sounds.RATE])))
    looked = inspect_file(path)
    seen = {(f.check, f.severity) for f in looked.findings}
    link = chain_of_files([path, path]).links[0]
    assert {(f.check, f.severity) for f in link.findings} == seen
    assert link.verdict is looked.verdict
    again, _ = open_studio().look(path, "same.wav")
    assert {(f.check, f.severity) for f in again.findings} == seen

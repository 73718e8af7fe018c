"""A file is as long as the sound in it, whatever its header says; both are told, and bounds hold."""

import io
import struct

import numpy as np
import pytest
import soundfile

from core.audio import HIGHEST_RATE, decode, read
from core.containers.announced import extent_of
from core.contract import Severity
from core.errors import AudioFileError
from core.inspect import inspect_file
from tests import sounds

SECONDS = 4.0


@pytest.fixture(scope="module")
def song():
    return sounds.band().between(0, SECONDS)


def written(path, song, **how):
    soundfile.write(path, song.samples, song.sample_rate, **how)
    return path.read_bytes()


def wav(song, *, size=None, riff=None, behind=b"", rate=None):
    """A 16-bit WAV whose header says what a test wants it to say."""
    data = np.round(song.samples * 32767).astype("<i2").tobytes()
    rate = song.sample_rate if rate is None else rate
    form = struct.pack("<IHHIIHH", 16, 1, 2, rate, rate * 4 & 0xFFFFFFFF, 4, 16)
    size = len(data) if size is None else size
    riff = 36 + len(data) if riff is None else riff
    head = b"RIFF" + struct.pack("<I", riff) + b"WAVEfmt " + form + b"data" + struct.pack("<I", size)
    return head + data + behind


def told(path):
    return [f for f in inspect_file(path).findings if f.check == "truncated"]


@pytest.mark.parametrize("riff", [0, 36, None, 0xFFFFFFFF])
@pytest.mark.parametrize(
    "size", [0, 1000, 100_001, 0xFFFFFFFF, 0xFFFFFFDB, 0x7FFFFFFF, 0x80000000, 2_000_000]
)
def test_a_wav_is_read_to_its_end_whatever_its_sizes_say(tmp_path, song, size, riff):
    (tmp_path / "a.wav").write_bytes(wav(song, size=size, riff=riff))
    assert read(tmp_path / "a.wav").frames == song.frames


@pytest.mark.parametrize(
    "behind",
    [
        b"LIST" + struct.pack("<I", 4000) + b"INFO" + bytes(3996),
        b"id3 " + struct.pack("<I", 3000) + bytes(range(250)) * 12,
        b"TAG" + b"x" * 4000,
        bytes(5000),
        b"junk" * 1250,
        b"Recorded with a recorder\r\n" * 200 + bytes(9),
    ],
)
def test_chunks_tags_and_padding_behind_the_sound_are_no_sound(tmp_path, song, behind):
    (tmp_path / "a.wav").write_bytes(wav(song, behind=behind))
    assert read(tmp_path / "a.wav").frames == song.frames
    assert not told(tmp_path / "a.wav")


@pytest.mark.parametrize("size", [None, 0, 0xFFFFFFFF])
@pytest.mark.parametrize("lengths", [(7,), (4, 9), (3, 5, 11)])
def test_chunks_of_odd_length_without_their_padding_are_walked_over(tmp_path, song, lengths, size):
    plain = wav(song, size=size)
    at = plain.index(b"data")
    before = b"".join(b"LIST" + struct.pack("<I", n) + b"i" * n for n in lengths)
    (tmp_path / "a.wav").write_bytes(plain[:at] + before + plain[at:])
    assert np.array_equal(read(tmp_path / "a.wav").samples, decode(io.BytesIO(wav(song)), "a.wav").samples)


@pytest.mark.parametrize("more", [(0,), (5000,), (5000, 300), (5000, 0, 300)])
def test_sound_in_further_chunks_is_read_and_reported(tmp_path, song, more):
    """A decoder takes the last of them, and the rest is lost."""
    frames = np.round(song.samples * 32767).astype("<i2")
    behind = b"LIST" + struct.pack("<I", 4) + b"INFO"
    for count in more:
        data = frames[:count].tobytes()
        behind += b"data" + struct.pack("<I", len(data)) + data
    (tmp_path / "a.wav").write_bytes(wav(song, behind=behind))
    audio = read(tmp_path / "a.wav")
    assert audio.frames == song.frames + sum(more)
    pieces = [song.samples, *(song.samples[:count] for count in more)]
    assert np.allclose(audio.samples, np.concatenate(pieces), atol=1e-4)
    assert bool(told(tmp_path / "a.wav")) == bool(sum(more))


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("kind", ["WAV", "AIFF"])
def test_files_put_one_behind_another_are_read_whole_and_reported(tmp_path, song, kind, count):
    one = written(tmp_path / "one", song, format=kind)
    (tmp_path / "a.wav").write_bytes(one * count)
    audio = read(tmp_path / "a.wav")
    assert audio.frames == count * song.frames
    assert np.array_equal(audio.samples[song.frames : 2 * song.frames], audio.samples[: song.frames])
    (finding,) = told(tmp_path / "a.wav")
    assert "announces 4.0 s" in finding.evidence and f"holds {4 * count}.0 s" in finding.evidence


def rf64(data_bytes, magic=b"RF64"):
    """The head of a 24-bit stereo file of more than 4 GiB, by ds64."""
    form = struct.pack("<IHHIIHH", 16, 1, 2, 48_000, 288_000, 6, 24)
    sizes = struct.pack("<IQQQI", 28, data_bytes + 72, data_bytes, data_bytes // 6, 0)
    head = magic + b"\xff" * 4 + b"WAVEds64" + sizes + b"fmt " + form
    return head + b"data" + b"\xff" * 4


def w64(data_bytes):
    """The same as Wave64."""
    tail = b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"
    form = struct.pack("<HHIIHH", 1, 2, 48_000, 288_000, 6, 24)
    riff = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"
    fmt = b"fmt " + tail + struct.pack("<Q", 24 + len(form)) + form
    data = b"data" + tail + struct.pack("<Q", 24 + data_bytes)
    return riff + struct.pack("<Q", data_bytes + 104) + b"wave" + tail + fmt + data


HEADS = {"rf64": rf64, "bw64": lambda count: rf64(count, b"BW64"), "w64": w64}


@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.parametrize(
    ("size", "said"), [(5_000_000_000, "5.0 GB"), (3_999_999_996, "more than the studio")]
)
def test_hours_of_sound_are_refused_before_they_are_decoded(tmp_path, monkeypatch, kind, size, said):
    path = tmp_path / f"a.{kind}"
    with path.open("wb") as file:
        file.write(HEADS[kind](size))
        file.truncate(size + file.tell())
    monkeypatch.setattr("core.audio._decoded", lambda file: pytest.fail("it is decoded"))
    with pytest.raises(AudioFileError) as caught:
        read(path)
    assert said in caught.value.message and "horter" in caught.value.remedy


@pytest.mark.parametrize("kind", HEADS)
def test_their_containers_are_read(tmp_path, song, kind):
    frames = np.round(song.samples * 8_388_607).astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    (tmp_path / f"a.{kind}").write_bytes(HEADS[kind](len(frames)) + frames)
    audio = read(tmp_path / f"a.{kind}")
    assert audio.frames == song.frames and np.allclose(audio.samples, song.samples, atol=1e-6)
    (tmp_path / f"a.{kind}").write_bytes(HEADS[kind](len(frames)) + frames[: len(frames) // 2])
    (finding,) = told(tmp_path / f"a.{kind}")
    assert "cut off" in finding.evidence


def test_an_empty_wav_with_a_tag_holds_no_samples(tmp_path, song):
    empty = wav(song.between(0, 0), behind=b"LIST" + struct.pack("<I", 4000) + bytes(4000))
    (tmp_path / "a.wav").write_bytes(empty)
    with pytest.raises(AudioFileError, match="holds no samples"):
        read(tmp_path / "a.wav")


def test_more_sound_than_announced_is_told_with_both_lengths(tmp_path, song):
    (tmp_path / "a.wav").write_bytes(wav(song, size=song.frames * 2))
    (finding,) = told(tmp_path / "a.wav")
    assert finding.severity is Severity.WARN
    assert "announces 2.0 s" in finding.evidence and "holds 4.0 s" in finding.evidence


@pytest.mark.parametrize("size", [0, 908])
def test_an_aiff_is_read_to_its_end(tmp_path, song, size):
    data = bytearray(written(tmp_path / "a.aiff", song))
    at = data.index(b"SSND") + 4
    data[at : at + 4] = struct.pack(">I", size)
    (tmp_path / "a.aiff").write_bytes(data)
    assert read(tmp_path / "a.aiff").frames == pytest.approx(song.frames, abs=100)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [44_100, 22_050])
def test_an_mp3_of_variable_rate_is_read_whole_without_a_header(tmp_path, song, channels, rate):
    # A first frame of many bits makes a decoder that guesses by it stop too early.
    noise = 0.2 * np.random.default_rng(0).standard_normal((22_050, 2)).astype(np.float32)
    swell = np.concatenate([noise, song.samples * np.float32(0.05)])
    how = {"format": "MP3", "subtype": "MPEG_LAYER_III", "bitrate_mode": "VARIABLE", "compression_level": 0.2}
    soundfile.write(tmp_path / "a.mp3", swell[:, :channels], rate, **how)
    data = (tmp_path / "a.mp3").read_bytes()
    whole = read(tmp_path / "a.mp3").frames
    sync = b"\xff\xfb" if rate == 44_100 else b"\xff\xf3"
    at = data.index(sync)
    after = data.index(sync, at + 40)
    assert b"Xing" in data[at:after] or b"Info" in data[at:after]
    tag = b"ID3\4\0\0\0\0\1\0" + bytes(128)
    for bare in (data[after:], tag + data[after:] + b"TAG" + bytes(125)):
        (tmp_path / "bare.mp3").write_bytes(bare)
        assert read(tmp_path / "bare.mp3").frames == pytest.approx(whole, abs=3000)


def test_mp3s_put_together_are_read_whole_and_told(tmp_path, song):
    one = written(tmp_path / "a.mp3", song)
    (tmp_path / "two.mp3").write_bytes(one + one)
    assert read(tmp_path / "two.mp3").duration_s == pytest.approx(2 * SECONDS, abs=0.1)
    (finding,) = told(tmp_path / "two.mp3")
    assert "announces 4.0 s" in finding.evidence and "holds 8." in finding.evidence


def flac_of_total(data, total):
    data = bytearray(data)
    data[21] = data[21] & 0xF0 | total >> 32
    data[22:26] = (total & 0xFFFFFFFF).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize("total", [0, 5000, 10**10])
def test_a_flac_is_as_long_as_its_frames(tmp_path, song, total):
    data = written(tmp_path / "a.flac", song)
    (tmp_path / "a.flac").write_bytes(flac_of_total(data, total))
    frames = read(tmp_path / "a.flac").frames
    assert song.frames - (4096 if total > song.frames else 0) <= frames <= song.frames
    assert bool(told(tmp_path / "a.flac")) == (total > 0)


def test_a_flac_cut_off_is_read_up_to_the_cut_and_told(tmp_path, song):
    data = written(tmp_path / "a.flac", song)
    (tmp_path / "a.flac").write_bytes(data[: len(data) // 2])
    assert 0.3 * song.frames < read(tmp_path / "a.flac").frames < 0.7 * song.frames
    assert "cut off" in told(tmp_path / "a.flac")[0].evidence


def test_the_links_of_an_ogg_are_read_one_after_another(tmp_path, song):
    stereo = written(tmp_path / "a.ogg", song)
    soundfile.write(tmp_path / "b.ogg", song.samples[:, :1], 22_050)
    (tmp_path / "c.ogg").write_bytes(stereo + stereo + (tmp_path / "b.ogg").read_bytes())
    joined = read(tmp_path / "c.ogg")
    assert (joined.channels, joined.sample_rate) == (2, song.sample_rate)
    assert joined.duration_s == pytest.approx(4 * SECONDS, abs=0.1)
    assert len(extent_of(tmp_path / "a.ogg").slices) == 0


def test_the_bound_of_a_whole_chain_holds(tmp_path, song):
    one = written(tmp_path / "a.ogg", song)
    (tmp_path / "c.ogg").write_bytes(one * 5)
    with pytest.raises(AudioFileError, match="unpacks to"):
        read(tmp_path / "c.ogg", longest_s=4.5 * SECONDS)


@pytest.mark.parametrize("rate", [0, 1, 999, HIGHEST_RATE + 1, 10**9, 2**31 - 1])
def test_a_rate_that_no_sound_has_is_one_sentence_at_every_door(tmp_path, song, rate):
    data = wav(song, rate=rate)
    (tmp_path / "a.wav").write_bytes(data)
    with pytest.raises(AudioFileError) as refused:
        read(tmp_path / "a.wav")
    assert refused.value.message.startswith("a.wav")
    with pytest.raises(AudioFileError):
        decode(io.BytesIO(data), "a sound in memory")


def test_more_channels_and_samples_than_a_song_has_are_refused_in_memory_too(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "nine.wav", np.zeros((100, 9), np.float32), 44_100)
    with pytest.raises(AudioFileError, match="9 channels"):
        decode(io.BytesIO((tmp_path / "nine.wav").read_bytes()), "nine")
    monkeypatch.setattr("core.audio.MAX_DECODED_SAMPLES", 1000)
    soundfile.write(tmp_path / "long.wav", np.zeros((1001, 1), np.float32), 44_100)
    with pytest.raises(AudioFileError, match="more than the studio opens"):
        decode(io.BytesIO((tmp_path / "long.wav").read_bytes()), "long")


def test_a_file_larger_than_the_bound_is_not_opened(tmp_path, monkeypatch, song):
    (tmp_path / "a.wav").write_bytes(wav(song))
    monkeypatch.setattr("core.audio.MAX_FILE_BYTES", 1000)
    with pytest.raises(AudioFileError, match="GB"):
        read(tmp_path / "a.wav")


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"\0\0\0\x20ftypM4A \0\0\0\0", "AAC"),
        (b"\0\0\0\x20ftypisom\0\0\0\0", "MPEG-4"),
        (b"\0\0\0\x14ftypqt  ", "QuickTime"),
        (b"\xff\xf1\x50\x80\x02", "AAC"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6", "Windows Media"),
        (b"\x1a\x45\xdf\xa3\x01", "WebM"),
        (b"wvpk\0\0", "WavPack"),
    ],
)
@pytest.mark.parametrize("name", ["memo.m4a", "memo.mp3", "memo.wav"])
def test_a_format_that_is_not_read_is_named_with_its_conversion(tmp_path, head, said, name):
    (tmp_path / name).write_bytes(head + bytes(range(256)) * 20)
    with pytest.raises(AudioFileError) as refused:
        read(tmp_path / name)
    assert said in refused.value.message and refused.value.message.startswith(name)
    assert f'ffmpeg -i "{name}" "memo' in refused.value.remedy


@pytest.mark.parametrize(("head", "said"), [(b"MThd\0\0", "MIDI"), (b"PK\3\4", "zip"), (b"%PDF-1.4", "PDF")])
def test_what_holds_no_sound_is_named(tmp_path, head, said):
    (tmp_path / "a.wav").write_bytes(head + bytes(2000))
    with pytest.raises(AudioFileError, match=said) as refused:
        read(tmp_path / "a.wav")
    assert "ffmpeg" not in refused.value.remedy


@pytest.mark.parametrize("share", [0.02, 0.05, 0.2])
@pytest.mark.parametrize("claim", [b"\x04\xff\xff\xff", b"\x84\xff\xff\xff", b"\x04\x00\xff\xff"])
def test_a_flac_whose_metadata_reach_beyond_its_end_is_refused_or_read(tmp_path, song, share, claim):
    data = written(tmp_path / "a.flac", song, format="FLAC")
    cut = data[:42] + claim + data[46 : round(share * len(data))]
    (tmp_path / "a.flac").write_bytes(cut)
    extent_of(tmp_path / "a.flac")
    try:
        read(tmp_path / "a.flac")
    except AudioFileError as refused:
        assert refused.message.startswith("a.flac")


@pytest.mark.parametrize("size", [120, 300, 420, 700])
def test_an_mp3_that_ends_within_its_first_frames_is_refused_or_read(tmp_path, song, size):
    data = written(tmp_path / "a.mp3", song, format="MP3")
    (tmp_path / "a.mp3").write_bytes(data[:size])
    extent_of(tmp_path / "a.mp3")
    try:
        read(tmp_path / "a.mp3")
    except AudioFileError as refused:
        assert refused.message.startswith("a.mp3")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<!DOCTYPE html><html><body>404</body></html>", "a web page"),
        (b'{"error": "quota exceeded"}', "JSON"),
        (b"\x1f\x8b\x08" + bytes(40), "a gzip archive"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(40), "a 7z archive"),
        (b"data:audio/wav;base64,UklGRiQAAABXQVZF", "base64"),
        (b"UklGRiQAAABXQVZFZm10IBAAAAABAAEA", "base64"),
        (b"#EXTM3U\nhttp://example.com/a.mp3\n", "a playlist"),
        (b"\x93NUMPY\x01\x00" + bytes(100), "a numpy array"),
        (b"RIFF\x64\x00\x00\x00sfbk" + bytes(90), "a SoundFont"),
        (bytes(5000), "a file of zeros"),
    ],
)
def test_what_came_in_place_of_a_sound_is_named(tmp_path, content, said):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(AudioFileError) as caught:
        read(tmp_path / "a.wav")
    assert said in caught.value.message and caught.value.remedy


ID3 = b"ID3\x03\x00\x00\x00\x00\x0f\x7f" + bytes(2047)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "AIFF"])
def test_a_tag_in_front_of_any_format_is_walked_over(tmp_path, song, kind):
    """Tag editors write ID3v2 before what is no MP3."""
    plain = written(tmp_path / "plain", song, format=kind)
    (tmp_path / "a.wav").write_bytes(ID3 + plain)
    assert read(tmp_path / "a.wav").frames == song.frames


def test_a_format_chunk_behind_the_sound_and_two_of_them_are_read(tmp_path, song):
    plain = wav(song)
    form, data = plain[12:36], plain[36:]
    (tmp_path / "a.wav").write_bytes(plain[:12] + data + form)
    assert read(tmp_path / "a.wav").frames == song.frames
    (tmp_path / "a.wav").write_bytes(plain[:12] + form + form + data)
    assert read(tmp_path / "a.wav").frames == song.frames

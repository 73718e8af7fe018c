"""Every format that people bring is read whole, or refused by its name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core import audio as audio_module
from core.audio import SUFFIXES, Audio, read, reading_of
from core.containers import av_decoder, unreadable
from core.containers.foreign import UndecodableError, decode_foreign
from core.errors import AudioFileError
from core.inspect import inspect_file
from tests.containers.formats_table import page, rows, song
from tests.containers.make import FORMATS, NARROW, make

PAGE = Path(__file__).parents[2] / "docs/formats.md"
M4A = next(kind for kind in FORMATS if kind.codec == "AAC" and kind.suffix == ".m4a")
WEBM = next(kind for kind in FORMATS if kind.suffix == ".webm")


@pytest.fixture(scope="module")
def found():
    return rows()


def test_the_table_of_formats_is_what_the_studio_does(found):
    assert PAGE.read_text(encoding="utf-8") == page([line for line, _ in found]), (
        "python -m tests.containers.formats_table > docs/formats.md"
    )


def test_what_is_read_is_what_was_written(found):
    for kind, (_, likeness) in zip(FORMATS, found, strict=True):
        narrow = kind.by.endswith(NARROW)
        assert likeness > (0.5 if narrow else 0.98), kind


def test_the_browser_takes_every_suffix_of_the_table():
    assert {kind.suffix for kind in FORMATS} <= set(SUFFIXES)


@pytest.fixture(scope="module")
def memo(tmp_path_factory):
    path = tmp_path_factory.mktemp("memo") / "memo.m4a"
    make(M4A, path, song())
    return path


def test_a_foreign_sound_that_is_too_long_is_refused_while_it_is_decoded(memo, monkeypatch):
    with pytest.raises(AudioFileError, match="a song may last"):
        read(memo, 1.0)
    assert decode_foreign(memo, 10**9, 1.0).samples.shape[0] < 1.2 * 44_100
    assert decode_foreign(memo, 50_000, 60.0).samples.size < 60_000
    monkeypatch.setattr(audio_module, "MAX_DECODED_SAMPLES", 50_000)
    with pytest.raises(AudioFileError, match="more than the studio opens"):
        read(memo)


def test_damaged_packets_are_left_out_and_reported(tmp_path):
    path = tmp_path / "a.webm"
    make(WEBM, path, song())
    data = bytearray(path.read_bytes())
    for at in range(len(data) // 3, len(data) // 2):
        data[at] = 0xFF if at % 3 else 0
    path.write_bytes(data)
    findings = [f for f in inspect_file(path).findings if f.check == "truncated"]
    assert findings, "nothing is reported"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.m4a", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n"),
        ("list.wav", b"ffconcat version 1.0\nfile /etc/hostname\n"),
        ("video.m4a", b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(4000)),
        ("wave.wav", b"RIFF" + bytes(4) + b"WAVEfmt " + bytes(3000)),
    ],
)
def test_what_is_no_sound_is_refused_and_no_playlist_is_followed(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AudioFileError) as refused:
        read(tmp_path / name)
    assert refused.value.message.startswith(name)
    with pytest.raises(UndecodableError):
        decode_foreign(tmp_path / name, 10**6, 60.0)


def test_without_the_decoder_a_format_is_named_with_its_conversion(memo, monkeypatch):
    for module in (audio_module, unreadable):
        monkeypatch.setattr(module, "installed", lambda: False)
    with pytest.raises(AudioFileError, match="is MPEG-4 audio") as refused:
        read(memo)
    assert 'ffmpeg -i "memo.m4a" "memo.wav"' in refused.value.remedy
    assert "PyAV" in refused.value.causes[0]


def test_a_decoder_that_dies_is_an_error_with_a_reason(memo, monkeypatch):
    monkeypatch.setattr(av_decoder, "__name__", "core.no_such_module")
    with pytest.raises(UndecodableError, match="No module named"):
        decode_foreign(memo, 10**6, 60.0)


def test_mono_and_other_rates_stay_what_they_are(tmp_path):
    tone = np.sin(np.arange(48_000) / 20).astype(np.float32)[:, None] * np.float32(0.3)
    make(M4A, tmp_path / "a.m4a", Audio(tone, 32_000))
    got = reading_of(tmp_path / "a.m4a")
    assert (got.audio.channels, got.audio.sample_rate, got.share) == (1, 32_000, 1.0)

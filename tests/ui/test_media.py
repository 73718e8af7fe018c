"""What a browser fetches is the sound that was asked for, whatever Streamlit makes of its bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.testing.v1 import AppTest

from core.audio import Audio
from core.runs.pipeline import RunSettings
from core.runs.preview import Codec
from core.runs.store import Store
from core.song import SongRequest
from core.ui import media
from core.ui.files_view import size_of
from core.ui.media import WAV, codec_of, identified_mime, identified_wav, preview_url
from tests.ui.fake_studio import FakeStudio

RATE = 44_100
SECONDS = 12


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> MemoryMediaFileStorage:
    """Streamlit's own storage of media, behind a server that is not there."""
    kept = MemoryMediaFileStorage("/media")
    manager = MediaFileManager(kept)
    there = SimpleNamespace(exists=lambda: True, get_instance=lambda: SimpleNamespace(media_file_mgr=manager))
    monkeypatch.setattr(media, "runtime", there)
    return kept


def alike() -> tuple[np.ndarray, np.ndarray]:
    """Two sounds of one length, over 1 MiB, that differ nowhere but at 2 to 3 s."""
    t = np.arange(SECONDS * RATE) / RATE
    tone = (0.3 * np.sin(2 * np.pi * 220 * t)).astype(np.float32)
    dropped = tone.copy()
    dropped[2 * RATE : 3 * RATE] = 0
    return np.stack([tone, tone], 1), np.stack([dropped, dropped], 1)


def wav(samples: np.ndarray) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples, RATE, subtype="PCM_16", format="WAV")
    return out.getvalue()


def stored(storage: MemoryMediaFileStorage, data: bytes, mime: str, name: str | None = None) -> bytes:
    manager = MediaFileManager(storage)
    address = manager.add(data, mime, "somewhere", file_name=name)
    return storage.get_file(address.rpartition("/")[2]).content


def test_two_sounds_that_streamlit_takes_for_one_have_an_address_each(storage, tmp_path) -> None:
    store = Store(tmp_path)
    keys = [store.put(Audio(samples, RATE))[0] for samples in alike()]
    addresses = [preview_url(store, key, Codec.OPUS) for key in keys]  # type: ignore[arg-type]
    assert addresses[0] != addresses[1]
    for key, address in zip(keys, addresses, strict=True):
        assert (
            storage.get_file(address.rpartition("/")[2]).content
            == store.preview(key, Codec.OPUS).read_bytes()
        )


def test_the_same_sound_keeps_its_address(storage, tmp_path) -> None:
    store = Store(tmp_path)
    key, _ = store.put(Audio(alike()[0], RATE))
    assert preview_url(store, key, Codec.OPUS) == preview_url(store, key, Codec.OPUS)  # type: ignore[arg-type]


def test_an_address_is_relative_so_that_it_holds_behind_a_base_path(storage, tmp_path) -> None:
    store = Store(tmp_path)
    key, _ = store.put(Audio(alike()[0], RATE))
    assert preview_url(store, key, Codec.FLAC).startswith("media/")  # type: ignore[arg-type,union-attr]


def test_sounds_played_by_streamlits_own_player_are_told_apart_and_keep_their_samples(storage) -> None:
    first, second = (identified_wav(wav(samples)) for samples in alike())
    assert stored(storage, first, WAV) == first
    assert stored(storage, second, WAV) == second
    for data, samples in zip((first, second), alike(), strict=True):
        read, rate = soundfile.read(io.BytesIO(data), dtype="float32")
        assert rate == RATE
        assert np.abs(read - samples).max() < 1e-4


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3 something else", b"\xff" * 50])
def test_what_is_no_wav_is_passed_on_as_it_is(data: bytes) -> None:
    assert identified_wav(data) == data


def test_an_odd_wav_stays_a_wav() -> None:
    mono = np.zeros(441, np.float32)
    out = io.BytesIO()
    soundfile.write(out, mono, 8000, subtype="PCM_U8", format="WAV")
    read, _ = soundfile.read(io.BytesIO(identified_wav(out.getvalue())))
    assert len(read) == 441


def test_downloads_of_one_name_and_length_are_told_apart_and_not_altered(storage) -> None:
    first, second = (wav(samples) for samples in alike())
    one, other = identified_mime(WAV, "step a", "master.wav"), identified_mime(WAV, "step b", "master.wav")
    assert stored(storage, first, one, "master.wav") == first
    assert stored(storage, second, other, "master.wav") == second


def test_every_download_of_a_run_has_a_type_of_its_own(
    site: Callable[..., AppTest], fake: FakeStudio
) -> None:
    runs = [
        fake.start(SongRequest(prompt="blues", duration_s=4, seed=n), RunSettings(), "somebody")
        for n in (1, 2)
    ]
    types = []
    for run in runs:
        fake.run(run)
        step = fake.run(run).step("export")
        from core.ui.files_view import media_type

        types += [media_type(fake.home / place, step.key) for place in step.files.values()]
    assert len(set(types)) == len(types) == 2
    assert all(one.startswith("audio/wav; id=") for one in types)


@pytest.mark.parametrize(
    ("sent", "codec"),
    [("opus 123", Codec.OPUS), ("flac 123", Codec.FLAC), (None, Codec.FLAC), ("../etc", Codec.FLAC)],
)
def test_a_browser_gets_the_codec_that_it_plays_and_flac_whatever_else_it_sends(
    sent: object, codec: Codec
) -> None:
    assert codec_of(sent) is codec


def test_a_small_file_has_its_size_in_bytes(tmp_path: Path) -> None:
    path = tmp_path / "lead-sheet.txt"
    for size, text in ((412, "412 bytes"), (5_200, "5 kB"), (2_340_000, "2.3 MB")):
        path.write_bytes(bytes(size))
        assert size_of(path) == text

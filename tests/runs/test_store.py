"""The store: what goes in comes back, and a disk that refuses is one clear error."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest
import soundfile

from core.audio import Audio
from core.errors import NotFoundError, StorageError
from core.machine.home import home_folder
from core.runs.preview import Codec
from core.runs.store import Store
from tests.sounds import band


def test_a_sound_comes_back_bit_for_bit_and_read_only(tmp_path):
    store = Store(tmp_path)
    key, measurement = store.put(band())
    back = store.audio(key)
    assert np.array_equal(back.samples, band().samples)
    assert back.key == key
    assert not back.samples.flags.writeable
    assert measurement == store.measurement(key)


def test_a_broken_sound_is_stored_drawn_and_previewed(tmp_path):
    samples = band().samples.copy()
    samples[1000:2000] = np.nan
    samples[3000] = 3.0
    store = Store(tmp_path)
    key, measurement = store.put(Audio(samples, 44_100))
    assert measurement.nonfinite_samples == 2000
    assert np.isnan(store.picture(key).low).any()
    pcm, _ = soundfile.read(store.preview(key, Codec.FLAC), dtype="int16")
    assert not pcm[1000:2000].any()
    assert pcm[3000].tolist() == [32767, 32767]


def test_a_preview_keeps_the_level(tmp_path):
    store = Store(tmp_path)
    quiet = Audio(band().samples * np.float32(0.01), 44_100)
    key, _ = store.put(quiet)
    for codec in Codec:
        played, _ = soundfile.read(store.preview(key, codec))
        assert np.abs(played).max() == pytest.approx(np.abs(quiet.samples).max(), rel=0.1), codec


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "0" * 64])
def test_an_unknown_key_is_not_found(tmp_path, key):
    with pytest.raises(NotFoundError):
        Store(tmp_path).audio(key)


def test_a_full_disk_is_told_and_leaves_no_half_sound(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    store = Store(tmp_path)
    kept, _ = store.put(band())
    monkeypatch.setattr("core.runs.store._save_samples", full)
    quieter = Audio(band().samples * np.float32(0.5), 44_100)
    with pytest.raises(StorageError, match="disk is full") as refused:
        store.put(quieter)
    assert "GAINSTAGE_HOME" in refused.value.remedy
    assert not store.has(quieter.key)
    assert store.has(kept)
    assert not list(tmp_path.rglob(".*.npy"))


def test_a_home_that_cannot_be_made_names_its_variable(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GAINSTAGE_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(StorageError) as refused:
        home_folder()
    assert "GAINSTAGE_HOME" in refused.value.remedy


def test_a_home_of_nobody_names_its_variable(monkeypatch):
    monkeypatch.setenv("GAINSTAGE_HOME", "~nobody-of-this-name/songs")
    with pytest.raises(StorageError, match="names a user who is not there"):
        home_folder()


def test_a_home_of_blanks_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("GAINSTAGE_HOME", "  ")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home_folder() == tmp_path / ".gainstage"


def test_a_short_write_without_a_number_is_told_as_a_full_disk(tmp_path, monkeypatch):
    def short(*_):
        raise OSError("1411200 requested and 1040384 written")

    monkeypatch.setattr("core.runs.store._save_samples", short)
    with pytest.raises(StorageError, match="disk is full"):
        Store(tmp_path).put(band())


@pytest.mark.parametrize("harm", ["flip", "cut", "empty"])
def test_samples_that_changed_on_the_disk_are_refused_and_made_anew(tmp_path, harm):
    key, _ = Store(tmp_path).put(band())
    path = Store(tmp_path).samples_path(key)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x20
    path.write_bytes({"flip": bytes(content), "cut": bytes(content[:5000]), "empty": b""}[harm])
    store = Store(tmp_path)
    with pytest.raises(StorageError, match="changed or damaged"):
        store.audio(key)
    assert not store.has(key)
    store.put(band())
    assert store.audio(key).key == key


def test_samples_changed_while_the_studio_runs_are_refused_too(tmp_path):
    store = Store(tmp_path)
    key, _ = store.put(band())
    store.audio(key)
    path = store.samples_path(key)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, (1, 1))
    with pytest.raises(StorageError, match="changed or damaged"):
        store.audio(key)


def test_a_sound_whose_samples_are_gone_is_stored_again(tmp_path):
    store = Store(tmp_path)
    key, _ = store.put(band())
    store.samples_path(key).unlink()
    assert not store.has(key)
    store.put(band())
    assert store.audio(key).key == key


@pytest.mark.parametrize("content", [None, b"", b"PK no zip"])
def test_a_picture_that_is_lost_or_damaged_is_drawn_again(tmp_path, content):
    store = Store(tmp_path)
    key, _ = store.put(band())
    drawn = store.picture(key)
    path = store.samples_path(key).with_name(f"{key}.picture.npz")
    path.unlink() if content is None else path.write_bytes(content)
    assert np.array_equal(store.picture(key).low, drawn.low)
    assert path.stat().st_size > 100


def test_what_is_held_and_what_is_young_is_not_swept(tmp_path):
    store = Store(tmp_path)
    sounds = [Audio(band().samples * np.float32(gain), 44_100) for gain in (0.1, 0.2, 0.3, 0.4)]
    held, named, young, old = (store.put(sound)[0] for sound in sounds)
    for key in (held, old):
        os.utime(store.samples_path(key).with_suffix(".json"), (1, 1))
    store.sweep({held}, named={named, held})
    assert [store.has(key) for key in (held, named, young, old)] == [True, False, True, False]


def test_scratch_of_a_killed_process_is_swept_and_that_of_a_live_one_is_not(tmp_path):
    store = Store(tmp_path)
    dead, live = store.scratch(), store.scratch()
    listen = tmp_path / "scratch" / "run.wav"
    for path in (dead / "x.npy", live / "x.npy", listen):
        path.write_bytes(b"x")
    for path in (dead / "x.npy", dead, listen, live):
        os.utime(path, (1, 1))
    store.sweep_scratch()
    assert sorted((tmp_path / "scratch").iterdir()) == [live]


@pytest.mark.parametrize("kind", ["preview", "stem_preview"])
@pytest.mark.parametrize("harm", ["flip", "cut", "empty"])
def test_a_preview_that_changed_on_the_disk_is_made_anew(tmp_path, kind, harm):
    store = Store(tmp_path)
    key, _ = store.put(band())
    path = getattr(store, kind)(key)
    right = path.read_bytes()
    content = bytearray(right)
    content[len(content) // 2] ^= 0x10
    path.write_bytes({"flip": bytes(content), "cut": right[:-1000], "empty": b""}[harm])
    assert getattr(Store(tmp_path), kind)(key).read_bytes() == right
    assert getattr(store, kind)(key).read_bytes() == right
    other = {"preview": "stem_preview", "stem_preview": "preview"}[kind]
    assert getattr(store, other)(key).suffix != path.suffix


def test_a_file_where_the_sounds_are_to_be_is_one_sentence(tmp_path):
    (tmp_path / "artifacts").write_text("a file")
    with pytest.raises(StorageError, match="cannot be written"):
        Store(tmp_path).put(band())

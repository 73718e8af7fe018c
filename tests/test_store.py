"""The store: what goes in comes back, and a disk that refuses is one clear error."""

from __future__ import annotations

import errno
import wave

import numpy as np
import pytest

from core.audio import Audio
from core.errors import NotFoundError, StorageError
from core.home import home_folder
from core.store import Store
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
    with wave.open(str(store.preview(key))) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert not pcm[1000:2000].any()
    assert pcm[3000].tolist() == [32767, 32767]


def test_a_preview_keeps_the_level(tmp_path):
    store = Store(tmp_path)
    quiet = Audio(band().samples * np.float32(0.01), 44_100)
    key, _ = store.put(quiet)
    with wave.open(str(store.preview(key))) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float) / 32767
    assert np.abs(pcm).max() == pytest.approx(np.abs(quiet.samples).max(), rel=0.05)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "0" * 64])
def test_an_unknown_key_is_not_found(tmp_path, key):
    with pytest.raises(NotFoundError):
        Store(tmp_path).audio(key)


def test_a_full_disk_is_told_and_leaves_no_half_sound(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    store = Store(tmp_path)
    kept, _ = store.put(band())
    monkeypatch.setattr("core.store._save_samples", full)
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

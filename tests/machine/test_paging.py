import subprocess
import sys
import tempfile

import numpy as np
import pytest
import soundfile

import core.audio
from core.audio import read
from core.machine import paging
from core.machine.paging import pages_given_back, samples_on_disk, zeros

HAS_PAGES = sys.platform == "linux"
RESIDENT = """
import sys
from core.machine.paging import pages_given_back, samples_on_disk

def resident_mb():
    status = open('/proc/self/status').read()
    return int(status.partition('RssFile:')[2].split()[0]) / 1024

samples = samples_on_disk(40_000_000, 2)
samples[:] = 0.5
written = resident_mb()
with pages_given_back(samples):
    import time
    for _ in range(400):
        if resident_mb() < 100:
            break
        time.sleep(0.05)
assert float(samples[-1, 1]) == 0.5
print(written, resident_mb())
"""


@pytest.fixture
def long_file(tmp_path):
    path = tmp_path / "long.wav"
    rng = np.random.default_rng(1)
    soundfile.write(path, rng.uniform(-0.5, 0.5, (700_000, 2)).astype(np.float32), 48_000, subtype="FLOAT")
    return path


def test_a_long_file_is_read_the_same_into_a_file_as_into_memory(long_file, monkeypatch):
    in_memory = read(long_file)
    monkeypatch.setattr(core.audio, "IN_MEMORY_BYTES", 1 << 20)
    on_disk = read(long_file)
    assert paging._mapping(in_memory.samples) is None and paging._mapping(on_disk.samples) is not None
    assert on_disk.key == in_memory.key and not on_disk.samples.flags.writeable


@pytest.mark.parametrize("room", ["a byte fewer", "a byte more"])
def test_from_so_many_bytes_on_a_sound_lies_on_disk(long_file, monkeypatch, room):
    monkeypatch.setattr(core.audio, "IN_MEMORY_BYTES", 700_000 * 8 + (1 if room == "a byte more" else -1))
    assert (paging._mapping(read(long_file).samples) is None) == (room == "a byte more")


def test_without_room_on_disk_it_is_read_into_memory(long_file, monkeypatch):
    monkeypatch.setattr(core.audio, "IN_MEMORY_BYTES", 1 << 20)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(paging.os, "posix_fallocate", full)
    read_whole = read(long_file)
    assert read_whole.frames == 700_000 and paging._mapping(read_whole.samples) is None


def test_no_file_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    samples = samples_on_disk(1_000, 2)
    assert samples is not None and samples.shape == (1_000, 2) and not samples.any()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not HAS_PAGES, reason="reads /proc")
def test_pages_are_given_back_and_their_samples_stay():
    done = subprocess.run([sys.executable, "-c", RESIDENT], capture_output=True, text=True, check=True)
    written, left = (float(word) for word in done.stdout.split())
    assert written > 300 and left < 100


def test_a_sound_in_memory_is_left_alone():
    with pages_given_back(np.zeros((10, 1), np.float32)):
        pass


@pytest.mark.parametrize(("frames", "on_disk"), [(999, False), (1_000, True)])
def test_zeros_of_a_long_sound_lie_on_disk(frames, on_disk, monkeypatch):
    monkeypatch.setattr(paging, "LONG_BYTES", 8_000)
    samples = zeros(frames, 2)
    assert (paging._mapping(samples) is not None) == on_disk
    assert samples.shape == (frames, 2) and samples.dtype == np.float32 and not samples.any()
    samples += 1
    assert samples.all()


def test_zeros_are_in_memory_where_the_disk_has_no_room(monkeypatch):
    monkeypatch.setattr(paging, "LONG_BYTES", 8)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(paging.os, "posix_fallocate", full)
    assert zeros(1_000, 2).shape == (1_000, 2)

"""Long sounds in a file of their own in place of main memory, and their pages given back while they are read.

A file that is mapped counts as memory for as long as its pages are resident. Whoever reads all of it, from
its beginning to its end, never needs most of them: they are given back every hundredth of a second, and a
page that is read again comes from the system's cache.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

EVERY_S = 0.01
LONG_BYTES = 32 << 20
"""From so many bytes on, 95 s of stereo at 44.1 kHz, :func:`zeros` are put on disk."""


def samples_on_disk(frames: int, channels: int) -> Samples | None:
    """Return zeros (frames, channels) in a nameless temporary file; None where the disk has no room."""
    size = frames * channels * 4
    try:
        with tempfile.TemporaryFile() as file:
            # All of it now: a page that finds no room later would end the process.
            os.posix_fallocate(file.fileno(), 0, size)
            mapped = mmap.mmap(file.fileno(), size)
    except (OSError, AttributeError, ValueError):
        return None
    return np.frombuffer(mapped, dtype=np.float32).reshape(frames, channels)


def zeros(frames: int, channels: int) -> Samples:
    """Return zeros (frames, channels); those of a long sound lie on disk, where it has room for them."""
    long = frames * channels * 4 >= LONG_BYTES
    mapped = samples_on_disk(frames, channels) if long else None
    return np.zeros((frames, channels), np.float32) if mapped is None else mapped


@contextmanager
def pages_given_back(samples: Samples) -> Iterator[None]:
    """Keep few pages of a sound resident while the block runs; nothing happens for one in main memory."""
    mapped = _mapping(samples)
    if mapped is None or not hasattr(mmap, "MADV_DONTNEED"):
        yield
        return
    done = threading.Event()

    def give_back() -> None:
        while not done.wait(EVERY_S):
            mapped.madvise(mmap.MADV_DONTNEED)

    thread = threading.Thread(target=give_back, name="pages", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _mapping(samples: Samples) -> mmap.mmap | None:
    base: object = samples
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, memoryview):
        base = base.obj
    return base if isinstance(base, mmap.mmap) else None

"""Which windows of a song are looked at, and how much of each moment is whose. No torch."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

LARGEST_SHIFT_S = 0.5


@dataclass(frozen=True)
class Window:
    """One look of one network; positions are samples of the song, and may lie before it."""

    start: int
    frames: int
    network: int
    index: int
    """Its number in its pass, and how many the pass has."""
    of: int


def plan(
    frames: int, windows: Sequence[int], rate: int, shifts: int, overlap: float, seed: int
) -> list[Window]:
    """Return every window, ordered by where it starts.

    ``windows``: samples that each network looks at. Each goes over the song once, or ``shifts`` times from
    a start up to half a second before it, drawn by ``seed`` (the shift trick: Defossez et al. 2019, 4.3).
    """
    draw = random.Random(seed)
    farthest = int(LARGEST_SHIFT_S * rate)
    every: list[Window] = []
    for network, size in enumerate(windows):
        starts = [draw.randint(0, farthest) - farthest for _ in range(shifts)] or [0]
        stride = max(1, int((1 - overlap) * size))
        for start in starts:
            places = range(start, frames, stride)
            every.extend(
                Window(place, min(size, frames - place), network, index, len(places))
                for index, place in enumerate(places)
                if place + size > 0
            )
    return sorted(every, key=lambda window: (window.start, window.network))


def share(window: Window, size: int, overlap: float) -> npt.NDArray[np.float32]:
    """Return how much of each of its samples is this window's; those that overlap add up to 1.

    ``size``: samples that its network looks at. Windows fade in and out linearly, as Demucs' do.
    """
    stride = max(1, int((1 - overlap) * size))
    reach = (size - 1) // stride
    before, after = min(window.index, reach), min(window.of - 1 - window.index, reach)
    return _share(size, stride, before, after)[: window.frames]


@lru_cache(maxsize=64)
def _share(size: int, stride: int, before: int, after: int) -> npt.NDArray[np.float32]:
    own = _triangle(size)
    total = own.copy()
    for number in range(1, before + 1):
        total[: size - number * stride] += own[number * stride :]
    for number in range(1, after + 1):
        total[number * stride :] += own[: size - number * stride]
    return (own / total).astype(np.float32)


def _triangle(size: int) -> npt.NDArray[np.float64]:
    up, down = np.arange(1, size // 2 + 1), np.arange(size - size // 2, 0, -1)
    return np.concatenate([up, down]) / max(1, size - size // 2)

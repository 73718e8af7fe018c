"""Where a sound repeats itself, sample for sample.

Places where a hash of two samples is rare (one in 110) are its anchors, so that equal sounds have equal
anchors. When one comes again with the same eight samples, the run of equal samples around both is
measured. Rests, tops and steps have no anchors, so silence and square waves do not repeat by being still.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.audio import Audio

BLOCK = 1 << 15
RARITY = 110
NEAR_TABLE = 1 << 13
FAR_TABLE = 1 << 18
SHORTEST_S = 0.004
MOST_RUNS = 4_096

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Repeats:
    """Runs of frames that repeat earlier ones, in the order of time."""

    start: Integers
    length: Integers
    distance: Integers
    """How far back the same frames are."""

    def within(self, nearest: float, farthest: float) -> npt.NDArray[np.bool_]:
        """Return which runs repeat what lies at a distance in frames between the two."""
        return np.asarray((self.distance >= nearest) & (self.distance < farthest))


def read_repeats(audio: Audio) -> Repeats:
    """Find the runs of at least 4 ms that repeat what was before."""
    from core.meter.features import kernels

    samples = np.asarray(audio.samples)
    shortest = max(2 * kernels.WINDOW, round(SHORTEST_S * audio.sample_rate))
    near, far = np.zeros(NEAR_TABLE, dtype=np.int64), np.zeros(FAR_TABLE, dtype=np.int64)
    state, runs = np.zeros(2, dtype=np.int64), np.zeros((MOST_RUNS, 3), dtype=np.int64)
    hashes = np.zeros(BLOCK, dtype=np.uint32)
    limit = np.uint32(0xFFFFFFFF // RARITY)
    for offset in range(0, audio.frames - kernels.WINDOW + 1, BLOCK):
        piece = samples[offset : offset + BLOCK + kernels.WINDOW - 1, 0]
        words = np.ascontiguousarray(piece).view(np.uint32)
        here = hashes[: len(words) - kernels.WINDOW + 1]
        kernels.hash_pairs(words, here)
        anchors = np.flatnonzero(here < limit)
        kernels.find_repeats(samples, words, anchors, offset, shortest, near, far, state, runs)
    found = runs[: int(state[1])]
    return Repeats(found[:, 0], found[:, 1], found[:, 2])

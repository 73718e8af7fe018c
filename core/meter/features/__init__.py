"""Features of a sound over time, read once and shared by every check that asks.

Each group is read when it is first asked for and kept for as long as the sound lives. All of them read
the samples in slices, so that what they need beside the samples is flat: some 60 MB for an hour.
"""

from __future__ import annotations

from functools import cached_property
from weakref import ref

import numpy as np

from core.audio import Audio
from core.meter.features.course import Course, read_course
from core.meter.features.frames import Frames, read_frames
from core.meter.features.lag import Lag, read_lag
from core.meter.features.once import once_a_sound
from core.meter.features.pieces import Pieces, read_pieces
from core.meter.features.repeats import Repeats, read_repeats
from core.meter.features.stretches import Stretches, read_stretches

CANCELS = 0.1
"""Share of its power that the middle must have to stand for the sound."""


class Features:
    """The features of one sound; each is a property that is read when first asked for."""

    def __init__(self, audio: Audio) -> None:
        self._audio = ref(audio)

    @property
    def audio(self) -> Audio:
        """The sound itself."""
        audio = self._audio()
        if audio is None:  # pragma: no cover - the features are found by the sound alone
            raise ReferenceError("the sound of these features is gone")
        return audio

    @cached_property
    def course(self) -> Course:
        """Levels, products of the channels and the low end over time."""
        return read_course(self.audio)

    @cached_property
    def frames(self) -> Frames:
        """Short spectra over time."""
        return read_frames(self.audio, self._weights())

    @cached_property
    def stretches(self) -> Stretches:
        """What the frames of a second or more have in common."""
        return read_stretches(self.frames)

    @cached_property
    def repeats(self) -> Repeats:
        """Where the sound repeats itself sample for sample."""
        return read_repeats(self.audio)

    @cached_property
    def pieces(self) -> Pieces:
        """Consecutive samples from all over the sound."""
        return read_pieces(self.audio)

    @cached_property
    def lag(self) -> Lag:
        """Whether one of two channels is late."""
        return read_lag(self.audio)

    def _weights(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return the middle of the sound, or its loudest channel where the middle cancels."""
        channels = self.audio.channels
        if channels == 2:
            ll, rr, lr = self.course.totals
            if ll + rr + 2 * lr > 2 * CANCELS * (ll + rr):
                return np.full(2, 0.5)
            return np.array([1.0, 0.0]) if ll >= rr else np.array([0.0, 1.0])
        weights = np.zeros(channels)
        weights[self.pieces.loudest] = 1.0
        return weights


@once_a_sound
def features(audio: Audio) -> Features:
    """Return the features of ``audio``: the same object for as long as the sound lives."""
    return Features(audio)


def warm_up() -> None:
    """Load the compiled kernels, or compile them when there is no cache of them yet."""
    audio = Audio(np.zeros((48_000, 2), dtype=np.float32), 48_000)
    found = features(audio)
    _ = found.course, found.frames, found.repeats


__all__ = ["Features", "features", "warm_up"]

"""A reading of a sound that several checks ask for is made once, for as long as the sound lives."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from core.audio import Audio

T = TypeVar("T")


class once_a_sound(Generic[T]):
    """A reading that returns for a sound what it returned for it before. It must not hold the sound."""

    def __init__(self, read: Callable[[Audio], T]) -> None:
        self.known: WeakKeyDictionary[Audio, T] = WeakKeyDictionary()
        self._read = read
        update_wrapper(self, read)

    def __call__(self, audio: Audio) -> T:
        """Return the reading of ``audio``."""
        if audio not in self.known:
            self.known[audio] = self._read(audio)
        return self.known[audio]

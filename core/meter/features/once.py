"""A reading of a sound that several checks ask for is made once, for as long as the sound lives."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import update_wrapper
from typing import Concatenate, Generic, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from core.audio import Audio

P = ParamSpec("P")
T = TypeVar("T")


class once_a_sound(Generic[P, T]):
    """A reading that returns for a sound what it returned for it before. It must not hold the sound.

    What else it takes is hashable, and has a reading each.
    """

    def __init__(self, read: Callable[Concatenate[Audio, P], T]) -> None:
        self.known: WeakKeyDictionary[Audio, dict[Hashable, T]] = WeakKeyDictionary()
        self._read = read
        update_wrapper(self, read)

    def __call__(self, audio: Audio, *asked: P.args, **named: P.kwargs) -> T:
        """Return the reading of ``audio``."""
        found, key = self.known.setdefault(audio, {}), (asked, tuple(named.items()))
        if key not in found:
            found[key] = self._read(audio, *asked, **named)
        return found[key]

"""A reading of a sound that several checks ask for is made once, for as long as the sound lives."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from core.audio import Audio

T = TypeVar("T")


def once_a_sound(read: Callable[[Audio], T]) -> Callable[[Audio], T]:
    """Let ``read`` return for a sound what it returned for it before. It must not hold the sound itself."""
    known: WeakKeyDictionary[Audio, T] = WeakKeyDictionary()

    @wraps(read)
    def remembering(audio: Audio) -> T:
        if audio not in known:
            known[audio] = read(audio)
        return known[audio]

    return remembering

"""What a program hands to a probe, copied in the program's own thread and nothing more.

The copy is of the sound's own type: conversion, measuring and judging are the background thread's. Nothing of
the program stays alive by it, no tensor on a graphics processor and no gradient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.audio import Audio

DEEPEST = 4


@dataclass(frozen=True)
class NoSound:
    """In the place of what is no sound: how it is to be named."""

    what: str


def handed(value: Any, depth: int = 0) -> Any:
    """Return a copy that the program cannot change any more; may raise whatever a tensor's copy raises."""
    if value is None or isinstance(value, (str, bytes, int, float, Path, Audio, np.generic)):
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, np.ndarray):
        return NoSound("an array of Python objects") if value.dtype.hasobject else value.copy()
    if hasattr(value, "detach") and hasattr(value, "is_floating_point"):
        return value.detach().to("cpu", copy=True)
    if isinstance(value, Mapping) and depth < DEEPEST:
        return {name: handed(one, depth + 1) for name, one in value.items()}
    if isinstance(value, tuple) and len(value) == 2:
        return tuple(handed(one, depth + 1) for one in value)
    if isinstance(value, list) or hasattr(value, "__array__"):
        array = np.array(value.get() if type(value).__module__.startswith("cupy") else value)
        return NoSound("a list of Python objects") if array.dtype.hasobject else array
    return NoSound(f"a {type(value).__name__}")


def size_of(value: Any) -> int:
    """Return the bytes of a copy."""
    if isinstance(value, Mapping):
        return sum(size_of(one) for one in value.values())
    if isinstance(value, tuple):
        return sum(size_of(one) for one in value)
    if isinstance(value, Audio):
        return value.samples.nbytes
    return len(value) if isinstance(value, (bytes, str)) else int(getattr(value, "nbytes", 0))

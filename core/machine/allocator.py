"""How the C library keeps freed memory: glibc's ``malloc`` is set to give it back.

By default glibc gives each thread an arena of its own, and after the first large array that is freed it keeps
blocks up to 32 MiB for later. A song's stems are such arrays: a 60 s song held 270 MB that nobody used.
Large blocks are mapped here, and so gone when they are freed. Source: mallopt(3), malloc_trim(3).
"""

from __future__ import annotations

import ctypes
import os

ARENAS = 2
MAPPED_FROM = 4 << 20
"""Blocks from so many bytes on are mapped alone; for smaller ones it would cost page faults."""
TRIMMED_FROM = 16 << 20
ENVIRONMENT = {
    "MALLOC_ARENA_MAX": str(ARENAS),
    "MALLOC_MMAP_THRESHOLD_": str(MAPPED_FROM),
    "MALLOC_TRIM_THRESHOLD_": str(TRIMMED_FROM),
}
"""The same for a process that is about to start; other C libraries ignore it."""
_OPTIONS = {-8: ARENAS, -3: MAPPED_FROM, -1: TRIMMED_FROM}
"""M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of malloc.h."""


def give_memory_back() -> bool:
    """Have this process give freed memory back from now on; False where the C library has no such option."""
    mallopt = None if os.name == "nt" else getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all([mallopt(option, value) for option, value in _OPTIONS.items()])

"""Every failure that is known. A new one is one entry in a family's file; a new family is one line here.

Where two could speak for one text the earlier family does: what the system refuses lies behind what a library
then says of it.
"""

from __future__ import annotations

from core.diagnosis.entry import Entry
from core.diagnosis.families import access, cuda, gpu, hub, loading, memory, recipe, software, sound

CATALOGUE: tuple[Entry, ...] = (
    *access.ENTRIES,
    *memory.ENTRIES,
    *gpu.ENTRIES,
    *cuda.ENTRIES,
    *software.ENTRIES,
    *hub.ENTRIES,
    *loading.ENTRIES,
    *recipe.ENTRIES,
    *sound.ENTRIES,
)

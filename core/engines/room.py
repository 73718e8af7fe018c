"""Whether another engine's model fits into memory beside those that are loaded.

A model is taken to need what its files weigh, and as much again where half precision is loaded as float32,
which is so without a graphics processor.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from core.accelerator import has_gpu, hidden_by_setting, is_apple_silicon, nvidia_cards
from core.engines.base import EngineCard
from core.engines.weights import found
from core.machine import memory

MB = 1 << 20
LIGHT_MB = 100
"""Engines with less than this are always let in, and never asked to go."""


def needed_mb(card: EngineCard, checkpoint: str) -> int:
    """Return the megabytes that an engine's model needs; 0 for one without weights of its own."""
    folder = Path(checkpoint).expanduser() if checkpoint else None
    if folder is None or not folder.is_dir():
        folder = next((place for weights in card.weights if (place := found(weights))), None)
    if folder is None:
        return 0
    weight = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) // MB
    return weight if weight <= LIGHT_MB or has_gpu() else 2 * weight


def free_mb() -> int | None:
    """Return the megabytes that a model may take now: of the graphics card where there is one, else of RAM.

    None where the system does not tell.
    """
    cards = nvidia_cards().cards if hidden_by_setting() is None and not is_apple_silicon() else ()
    available = memory().available
    left = [card.free_mb for card in cards] + ([available // MB] if available is not None else [])
    return min(left) if left else None


class Room:
    """What the running engines hold; safe to ask from any thread.

    What an engine asked for counts until its first call has ended: before, its model is not in memory yet.
    """

    def __init__(
        self,
        needed_mb: Callable[[EngineCard, str], int] = needed_mb,
        free_mb: Callable[[], int | None] = free_mb,
    ) -> None:
        self._needed_mb, self._free_mb = needed_mb, free_mb
        self._lock = threading.Lock()
        self._held: dict[str, int] = {}
        self._loading: set[str] = set()

    def enter(self, card: EngineCard, checkpoint: str) -> bool:
        """Let an engine in when it fits beside the others, or when nobody else holds anything."""
        wanted = self._needed_mb(card, checkpoint)
        with self._lock:
            others = self._others(card.name)
            if wanted > LIGHT_MB and others:
                free = self._free_mb()
                promised = sum(self._held[name] for name in self._loading if name != card.name)
                if free is not None and wanted > free - promised:
                    return False
            self._held[card.name] = wanted
            self._loading.add(card.name)
            return True

    def loaded(self, name: str) -> None:
        """Note that an engine's model is in memory: what it takes shows in what is free."""
        with self._lock:
            self._loading.discard(name)

    def left(self, name: str) -> None:
        """Note that an engine's process has ended."""
        with self._lock:
            self._held.pop(name, None)
            self._loading.discard(name)

    def holders(self, but: str) -> list[str]:
        """Return the other engines that hold a model worth unloading."""
        with self._lock:
            return self._others(but)

    def _others(self, but: str) -> list[str]:
        return [name for name, held in self._held.items() if name != but and held > LIGHT_MB]

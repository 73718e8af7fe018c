"""Whether another engine's model fits into memory beside those that are loaded."""

from __future__ import annotations

import threading
from collections.abc import Callable

from core.engines.base import EngineCard

LIGHT_MB = 100
"""Engines with less than this are always let in, and never asked to go."""


class MemoryBudget:
    """What the running engines hold; safe to ask from any thread.

    What an engine asked for counts until its first call has ended: before, its model is not in memory yet.
    """

    def __init__(
        self,
        needed_mb: Callable[[EngineCard, str], int],
        free_mb: Callable[[], int | None],
        short: Callable[[], bool] = lambda: False,
    ) -> None:
        self._needed_mb, self._free_mb = needed_mb, free_mb
        self.short = short
        """Whether so little memory is free that no engine should keep any while it rests."""
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

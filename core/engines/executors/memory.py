"""What a model needs of this machine's memory, and what is free of it.

A model is taken to need what its files weigh, and as much again where half precision is loaded as float32,
which is so without a graphics processor.
"""

from __future__ import annotations

from pathlib import Path

from core.engines.base import EngineCard
from core.engines.memory_budget import LIGHT_MB
from core.engines.weights import found
from core.machine.graphics import has_gpu, hidden_by_setting, is_apple_silicon, nvidia_cards
from core.machine.resources import memory

MB = 1 << 20
LEAST_FREE_MB = 512
"""With less free memory an engine ends with its call: the band keeps memory that later stages need."""


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


def short_of_memory() -> bool:
    """Return whether less main memory is free than a stage needs beside engines that rest.

    The graphics card is not asked: a model that fills it works there, and would only be loaded again.
    """
    available = memory().available
    return available is not None and available < LEAST_FREE_MB * MB

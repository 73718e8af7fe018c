"""Which planner fits this machine, by its whole memory: the same answer whatever runs beside it just now."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.engines.checkpoint import Checkpoint
from core.engines.planner.layout import CODES_HZ
from core.engines.planner.loading import MODEL, needed_bytes
from core.engines.planner.planner import PROMPT_TOKENS
from core.errors import EngineError
from core.machine.graphics import hidden_by_setting, is_apple_silicon, nvidia_cards
from core.machine.resources import memory

LONGEST_S = 600.0
LEFT_ALONE = 0.9
"""Part of a device's memory that a planner may take."""
MB = 1 << 20


@dataclass(frozen=True)
class Device:
    """Where planners are computed: bytes of its memory, and of one number there."""

    total: int | None
    each: int


def device_here() -> Device:
    """Return the first NVIDIA card, which computes bfloat16 from capability 8 on, else this machine."""
    cards = nvidia_cards().cards if hidden_by_setting() is None and not is_apple_silicon() else ()
    if cards:
        return Device(cards[0].total_mb * MB, 2 if cards[0].compute_capability >= 8.0 else 4)
    held = memory()
    return Device(held.limit or held.total, 4)


def needed(folder: Path, seconds: float, device: Device) -> int | None:
    """Return the bytes of a planner while it writes a song; None where its files do not tell."""
    tokens = PROMPT_TOKENS + math.ceil(seconds * CODES_HZ)
    try:
        return needed_bytes(Checkpoint(folder, MODEL), tokens, device.each)
    except EngineError:
        return None


def largest_fitting(folders: Sequence[Path], device: Device) -> Path | None:
    """Return the first folder, largest first, whose planner fits; the last where none does, to say so."""
    for folder in folders:
        bytes_ = needed(folder, LONGEST_S, device)
        if bytes_ is None or device.total is None or bytes_ <= LEFT_ALONE * device.total:
            return folder
    return folders[-1] if folders else None

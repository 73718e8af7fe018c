"""Which stem a General MIDI instrument belongs to (GM 1, program numbers from 0; GS and XG drum banks)."""

from __future__ import annotations

from core.midi.song import DRUM_CHANNEL

_BASSES = frozenset({*range(32, 40), 43})
_STRUCK = frozenset({47, *range(112, 120)})
"""Timpani, and the percussive family."""
_DRUM_BANKS = frozenset({120, 126, 127})
"""Bank numbers (controller 0) by which GM 2 and XG make a drum kit of any channel."""
CHOIRS = frozenset({52, 53, 54})


def is_kit(channel: int, bank: int) -> bool:
    """Whether a channel plays a drum kit."""
    return channel == DRUM_CHANNEL or bank in _DRUM_BANKS


def stem_of(program: int, *, kit: bool) -> str:
    """Return "drums", "bass" or "other"."""
    if kit or program in _STRUCK:
        return "drums"
    return "bass" if program in _BASSES else "other"

"""The fault catalogue: the ways in which a chain goes wrong, each of which can be made to happen.

A fault says what happened, by what evidence it can be known, at which stages it can happen, and which check
is to name it first there. The drill and the tests make every one of them happen; no song is made with them.
Adding one is one entry in the file of its family.
"""

from __future__ import annotations

from core.faults.delivery import DELIVERY_FAULTS
from core.faults.engine import ENGINE_FAULTS
from core.faults.made import MADE_FAULTS
from core.faults.model import Delivery, Evidence, Fault
from core.faults.sound import SOUND_FAULTS
from core.faults.stems import STEM_FAULTS
from core.faults.sung import SUNG_FAULTS
from core.faults.waveform import WAVEFORM_FAULTS
from core.faults.words import WORD_FAULTS
from core.stages.table import SOUNDING

FAULTS: tuple[Fault, ...] = (
    *SOUND_FAULTS,
    *WAVEFORM_FAULTS,
    *MADE_FAULTS,
    *STEM_FAULTS,
    *SUNG_FAULTS,
    *DELIVERY_FAULTS,
    *ENGINE_FAULTS,
    *WORD_FAULTS,
)


def fault(name: str) -> Fault:
    """Return the fault of that name; raises KeyError."""
    return {one.name: one for one in FAULTS}[name]


__all__ = ["FAULTS", "SOUNDING", "SOUND_FAULTS", "WAVEFORM_FAULTS", "Delivery", "Evidence", "Fault", "fault"]

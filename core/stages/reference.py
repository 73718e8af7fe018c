"""A reference track: which one it is, what a master takes from it, and why one cannot be taken."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from core.audio import Audio
from core.errors import InputError
from core.measure import Measurement, measure

SHORTEST_S = 0.4


class ReferenceTrack(BaseModel):
    """A stored sound that a master is to be like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern="^[0-9a-f]{64}$")
    """Its content key in the store."""
    name: str = Field(max_length=200)
    """What the person called the file."""


class Take(StrEnum):
    """What a master takes from its reference."""

    LOUDNESS = "loudness"
    TONE = "tone"
    BOTH = "both"


def reference_lufs(reference: Audio) -> float:
    """Return the loudness of a reference, LUFS; raises InputError for one that cannot be used."""
    return usable_lufs(measure(reference))


def usable_lufs(reading: Measurement, name: str = "") -> float:
    """Return the loudness that a reference with these readings sets, LUFS.

    ``name``: what the person calls it, for the sentence. Raises InputError for one that has no loudness, or
    holds samples that are no numbers.
    """
    called = f"The reference {name}" if name else "The reference"
    if reading.nonfinite_samples:
        raise InputError(
            f"{called} holds {reading.nonfinite_samples} samples that are NaN or infinite.",
            remedy="Export the reference again, or choose another one.",
        )
    if reading.duration_s < SHORTEST_S:
        raise InputError(
            f"{called} lasts {reading.duration_s:.2f} s; loudness exists from {SHORTEST_S:g} s on.",
            remedy="Choose a whole song as the reference.",
        )
    if reading.integrated_lufs is None:
        raise InputError(
            f"{called} is silent, or nearly: nothing in it is louder than -70 LUFS.",
            causes=("the file is empty", "it was exported with its tracks muted"),
            remedy="Choose a song that is not silent as the reference.",
        )
    return reading.integrated_lufs

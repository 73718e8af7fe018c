"""What kind of part a stem is, read from its name, because stems may be called anything."""

from __future__ import annotations

from enum import StrEnum


class StemFamily(StrEnum):
    """The parts that the chains and faders know; everything else is UNKNOWN."""

    VOCALS = "vocals"
    DRUMS = "drums"
    BASS = "bass"
    OTHER = "other"
    UNKNOWN = "unknown"


_WORDS = (
    (StemFamily.DRUMS, ("drum", "kick", "snare", "percussion", "hihat", "hi-hat", "cymbal")),
    (StemFamily.VOCALS, ("vocal", "voice", "vox", "sing", "choir")),
    (StemFamily.BASS, ("bass",)),
)


def stem_family(name: str) -> StemFamily:
    """Return the family of a stem by the words in its name; "bass drum" is a drum."""
    lowered = name.lower()
    if lowered == "other":
        return StemFamily.OTHER
    for family, words in _WORDS:
        if any(word in lowered for word in words):
            return family
    return StemFamily.UNKNOWN

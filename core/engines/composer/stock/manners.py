"""How each genre is sung: vibrato, scoops, drift, falls, and the compass of its tunes. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Manner:
    """One genre's way of singing. Pitches in cents."""

    vibrato_cents: float = 52.0
    """How far it goes to either side, once it is full."""
    vibrato_hz: float = 5.4
    scoop_cents: float = 70.0
    """How far below its pitch a note may begin."""
    scoops: float = 0.35
    """Share of notes that begin so; of those that open a phrase, twice as many."""
    drift_cents: float = 13.0
    """Least spread of the pitch within a note: the wandering that no voice is without."""
    fall_cents: float = 90.0
    """How far a line's last note falls as it is let go."""
    compass: tuple[int, int] = (0, 12)
    """Lowest and highest note of a tune, in semitones over the voice's lowest."""


_PLAIN = Manner(24.0, 5.6, 45.0, 0.2, 13.5, 50.0)
_FULL = Manner(52.0, 5.2, 90.0, 0.5, 13.0, 120.0)
_SPOKEN = Manner(15.0, 5.6, 60.0, 0.3, 12.0, 120.0, (0, 8))
_SOFT = Manner(34.0, 5.0, 60.0, 0.35, 13.5, 70.0, (0, 10))
USUAL = Manner()
MANNERS: Mapping[str, Manner] = {
    **dict.fromkeys(
        ("techno", "house", "trance", "synthwave", "chiptune", "dubstep", "drum and bass"), _PLAIN
    ),
    **dict.fromkeys(("soul", "gospel", "r&b", "ballad", "cinematic", "blues", "country"), _FULL),
    **dict.fromkeys(("hip hop", "trap"), _SPOKEN),
    **dict.fromkeys(("lo-fi", "bossa nova", "chillout", "ambient", "lullaby", "jazz"), _SOFT),
}
"""By genre name; :data:`USUAL` for the others."""

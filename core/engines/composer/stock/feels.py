"""How each genre keeps time: the kit's clock, who plays late or early, the voice, the end. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Feel:
    """One genre's feel. Times in ms; late is positive."""

    drift_ms: float = 5.0
    """Spread of the kit's clock, which all of the kit shares."""
    snare_ms: float = 0.0
    hats_ms: float = 0.0
    bass_ms: float = 1.0
    chords_ms: float = 2.0
    voice_ms: float = 16.0
    """How far behind the beat a line is sung, on the whole."""
    slows_down: bool = False
    """Whether the last bar before the end is broadened."""


_LAID_BACK = Feel(6.0, 7.0, -2.0, 4.0, 5.0, 22.0)
_EVEN = Feel(3.2, 0.0, 0.0, 0.0, 0.0, 13.0)
_EAGER = Feel(4.5, -2.0, -3.0, -1.0, -1.0, 12.0)
_FREE = Feel(6.0, 2.0, -1.0, 2.0, 3.0, 20.0, slows_down=True)
USUAL = Feel()
FEELS: Mapping[str, Feel] = {
    **dict.fromkeys(("lo-fi", "hip hop", "r&b", "soul", "reggae", "chillout", "blues"), _LAID_BACK),
    **dict.fromkeys(
        ("house", "techno", "trance", "drum and bass", "dubstep", "trap", "synthwave", "chiptune",
         "disco"), _EVEN
    ),
    **dict.fromkeys(("punk", "metal", "rock and roll", "ska", "bluegrass"), _EAGER),
    **dict.fromkeys(
        ("ballad", "folk", "celtic", "country", "gospel", "classical", "waltz", "cinematic", "lullaby",
         "ambient", "bossa nova"), _FREE
    ),
    **dict.fromkeys(("jazz", "swing"), Feel(5.5, 3.0, -2.0, 0.0, 4.0, 22.0, slows_down=True)),
}  # fmt: skip
"""By genre name; :data:`USUAL` for the others."""

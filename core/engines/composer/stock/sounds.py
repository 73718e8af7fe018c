"""How each part is to sound and stand: tone, width and reverb, by its seat and by genre. Pure data.

The curves answer how the band measured beside produced records (third octaves, side to mid): too much from
200 to 400 Hz, too little from 2 to 6 kHz and above 11 kHz, and sides 6 dB too low from 500 Hz to 6 kHz.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.engines.composer.play.tone import OFF_DB, Curve, Tone, decibels
from core.engines.composer.sing.reverb import Reverb


class Seat(StrEnum):
    """Where a player sits, which is what its tone follows."""

    KIT = "kit"
    BASS = "bass"
    CHORDS = "chords"
    PAD = "pad"
    ARPEGGIO = "arpeggio"
    LINE = "line"
    LEAD = "lead"
    GUITARS = "guitars"
    """Two distorted guitars, one on each side."""


_MONO_BELOW: Curve = ((110.0, OFF_DB), (170.0, -12.0), (260.0, 0.0))


def _wide(middle: Curve, sides_db: float, spread_db: float) -> Tone:
    """Return a tone whose sides are nothing below 110 Hz: the low end stays in the middle.

    What is cut from the middle is cut from the sides as well: left alone there, they would sound like one
    channel inverted, and be gone in mono.
    """
    hertz = sorted({at for at, _ in (*_MONO_BELOW, *middle) if at >= _MONO_BELOW[0][0]})
    low, cut = decibels(_MONO_BELOW, hertz), decibels(middle, hertz)
    sides = tuple(
        (each, OFF_DB if below <= OFF_DB else below + min(0.0, gain) + sides_db)
        for each, below, gain in zip(hertz, low.tolist(), cut.tolist(), strict=True)
    )
    spread = (
        (180.0, OFF_DB), (340.0, spread_db - 14.0), (600.0, spread_db - 2.5), (1800.0, spread_db - 1.0),
        (3000.0, spread_db + 6.5), (7000.0, spread_db + 3.5), (16_000.0, spread_db),
    )  # fmt: skip
    return Tone(middle, sides, spread)


_BAND: Curve = (
    (60.0, 0.0), (150.0, -1.0), (240.0, -9.0), (315.0, -13.0), (410.0, -7.5), (600.0, -3.0), (1000.0, 0.0),
    (2200.0, 3.0), (5000.0, 3.5), (9000.0, 2.5), (14_000.0, 3.0),
)  # fmt: skip
_SOFT: Curve = (
    (60.0, 0.0), (150.0, -2.0), (240.0, -10.0), (315.0, -14.0), (410.0, -8.5), (600.0, -3.5), (1200.0, 0.5),
    (2500.0, 4.0), (6000.0, 5.0), (14_000.0, 4.0),
)  # fmt: skip
_DISTORTED: Curve = (
    (70.0, -3.0), (110.0, 0.0), (240.0, -7.5), (315.0, -12.0), (410.0, -5.5), (700.0, -1.5), (1500.0, 2.5),
    (2500.0, 6.0), (4500.0, 6.0), (8000.0, 3.0), (14_000.0, 2.0),
)  # fmt: skip

TONES: Mapping[Seat, Tone] = {
    Seat.KIT: _wide(
        (
            (35.0, 2.0), (55.0, 3.5), (90.0, 0.0), (220.0, -5.5), (315.0, -7.5), (420.0, -5.0), (900.0, 0.0),
            (2500.0, 2.0), (5000.0, 2.5), (8000.0, -1.5), (10_000.0, -4.0), (12_500.0, 1.0), (15_000.0, 3.5),
        ),
        4.0,
        -8.0,
    ),
    Seat.BASS: Tone(
        ((30.0, 1.0), (45.0, 5.5), (65.0, 3.0), (110.0, 0.0), (220.0, -7.5), (315.0, -12.5), (420.0, -8.5),
         (800.0, 0.0), (2000.0, 3.0), (5000.0, 3.0)),
        ((40.0, OFF_DB), (20_000.0, OFF_DB)),
    ),
    Seat.CHORDS: _wide(_BAND, 4.0, -3.0),
    Seat.PAD: _wide(_SOFT, 5.0, -1.5),
    Seat.ARPEGGIO: _wide(_BAND, 4.0, -4.0),
    Seat.LINE: _wide(_SOFT, 4.0, -3.0),
    Seat.LEAD: _wide(_BAND, 4.0, -7.0),
    Seat.GUITARS: _wide(_DISTORTED, 2.0, -6.0),
}  # fmt: skip

VOICE = _wide(
    ((90.0, 0.0), (150.0, -1.0), (230.0, -12.5), (276.0, -19.0), (358.0, -19.0), (410.0, -12.5),
     (520.0, -4.5), (900.0, -0.5), (1600.0, 1.0), (2400.0, 4.5), (4800.0, 4.5), (7000.0, 0.5), (8500.0, -3.0),
     (11_000.0, -3.5)),
    5.0,
    -9.0,
)  # fmt: skip
"""Of all singers together, before the air above their network's band."""


def under_a_voice(depth_db: float, sides: float = 0.25) -> Tone:
    """Return how what plays leaves a voice its vowels and consonants: by ``depth_db`` at 2 to 4 kHz.

    ``sides``: the share of it that the sides make way by: the voice is not there.
    """
    shares = (
        (300.0, 0.0), (500.0, 0.4), (800.0, 0.8), (1300.0, 1.0), (4200.0, 1.0), (6000.0, 0.8), (9500.0, 0.0),
    )  # fmt: skip
    middle, beside = (
        tuple((hertz, -depth_db * part * share) for hertz, share in shares) for part in (1.0, sides)
    )
    return Tone(middle, beside)


@dataclass(frozen=True)
class Sound:
    """A genre's room and density."""

    reverb: Reverb = Reverb(decay_s=0.9, predelay_s=0.012, wet_db=-17.0)
    """Behind all instruments except the bass."""
    kit_wet_db: float = -3.0
    """The kit's share of the reverb, against the others'."""
    guitars_drive_db: float = 0.0
    """How hard distorted guitars are driven; 0 is not at all."""
    kit_drive_db: float = 0.0
    voice_db: float = 0.0
    """How much louder than usual the voice is."""
    way_db: float = 10.0
    """How much the chords and lines make way for a voice while it sings."""
    kit_way_db: float = 5.0
    """How much the kit does, whose sides stay."""
    bass_way_db: float = 6.0
    """How much the bass does: its overtones lie where vowels are told apart."""


_DRY = Sound(Reverb(decay_s=0.45, predelay_s=0.006, wet_db=-17.0), 0.0)
_HALL = Sound(Reverb(decay_s=1.9, predelay_s=0.024, wet_db=-14.0), -2.0, kit_way_db=6.0)
_CLUB = Sound(Reverb(decay_s=1.2, predelay_s=0.018, wet_db=-16.0), -6.0)
_LOUD = Sound(Reverb(decay_s=0.7, predelay_s=0.01, wet_db=-18.0), 0.0, 7.0, 4.0, 3.0, 12.0, 7.0, 9.0)
USUAL = Sound()
SOUNDS: Mapping[str, Sound] = {
    **dict.fromkeys(("funk", "disco", "soul", "hip hop", "reggae", "ska", "bluegrass", "lo-fi"), _DRY),
    **dict.fromkeys(("classical", "cinematic", "ambient", "lullaby", "waltz", "march", "gospel"), _HALL),
    **dict.fromkeys(("house", "techno", "trance", "synthwave", "drum and bass", "dubstep", "trap"), _CLUB),
    **dict.fromkeys(("metal", "punk", "grunge"), _LOUD),
    "ballad": Sound(voice_db=2.0),
    "latin": Sound(kit_drive_db=3.0),
    "rock": Sound(Reverb(decay_s=0.8, predelay_s=0.012, wet_db=-17.0), 0.0, 4.0, 2.0, 3.0, 11.0, 5.0, 8.0),
}
"""By genre name; :data:`USUAL` for the others."""

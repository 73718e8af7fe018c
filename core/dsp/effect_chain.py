"""What one stem's chain does, as settings that travel to the chain's process.

Every level is relative to the stem itself, so that a quiet stem is treated like a loud one.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from core.settings import Settings, knob, pick


class EqShape(StrEnum):
    """Forms of an equaliser band."""

    HIGH_PASS = "high pass"
    LOW_SHELF = "low shelf"
    PEAK = "peak"
    HIGH_SHELF = "high shelf"


class EqBand(Settings):
    """One band of the equaliser; a high pass has no gain and falls 6 dB an octave."""

    shape: EqShape = pick(EqShape.PEAK, "Shape", "What the band does to the spectrum.")
    frequency_hz: float = knob(1_000, 20, 20_000, "Hz", "Frequency", "Centre or corner of the band.", 10)
    gain_db: float = knob(0, -15, 15, "dB", "Gain", "Boost or cut of the band.", 0.5)
    q: float = knob(0.7, 0.1, 10, "", "Q", "How narrow the band is; 0.7 is wide.", 0.1)


class ChainSettings(Settings):
    """One stem's chain, in the order the sound goes through it."""

    bands: tuple[EqBand, ...] = Field(default=(), max_length=8, title="Equaliser bands")
    de_ess_db: float = knob(
        0, 0, 12, "dB", "De-ess", "How far sharp consonants above 5.5 kHz may be turned down; 0 is off.", 0.5
    )
    threshold_db: float = knob(
        3,
        -24,
        24,
        "dB",
        "Compressor threshold",
        "Above the stem's own level, so quiet stems are not missed.",
        0.5,
    )
    ratio: float = knob(3, 1, 20, ":1", "Compressor ratio", "1 is off; 3 is gentle, 8 is hard.", 0.5)
    range_db: float = knob(
        60, 0, 60, "dB", "Range", "The most that the compressor turns the stem down; 0 is off.", 0.5
    )
    attack_ms: float = knob(10, 0.1, 200, "ms", "Attack", "A longer attack lets drum hits through.", 0.5)
    release_ms: float = knob(120, 5, 2_000, "ms", "Release", "How fast the level comes back.", 5)
    reverb_room: float = knob(0.3, 0, 1, "", "Reverb room", "Room size: 0 small, 1 large.", 0.05)
    reverb_wet: float = knob(
        0, 0, 1, "", "Reverb amount", "Level of the reverb beside the stem; 0 is off.", 0.01
    )
    makeup_db: float = knob(
        0,
        -12,
        12,
        "dB",
        "Makeup gain",
        "The only level change: without it a stem leaves as loud as it came.",
        0.5,
    )

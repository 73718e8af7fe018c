"""The treble is there: nothing cuts it off like a low sample rate or a low bit rate does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.audio import Audio
from core.checks.context import by_choice
from core.checks.provenance import is_whole, origin_of, weigh
from core.contract import Case, Check, Finding, Severity, Sound
from core.meter.features import features

EDGE_DB = 50.0
"""Fall of the mean spectrum within 600 Hz. Published music falls so over 14 kHz alone, at a codec's edge."""
EDGE_HZ = (3_400.0, 12_500.0)
EDGE_WIDTH_HZ = 600.0
EMPTY_DB = -85.0
"""Level over the edge against the strongest bin."""
LOWEST_RATE = 30_000
SMOOTHED = 9
RATES = {4_000: 8_000, 5_512: 11_025, 8_000: 16_000, 11_025: 22_050, 12_000: 24_000}


@dataclass(frozen=True)
class HasTreble(Check):
    """The spectrum is not cut off far below what the rate holds."""

    name: ClassVar[str] = "missing_treble"
    unasked: ClassVar[str] = "for a part, one channel, a low rate, a short sound"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for a cliff in the mean spectrum."""
        if by_choice(sound, case) or not is_whole(sound, case):
            return None
        edge = treble_edge(sound.audio)
        if edge is None:
            return None
        hz, fall_db, _ = edge
        evidence = (
            f"The steepest fall is {fall_db:.0f} dB at {hz / 1000:.1f} kHz (limit {EDGE_DB:g} within "
            f"{EDGE_WIDTH_HZ:.0f} Hz, under {EDGE_HZ[1] / 1000:.1f} kHz)."
        )
        if not shows_missing_treble(sound.audio):
            return self.ok(evidence, sound)
        origin = origin_of(sound, case, shows_missing_treble)
        rate = min(RATES.items(), key=lambda pair: abs(pair[0] * 0.96 - hz))[1]
        return self.rated(
            weigh(origin, case, uploaded=Severity.NOTE, made=Severity.WARN),
            f"Nothing sounds over {hz / 1000:.1f} kHz: {evidence[0].lower()}{evidence[1:]}",
            sound,
            causes=(
                f"the sound was made or stored at some {rate} Hz and resampled",
                "a codec of a low bit rate cut the treble off",
            ),
            remedy="Look for the original; no equaliser restores what is missing.",
            origin=origin,
        )


def shows_missing_treble(audio: Audio) -> bool:
    """Return whether the treble is cut off."""
    edge = treble_edge(audio)
    if edge is None:
        return False
    hz, fall_db, above_db = edge
    return EDGE_HZ[0] <= hz <= EDGE_HZ[1] and fall_db >= EDGE_DB and above_db < EMPTY_DB


def treble_edge(audio: Audio) -> tuple[float, float, float] | None:
    """Return where the spectrum falls most steeply, by how much, and the level above it, or None."""
    frames = features(audio).frames
    if not frames.asked or audio.sample_rate < LOWEST_RATE or audio.channels < 2:
        return None
    level = 10 * np.log10(frames.mean_power + 1e-20)
    padded = np.pad(level, SMOOTHED // 2, mode="edge")
    smooth = np.median(np.lib.stride_tricks.sliding_window_view(padded, SMOOTHED), axis=-1)
    spacing = frames.rate / frames.size
    wide, lowest = max(1, round(EDGE_WIDTH_HZ / spacing)), round(1_500 / spacing)
    fall = smooth[lowest:-wide] - smooth[lowest + wide :]
    k = int(np.argmax(fall))
    above = smooth[lowest + k + wide :]
    return float(frames.hz[lowest + k]), float(fall[k]), float(np.median(above) - smooth.max())

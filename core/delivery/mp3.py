"""What the MP3 encoder does to the level by itself, so that it can be undone."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np

HIGHEST_KBPS, SPAN_KBPS = 320, 288
PROBE_HZ, PROBE_S = 997.0, 0.6


def compression_level(kbps: int) -> float:
    """Return libsndfile's setting for a constant bit rate of ``kbps``."""
    return min(0.99, max(0.0, (HIGHEST_KBPS - kbps) / SPAN_KBPS))


@lru_cache(maxsize=32)
def make_up_gain(sample_rate: int, channels: int, level: float) -> float:
    """Return the linear gain that gives a sound its level back behind the encoder.

    LAME turns its input down at all but the highest bit rates (0.26 dB at 192 kbit/s, 0.45 dB from 160 down,
    against overshoot) and libsndfile has no way to say no. A short tone is encoded to see by how much.
    """
    import soundfile

    time = np.arange(round(PROBE_S * sample_rate)) / sample_rate
    tone = 0.25 * np.sin(2 * np.pi * PROBE_HZ * time)
    memory = io.BytesIO()
    with soundfile.SoundFile(
        memory,
        "w",
        sample_rate,
        channels,
        "MPEG_LAYER_III",
        format="MP3",
        compression_level=level,
        bitrate_mode="CONSTANT",
    ) as file:
        file.write(np.repeat(tone[:, None], channels, axis=1).astype(np.float32))
    memory.seek(0)
    back, _ = soundfile.read(memory, always_2d=True)
    middle = slice(len(tone) // 4, 3 * len(tone) // 4)
    return float(np.sqrt((tone[middle] ** 2).mean() / (back[middle] ** 2).mean()))

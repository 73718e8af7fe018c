"""What is shown and played of a stored sound, as files: its picture, and a 16-bit WAV for a browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.audio import Audio
from core.measure import Picture


def load_picture(path: Path) -> Picture:
    """Return a stored picture; raises OSError, ValueError, KeyError or BadZipFile for what is none."""
    with np.load(path) as arrays:
        return Picture(
            low=arrays["low"],
            high=arrays["high"],
            momentary_lufs=arrays["momentary_lufs"],
            short_term_lufs=arrays["short_term_lufs"],
            hop_s=float(arrays["hop_s"]),
            spectrum_hz=arrays["spectrum_hz"],
            spectrum_db=arrays["spectrum_db"],
        )


def save_picture(path: Path, picture: Picture) -> None:
    """Write a picture. Raises OSError."""
    with path.open("wb") as file:
        np.savez(file, **vars(picture))


def save_preview(path: Path, audio: Audio) -> None:
    """Write a sound as 16-bit WAV: levels kept, overs clipped, NaN as zero. Raises OSError."""
    import wave

    block = 1 << 20
    with wave.open(str(path), "wb") as file:
        file.setparams((audio.channels, 2, audio.sample_rate, audio.frames, "NONE", "not compressed"))
        for start in range(0, audio.frames, block):
            part = np.nan_to_num(audio.samples[start : start + block], nan=0.0, posinf=1.0, neginf=-1.0)
            file.writeframesraw(np.round(np.clip(part, -1.0, 1.0) * 32767).astype("<i2").tobytes())

"""What is shown of a stored sound, as a file: its picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np

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

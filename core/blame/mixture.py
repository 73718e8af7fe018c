"""Whether the mix lies among its own stems: summed with them, everything plays twice."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.contract import Finding, Severity, Sound, finding_about

LEFT_DB = -20.0
"""What a stem may differ from the sum of the others, against its own level, to be their mix."""


def mixture_among(parts: Mapping[str, Sound]) -> list[Finding]:
    """Return a warning for a stem that is the sum of all others; with fewer than three none can be found."""
    sounds = {name: part.audio for name, part in parts.items()}
    if len(sounds) < 3 or len({(a.sample_rate, a.channels) for a in sounds.values()}) > 1:
        return []
    frames = min(audio.frames for audio in sounds.values())
    total = np.zeros((frames, next(iter(sounds.values())).channels))
    for audio in sounds.values():
        total += audio.samples[:frames]
    for name, audio in sounds.items():
        own = audio.samples[:frames].astype(np.float64)
        power, left = float(np.square(own).sum()), float(np.square(total - 2.0 * own).sum())
        left_db = 10.0 * np.log10(max(left, 1e-20) / power) if power > 0.0 else 0.0
        if left_db <= LEFT_DB:
            return [
                finding_about(
                    "mixture_among_stems",
                    Severity.WARN,
                    name,
                    f"{name} is the sum of the other {len(sounds) - 1} files to {left_db:.0f} dB "
                    f"(limit {LEFT_DB:g}): added up with them, everything plays twice.",
                    causes=("the mix lies in the folder of its stems",),
                    remedy=f"Take {name} out of the folder, or use it by itself.",
                )
            ]
    return []

"""Which stem was changed after it was separated, and how: worked out from the song and the other stems."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from core.audio import Audio, Samples
from core.checks.altered import Alteration, alteration
from core.checks.figures import level_when_made_dbfs
from core.contract import Case, Sound

TRUE_STEM = "song/"
"""What the name of a true stem begins with, as it came along with the song."""
SAME_LEVEL_DB = 0.05
UNCHANGED = 1e-6


def altered_stem(case: Case, song: Audio, stems: Mapping[str, Sound]) -> tuple[str, Alteration] | None:
    """Return the stem that was changed and what was done to it; None when no single stem explains it.

    ``stems`` have the song's shape, and were promised to add up to it. What a stem was before is known from
    the true stem that came in, or else is what the other stems leave of the song.
    """
    total = np.sum([s.audio.samples for s in stems.values()], axis=0, dtype=np.float64)
    missing = song.samples - total
    if not np.isfinite(missing).all():
        return None
    came = {name: case.inputs[TRUE_STEM + name] for name in stems if TRUE_STEM + name in case.inputs}
    for name, sound in stems.items():
        before: Samples = (
            came[name].audio.samples if name in came else (sound.audio.samples + missing).astype(np.float32)
        )
        if name in came:
            found = before.shape == sound.audio.samples.shape and not _same(before, sound.audio.samples)
        else:
            found = _as_loud_as_made(before, name, case)
        if found:
            return name, alteration(before, sound.audio.samples, song.sample_rate)
    return None


def _same(one: Samples, other: Samples) -> bool:
    return float(np.abs(one - other).max(initial=0.0)) < UNCHANGED


def _as_loud_as_made(before: Samples, name: str, case: Case) -> bool:
    """Return whether what a stem would have been is as loud as it was when it was separated."""
    made_dbfs = level_when_made_dbfs(name, case)
    power = float(np.square(before, dtype=np.float64).mean()) if before.size else 0.0
    if made_dbfs is None or power <= 0:
        return False
    return abs(10 * math.log10(power) - made_dbfs) < SAME_LEVEL_DB

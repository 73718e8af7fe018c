"""Deliberate silence: a stretch of a sound is faded down to zeros and up again; the rest is as it was."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
Stretch = tuple[float, float]
"""Start and stop in seconds."""

FADE_S = 0.03
"""Long enough not to click; it lies inside the stretch. At an edge of the whole sound there is none."""


def silenced(
    samples: Samples, rate: int, stretches: Iterable[Stretch], *, first: int = 0, whole: int | None = None
) -> Samples:
    """Return a copy of ``samples`` (frames, channels) that is silent in the ``stretches``.

    ``first``: the frame of the whole sound, ``whole`` frames long, at which these samples begin.
    """
    out = samples.copy()
    for start_s, stop_s in stretches:
        start, stop = round(start_s * rate), min(round(stop_s * rate), whole or samples.shape[0])
        a, b = max(start - first, 0), min(stop - first, out.shape[0])
        if a < b:
            weight = _weight(stop - start, rate, begins=start > 0, ends=stop < (whole or samples.shape[0]))
            out[a:b] *= weight[a + first - start : b + first - start, None]
    return out


def _weight(frames: int, rate: int, *, begins: bool, ends: bool) -> npt.NDArray[np.float32]:
    fade = min(round(FADE_S * rate), frames // 2)
    down = np.cos(np.linspace(0.0, math.pi / 2, fade, dtype=np.float32)).clip(0.0)
    weight = np.zeros(frames, np.float32)
    if begins:
        weight[:fade] = down
    if ends and fade:
        weight[-fade:] = down[::-1]
    return weight

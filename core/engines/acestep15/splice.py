"""Putting what the model made into what was there: matched in level, faded at the edges, exact elsewhere.

The model gives back the part that it was to keep as well, decoded from its own latents and at a level of its
own. That part is used to match the level, and is then thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

FADE_S = 0.03
MOST_GAIN_DB = 12.0
CEILING = 10.0 ** (-1.0 / 20.0)
"""-1 dBFS: the peak that the pipeline gives all it makes."""
SOUND = 1e-5
"""RMS under which there is nothing to match a level with."""


@dataclass(frozen=True)
class Seam:
    """Where something new begins or ends, and the gain in dB that its level was matched with."""

    at_s: float
    gain_db: float


def replaced(old: Samples, new: Samples, start: int, stop: int, rate: int) -> tuple[Samples, list[Seam]]:
    """Return ``old`` (frames, channels) with frames start to stop from ``new``, which is as long.

    A fade of 30 ms lies inside the part at each edge with something beside it; outside every sample stays.
    """
    gain = _matching_gain(old, new, start, stop)
    gain = _under_ceiling(gain, old, new[start:stop])
    piece = new[start:stop] * np.float32(gain)
    weight = edge_weight(stop - start, rate, begins=start > 0, ends=stop < old.shape[0])
    out = old.copy()
    out[start:stop] += (piece - out[start:stop]) * weight
    gain_db = round(20.0 * log10(gain), 2)
    edges = [edge for edge in (start, stop) if 0 < edge < old.shape[0]]
    return out, [Seam(round(edge / rate, 4), gain_db) for edge in edges]


def extended(old: Samples, new: Samples, context: int, rate: int) -> tuple[Samples, Seam]:
    """Return ``old`` going on with ``new``, whose first ``context`` frames are its end as the model has it.

    The fade lies in the last 30 ms of the old; before it every sample stays.
    """
    begin = old.shape[0] - context
    gain = _matching_gain(old[begin:], new[:context], context, context)
    gain = _under_ceiling(gain, old, new[context:])
    fade = min(max(1, round(FADE_S * rate)), context)
    out = np.concatenate([old, new[context:] * np.float32(gain)])
    ramp = np.linspace(0.0, 1.0, fade, dtype=np.float32)[:, None]
    end = old[-fade:]
    out[old.shape[0] - fade : old.shape[0]] = (
        end + (new[context - fade : context] * np.float32(gain) - end) * ramp
    )
    return out, Seam(round(old.shape[0] / rate, 4), round(20.0 * log10(gain), 2))


def _matching_gain(old: Samples, new: Samples, start: int, stop: int) -> float:
    """Return the gain that makes the kept part of ``new`` as loud as it is in ``old``, within 12 dB."""
    frames = min(old.shape[0], new.shape[0])
    kept = np.ones(frames, dtype=bool)
    kept[start:stop] = False
    before, after = _rms(old[:frames][kept]), _rms(new[:frames][kept])
    if before < SOUND or after < SOUND:
        return 1.0
    most = 10.0 ** (MOST_GAIN_DB / 20.0)
    return float(min(most, max(1.0 / most, before / after)))


def _under_ceiling(gain: float, old: Samples, piece: Samples) -> float:
    """Return the gain, lowered where the new part would peak above -1 dBFS and above all there was."""
    peak = float(np.max(np.abs(piece), initial=0.0)) * gain
    most = max(CEILING, float(np.max(np.abs(old), initial=0.0)))
    return gain * most / peak if peak > most else gain


def edge_weight(length: int, rate: int, *, begins: bool, ends: bool) -> Samples:
    """Return 1 for ``length`` frames, (frames, 1), faded over 30 ms at edges with something beside them."""
    fade = min(max(1, round(FADE_S * rate)), length // 2)
    weight = np.ones((length, 1), np.float32)
    ramp = np.linspace(0.0, 1.0, fade, dtype=np.float32)[:, None]
    if begins and fade:
        weight[:fade] = ramp
    if ends and fade:
        weight[length - fade :] = ramp[::-1]
    return weight


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if samples.size else 0.0

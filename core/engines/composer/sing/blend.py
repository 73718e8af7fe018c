"""The singers in one reverb: the lead in the middle, the others to the sides, softer and further off."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from core.engines.composer.model import TUNE, Role
from core.engines.composer.play.loudness import loudness_lufs
from core.engines.composer.sing.levelling import levelled
from core.engines.composer.sing.reverb import Reverb, reflections, with_reverb
from core.engines.composer.sing.sung import PLACES

Samples = npt.NDArray[np.float32]
Curve = npt.NDArray[np.float64]
_FURTHER_DB = 5.0
"""How much more reverb the singers behind the tune have."""


def blended(takes: Mapping[Role, Samples], sample_rate: int, reverb: Reverb) -> Samples:
    """Return the dry mono ``takes``, all of one length, as (frames, 2) float32.

    Each is levelled by itself; its loudness against the tune's, and its pan, are those of its place. Takes
    without one of the tune are set against the loudest of them.
    """
    even = {role: levelled(take, sample_rate) for role, take in takes.items()}
    loudness = {role: loudness_lufs(take[:, None], sample_rate) for role, take in even.items()}
    audible = {role: lufs for role, lufs in loudness.items() if lufs is not None}
    if not audible:
        return np.zeros((len(next(iter(takes.values()))), 2), np.float32)
    reference = audible.get(Role.LEAD, max(audible.values()))
    gains = {
        role: 10.0 ** ((reference - lufs + PLACES[role].level_db) / 20.0) for role, lufs in audible.items()
    }
    tune = [gains[role] * even[role] for role in sorted(TUNE & gains.keys())]
    behind = {role: np.asarray(gains[role] * even[role]) for role in sorted(gains.keys() - TUNE)}
    front = with_reverb(np.asarray(np.sum(tune, axis=0), np.float32), sample_rate, reverb) if tune else None
    if not behind and front is not None:
        return front
    out = _behind(behind, sample_rate, replace(reverb, wet_db=reverb.wet_db + _FURTHER_DB))
    if front is not None:
        out += front
    return out.astype(np.float32)


def _behind(takes: Mapping[Role, Curve], sample_rate: int, reverb: Reverb) -> Curve:
    """Return the takes panned to their places (constant power), with their common reverberation."""
    together = np.asarray(np.sum(list(takes.values()), axis=0), np.float32)
    out = reflections(together, sample_rate, reverb).astype(np.float64)
    for role, take in takes.items():
        angle = math.pi / 4.0 * (1.0 + PLACES[role].pan)
        # The tune stands in the middle at full gain on both sides, which is 3 dB over constant power.
        out[:, 0] += math.sqrt(2.0) * math.cos(angle) * take
        out[:, 1] += math.sqrt(2.0) * math.sin(angle) * take
    return out

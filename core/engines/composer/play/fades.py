"""A song that fades in or out, where its prompt asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from core.song import Plan

Samples = npt.NDArray[np.float32]
_SHARE, _LEAST_S, _MOST_S = 0.18, 2.0, 12.0
_IN_S = 3.0
_STARTS_AT = 0.03
"""Gain at which a song that fades in begins: its first moment is no silence."""
_AUDIBLE = 0.6
"""Share of a fade in which the song still counts as sounding: its gain is over -17 dB there."""


def fade_s(plan: Plan) -> float:
    """Return how long a fade of the song lasts."""
    return min(_MOST_S, max(_LEAST_S, _SHARE * plan.duration_s))


def fade(stems: Mapping[str, Samples], plan: Plan, sample_rate: int) -> None:
    """Fade every stem in and out as the plan says, in place: out by a cosine to the fourth power.

    The notes stop before the last ring is over; the curve is at -35 dB by then and hides it.
    """
    for sound in stems.values():
        if plan.fades_out:
            count = min(len(sound), round(fade_s(plan) * sample_rate))
            curve = np.cos(np.linspace(0.0, np.pi / 2, count, dtype=np.float32))[:, None] ** 4
            sound[len(sound) - count :] *= curve
        if plan.fades_in:
            count = min(len(sound), round(min(_IN_S, fade_s(plan)) * sample_rate))
            sound[:count] *= np.geomspace(_STARTS_AT, 1.0, count, dtype=np.float32)[:, None]


def audible(
    plan: Plan, spans: Mapping[str, Sequence[tuple[float, float]]]
) -> dict[str, Sequence[tuple[float, float]]]:
    """Return the stretches in which stems play without what a fade makes inaudible."""
    if not (plan.fades_in or plan.fades_out):
        return dict(spans)
    first = _IN_S / 2.0 if plan.fades_in else 0.0
    last = plan.duration_s - (1.0 - _AUDIBLE) * fade_s(plan) if plan.fades_out else plan.duration_s
    return {
        stem: [
            (max(start, first), min(stop, last)) for start, stop in played if start < last and stop > first
        ]
        for stem, played in spans.items()
    }

"""Integers that overflowed: what should have passed full scale came out at its other end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.audio import Audio
from core.checks.context import MOST_SPANS, came_in, is_part, span
from core.checks.noise import FLATNESS
from core.checks.waveform import waveform
from core.contract import Case, Check, Finding, Origin, Severity, Sound

OFTEN_PER_S = 2.0
"""More is audible as crackle throughout. Music 0.5 to 6 dB too hot wraps 0.2 to 170 times a second."""
RAIL_SHARE = 0.2
"""What stands at its extremes for longer is clipped throughout, and jumps between them all the time."""
BOTH_WAYS = 0.25
"""A wrapped wave comes back: it jumps up about as often as down. A sawtooth jumps one way alone."""
OF_RAILS = 0.013
"""Jumps for each sample at the extremes. Every excursion of a wave that wraps ends in one: 0.0165 and more.
A wave driven into saturation rests there, and its fastest crossings alone jump: published music 0.0012, the
band's brightest voice 0.0114."""


@dataclass(frozen=True)
class NoWrap(Check):
    """No sample jumps from one end of the scale to the other while the wave runs on.

    Counted are neighbours of opposite signs, both over 0.85 of the peak, that join smoothly once the second
    is moved by the whole scale. 168 published tracks have none; music 1 dB over full scale that wrapped
    has 6 in 8 s, 3 dB over 180, 10 dB over 2700. A naive sawtooth has them in one direction alone.
    """

    name: ClassVar[str] = "wrapped"
    unasked: ClassVar[str] = "for silence, noise, and what is clipped throughout"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Count such jumps."""
        reading = sound.measurement
        if reading.sample_peak_dbfs is None or (reading.spectral_flatness or 0.0) >= FLATNESS:
            return None
        shape = waveform(sound.audio)
        if float(shape.rails.sum(axis=1).max()) >= RAIL_SHARE * sound.audio.frames:
            return None
        count, places = wrapped_jumps(sound.audio)
        before = came_in(sound, case)
        inherited = before is not None and count <= 1.1 * wrapped_jumps(before.audio)[0]
        evidence = f"{count} samples jump from one end of the scale to the other while the wave runs on"
        if not count:
            return self.ok("No sample jumps from one end of the scale to the other.", sound)
        often = count >= OFTEN_PER_S * sound.audio.duration_s
        sure = not inherited and (often or not case.is_source) and not (is_part(sound, case) and not often)
        return self.rated(
            Severity.FAIL if sure else Severity.WARN,
            f"{evidence} (limit 0, fails in a file of your own at {OFTEN_PER_S:g} a second).",
            sound,
            causes=("what came in had wrapped around already",)
            if inherited
            else ("integers overflowed and wrapped around: floats over full scale were not clipped",),
            remedy="Export it again with less level, or as 32-bit float: a wrapped sample cannot be had back."
            if case.uploaded
            else "Convert floats to integers with saturation, and lower the gain before it.",
            spans=tuple(span(at, at + 0.001) for at in places[:MOST_SPANS]),
            origin=Origin.INPUT if inherited else Origin.STAGE,
        )


def wrapped_jumps(audio: Audio) -> tuple[int, list[float]]:
    """Return the jumps of the channels in which they go both ways, and when they happen, in seconds.

    A channel that rests at its extremes for far more samples than it jumps between them is saturated.
    """
    shape = waveform(audio)
    count, blocks = 0, set[int]()
    for down, up, rails in zip(shape.wraps_down, shape.wraps_up, shape.rails, strict=True):
        downs, ups = int(down.sum()), int(up.sum())
        often = downs + ups >= OF_RAILS * int(rails.sum())
        if often and min(downs, ups) >= max(1.0, BOTH_WAYS * max(downs, ups)):
            count += downs + ups
            blocks.update(int(b) for b in np.flatnonzero(down + up)[:MOST_SPANS])
    return count, [shape.time_s(b) for b in sorted(blocks)]

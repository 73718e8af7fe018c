"""Music, and not noise of any colour or any envelope, over the whole or from some point on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.checks.context import MOST_SPANS, by_choice, clock, span
from core.checks.provenance import is_whole, origin_of, weigh
from core.contract import Case, Check, Finding, Leaves, Severity, Sound, Span
from core.meter.features import features

FLATNESS = 0.55
"""Noise of any colour reads 0.57 to 0.60 in the frames' fine flatness; half of published music under 0.4."""
SMOOTHNESS = 0.96
"""A second of noise averages out to a smooth spectrum; of distorted guitars and cymbals lines are left."""
RESTLESSNESS = 1.32
"""The shape of a noise moves by chance alone, which reads 0.9 to 1.25."""
SHORTEST_S = 0.7
WHOLE = 0.9
LONG_S, LONG_SHARE = 1.4, 0.13
"""So long, and so much of the sound: a roll of the drums or a breaking wave is shorter."""


@dataclass(frozen=True)
class NoNoiseInstead(Check):
    """No noise of any colour and envelope stands in the music's place, throughout or from some point on."""

    name: ClassVar[str] = "coloured_noise"
    unasked: ClassVar[str] = "for a part, for silence and for less than 0.7 s"
    leaves: ClassVar[Leaves] = Leaves.UNUSABLE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for stretches that are noise."""
        if by_choice(sound, case) or not is_whole(sound, case):
            return None
        places = noise_places(sound.audio)
        if places is None:
            return None
        share = share_of(places, sound.audio)
        evidence = (
            f"{share:.0%} of the sound is noise by its spectrum (limit {LONG_SHARE:.0%} and {LONG_S:g} s "
            "in one piece)."
        )
        if not shows_noise(sound.audio):
            return self.ok(evidence, sound)
        origin = origin_of(sound, case, shows_noise)
        untrained = case.promise.engine_untrained
        uploaded = Severity.FAIL if share >= WHOLE else Severity.WARN
        where = "" if share >= WHOLE else f" from {clock(places[0].start_s)} on"
        return self.rated(
            Severity.WARN if untrained else weigh(origin, case, uploaded=uploaded),
            ("Noise, as promised: the engine's weights are random. " if untrained else "")
            + f"Noise{where}: {evidence}",
            sound,
            causes=("random weights, chosen on purpose",)
            if untrained
            else (
                "noise stands in the music's place: the weights did not load, or sampling broke down",
                "near silence was normalised to full scale",
            ),
            remedy="Load trained weights."
            if untrained
            else "Listen to the marked places; export the song again from the program that made it."
            if case.is_source
            else "Make this stage again; check that the engine's weights are whole.",
            spans=tuple(span(one.start_s, one.stop_s) for one in places[:MOST_SPANS]),
            origin=origin,
        )


def share_of(places: tuple[Span, ...], audio: Audio) -> float:
    """Return the part of the sound that the places cover."""
    return min(1.0, sum(one.stop_s - one.start_s for one in places) / max(audio.duration_s, 1e-9))


def shows_noise(audio: Audio) -> bool:
    """Return whether noise stands in the music's place for long."""
    places = noise_places(audio) or ()
    longest = max((one.stop_s - one.start_s for one in places), default=0.0)
    return longest >= min(max(LONG_S, LONG_SHARE * audio.duration_s), WHOLE * audio.duration_s)


def noise_places(audio: Audio) -> tuple[Span, ...] | None:
    """Return the stretches of noise; None when the sound has no stretch that can be asked."""
    if audio.duration_s < SHORTEST_S:
        return None
    found = features(audio)
    stretches = found.stretches
    asked = np.isfinite(stretches.restlessness) & np.isfinite(stretches.smoothness)
    if not asked.any():
        return None
    noisy = asked & (stretches.flatness > FLATNESS) & (stretches.smoothness > SMOOTHNESS)
    noisy &= stretches.restlessness < RESTLESSNESS
    return tuple(_runs(noisy, ~asked, stretches.start_s, stretches.stop_s))


def _runs(
    noisy: npt.NDArray[np.bool_],
    open_: npt.NDArray[np.bool_],
    start: npt.NDArray[np.float64],
    stop: npt.NDArray[np.float64],
) -> list[Span]:
    """Join noisy stretches; one that cannot be asked between two of them belongs to both."""
    runs: list[Span] = []
    last = -2
    for k in np.flatnonzero(noisy):
        if runs and bool(open_[last + 1 : k].all()):
            runs[-1] = Span(start_s=runs[-1].start_s, stop_s=float(stop[k]))
        else:  # half of it may lie in what is no noise, and in the run before
            first = max(float(start[k]), runs[-1].stop_s if runs else 0.0)
            runs.append(Span(start_s=first, stop_s=float(stop[k])))
        last = int(k)
    return sorted(runs, key=lambda one: one.start_s - one.stop_s)

"""The good twins: what looks like a fault and is music, or a choice. None may be stopped."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from core.audio import Audio
from core.drill.good import GOOD, TWINS
from core.faults import Delivery, Evidence, Fault
from core.song import SongRequest
from core.stages.base import Output


@dataclass(frozen=True)
class Choice:
    """A song made otherwise on purpose: a whole real run that must not be stopped."""

    name: str
    fault: str
    """The fault that it is the good twin of."""
    title: str
    settings: dict[str, str] = field(default_factory=dict)
    request: SongRequest | None = None


CHOICES: tuple[Choice, ...] = (
    Choice("muted", "left_out", "A stem that was muted by its fader", {"mix.faders.drums.mute": "true"}),
    Choice("soloed", "dropped_stem", "One stem alone, soloed", {"mix.faders.bass.solo": "true"}),
    Choice(
        "loud",
        "brickwalled",
        "A loud master that was insisted on",
        {"master.target_lufs": "-8", "master.reach": "insist"},
    ),
    Choice("quiet", "near_silence", "A master for film, at -23 LUFS", {"master.target_lufs": "-23"}),
    Choice(
        "instrumental",
        "unsung",
        "An instrumental, whose vocals are silent",
        request=SongRequest(prompt="calm piano instrumental", duration_s=12.0, seed=5, instrumental=True),
    ),
    Choice("lossy", "lossy_overshoot", "An MP3 under its ceiling", {"export.formats": '["mp3"]'}),
    Choice("mono", "mono_collapse", "A mix checked in mono", {"mix.mono_check": "true"}),
)


def twin_of(fault: str, sound: str) -> Fault:
    """Return the delivery of a good sound in the place of a stage's own, made to be run as a fault is."""

    def befall(delivery: Delivery, rng: np.random.Generator) -> Output:
        good: Audio = GOOD[sound]()
        promise = replace(
            delivery.output.promise,
            duration_s=good.duration_s,
            sample_rate=good.sample_rate,
            channels=good.channels,
        )
        return replace(delivery.with_sound(good), promise=promise)

    title = sound.replace("_", " ").capitalize()
    return Fault(f"{sound}_for_{fault}", title, f"{title}.", Evidence.BLIND, (), befalls=befall)


PAIRS: tuple[tuple[str, str], ...] = tuple(
    (fault, sound) for fault, twins in TWINS.items() for sound in twins
)
"""Fault and good sound, each pair once."""

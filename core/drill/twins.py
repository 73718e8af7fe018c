"""The good twins: what looks like a fault and is music, or a choice. None may be stopped."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from core.audio import Audio
from core.drill.good import GOOD, TWINS
from core.faults import Delivery, Evidence, Fault
from core.faults.engine import ENGINE_FAULTS
from core.song import SongRequest
from core.stages.base import Output


@dataclass(frozen=True)
class Choice:
    """A song made otherwise on purpose: a whole real run that must not be stopped."""

    name: str
    faults: tuple[str, ...]
    """The faults that it is the good twin of."""
    title: str
    settings: dict[str, str] = field(default_factory=dict)
    request: SongRequest | None = None


CHOICES: tuple[Choice, ...] = (
    Choice(
        "as it comes",
        (*(one.name for one in ENGINE_FAULTS), "stem_file_differs", "without_tags", "unwritable"),
        "Nothing changed: engines that answer, and files that hold what they should",
    ),
    Choice("muted", ("left_out",), "A stem that was muted by its fader", {"mix.faders.drums.mute": "true"}),
    Choice(
        "turned down",
        ("turned_down",),
        "A stem that its fader turns down by 20 dB",
        {"mix.faders.drums.gain_db": "-20"},
    ),
    Choice(
        "48 kHz",
        ("rate_not_converted",),
        "A song at 48 kHz, as it was asked for",
        request=SongRequest(prompt="upbeat pop song", duration_s=12.0, seed=5, sample_rate=48_000),
    ),
    Choice("soloed", ("dropped_stem",), "One stem alone, soloed", {"mix.faders.bass.solo": "true"}),
    Choice(
        "panned",
        ("swapped_channels",),
        "A stem panned hard to one side",
        {"mix.faders.other.pan": "-1"},
    ),
    Choice(
        "strong",
        ("stale", "late_stem", "scaled_copies"),
        "Every stem through the strongest chain, with its reverb",
        {"enhance.strength": "strong"},
    ),
    Choice(
        "two clips", ("click_at_join", "dip_at_join"), "A song joined from two clips", {"generate.clips": "2"}
    ),
    Choice(
        "loud",
        ("brickwalled",),
        "A loud master that was insisted on",
        {"master.target_lufs": "-8", "master.reach": "insist"},
    ),
    Choice(
        "quiet",
        ("near_silence", "off_target"),
        "A master for film, at -23 LUFS",
        {"master.target_lufs": "-23"},
    ),
    Choice(
        "at full scale",
        ("over_the_ceiling",),
        "A ceiling of 0 dBTP that was chosen",
        {"master.ceiling_dbtp": "0"},
    ),
    Choice(
        "instrumental",
        ("unsung", "no_words"),
        "An instrumental, whose vocals are silent",
        request=SongRequest(prompt="calm piano instrumental", duration_s=12.0, seed=5, instrumental=True),
    ),
    Choice(
        "a chant",
        ("one_line",),
        "A chorus whose line comes back, as it was typed",
        request=SongRequest(
            prompt="pop", typed_lyrics="[chorus]\nHey now\nHey now\nHey now we go", duration_s=12.0, seed=5
        ),
    ),
    Choice("lossy", ("lossy_overshoot",), "An MP3 under its ceiling", {"export.formats": '["mp3"]'}),
    Choice(
        "every format",
        ("cut_short", "lossy_cut_short", "lossless_cut_short"),
        "The master in every format",
        {"export.formats": '["wav-16", "wav-24", "wav-32-float", "flac-16", "flac-24", "mp3", "ogg"]'},
    ),
    Choice("mono", ("mono_collapse",), "A mix checked in mono", {"mix.mono_check": "true"}),
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
    return Fault(f"{sound}_for_{fault}", title, f"{title}.", Evidence.BLIND, (), "", befalls=befall)


PAIRS: tuple[tuple[str, str], ...] = tuple(
    (fault, sound) for fault, twins in TWINS.items() for sound in twins
)
"""Fault and good sound, each pair once."""

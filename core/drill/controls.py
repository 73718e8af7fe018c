"""The negative controls: what looks like a fault and is music, or a choice. None may be stopped."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from core.audio import Audio
from core.drill.good import GOOD
from core.faults import Delivery, Evidence, Fault
from core.faults.engine import ENGINE_FAULTS
from core.song import SongRequest
from core.stages.base import Output


@dataclass(frozen=True)
class Choice:
    """A song made otherwise on purpose: a whole real run that must not be stopped."""

    name: str
    faults: tuple[str, ...]
    """The faults that it is the negative control of."""
    title: str
    settings: dict[str, str] = field(default_factory=dict)
    request: SongRequest | None = None


CHOICES: tuple[Choice, ...] = (
    Choice(
        "as it comes",
        (
            *(one.name for one in ENGINE_FAULTS),
            "stem_file_differs",
            "without_tags",
            "unwritable",
            "swapped_names",
            "unvoiced",
            "another_tune",
            "line_left_out",
        ),
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
        ("stale", "late_stem", "scaled_copies", "held_frames", "block_gains", "hiss"),
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
        ("unsung", "no_words", "planned_part_silent", "planned_part_leaves", "sung_anyway"),
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


def control_for(fault: str, sound: str) -> Fault:
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


CONTROLS: dict[str, tuple[str, ...]] = {
    "zeros": ("quiet_intro",),
    "nan_everywhere": ("sixteen_bit",),
    "nan_one": ("sixteen_bit",),
    "inf_one": ("sixteen_bit",),
    "half_length": ("sparse_piano",),
    "double_length": ("looped",),
    "dead_channel": ("lopsided", "old_mono"),
    "inverted_channel": ("wide",),
    "tanh_6_db": ("metal",),
    "tanh_12_db": ("metal",),
    "wrong_rate_label": ("chiptune",),
    "integers_as_floats": ("sixteen_bit", "metal"),
    "divided_twice": ("quiet_intro",),
    "near_silence": ("quiet_intro", "sparse_piano"),
    "near_silence_lifted": ("surf", "metal"),
    "silent_tail": ("fade", "sparse_piano"),
    "gap": ("real_pause", "stop_time", "movements", "lone_square"),
    "dropout": ("real_pause", "stop_time", "voice_alone", "lone_square"),
    "click": ("drums_alone", "old_mono", "chiptune"),
    "mono_collapse": ("old_mono", "near_mono"),
    "hard_clipping": ("chiptune", "lone_square", "metal", "sixteen_bit", "sub_bass"),
    "clipping_attenuated": ("chiptune", "lone_square", "metal"),
    "constant": ("lone_square", "sub_bass"),
    "dc_offset": ("sub_bass",),
    "step": ("drums_alone", "lone_square"),
    "one_channel": ("old_mono",),
    "faint_and_lifted": ("quiet_intro",),
    "untrained": ("surf", "metal"),
    "test_tone": ("sub_bass", "lone_square"),
    "tone_at_the_end": ("sub_bass", "sparse_piano", "voice_alone"),
    "clipped_resampled": ("sub_bass", "voice_alone", "lone_square", "metal"),
    "pink_noise": ("surf", "metal"),
    "noise_from_half": ("quiet_intro",),
    "stuck_buffer": ("chiptune", "lone_square"),
    "one_loop": ("looped",),
    "planes_as_frames": ("old_mono", "near_mono"),
    "frames_as_planes": ("old_mono",),
    "unsigned_bytes": ("lone_square",),
    "float_bits": ("metal",),
    "eight_bits": ("sixteen_bit", "chiptune"),
    "held_samples": ("chiptune", "lone_square"),
    "wrapped": ("drums_alone", "lone_square"),
    "crushed": ("chiptune", "lone_square"),
    "inverted_part": ("wide", "stop_time"),
    "inverted_bass": ("wide", "sub_bass"),
    "late_channel": ("wide", "near_mono"),
    "channel_dropout": ("lopsided", "stop_time"),
    "late_start": ("quiet_intro",),
    "stopped_short": ("fade", "sparse_piano"),
    "whine": ("pad", "chiptune"),
    "hum": ("sub_bass", "pad"),
    "drifting_offset": ("sub_bass",),
    "rumble": ("sub_bass",),
    "missing_treble": ("pad", "sub_bass"),
    "ultrasonic": ("metal",),
    "over_full_scale": ("metal",),
}
"""By fault: the good sounds that a careless check takes for it."""

PAIRS: tuple[tuple[str, str], ...] = tuple(
    (fault, sound) for fault, controls in CONTROLS.items() for sound in controls
)
"""Fault and good sound, each pair once."""

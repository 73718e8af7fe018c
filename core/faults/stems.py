"""Faults between several sounds: stems lost, copied or of another song, and joins that were cut badly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.audio import Audio
from core.faults.model import Delivery, Evidence, Fault
from core.stages.base import Output

VOCALS = "vocals"
NO_REFERENCE = "Nothing went in that it could be compared with: this is what the engine made."


def _dropped(delivery: Delivery, rng: np.random.Generator) -> Output:
    kept = {name: audio for name, audio in delivery.output.sounds.items() if name != delivery.target}
    return replace(delivery.output, sounds=kept)


def _left_out(delivery: Delivery, rng: np.random.Generator) -> Output:
    """Take the loudest stem out of the mix."""
    stems = delivery.inputs["enhance"]
    loudest = max(stems.values(), key=lambda audio: float(np.square(audio.samples).sum()))
    mix = delivery.output.sounds[delivery.target]
    power = float(np.square(loudest.samples, dtype=np.float64).sum())
    share = float((mix.samples.astype(np.float64) * loudest.samples).sum()) / power
    return delivery.with_sound(_like(mix, mix.samples - share * loudest.samples))


def _copies(delivery: Delivery, rng: np.random.Generator) -> Output:
    """Every stem is the song divided by the number of stems: they add up."""
    total = np.sum([audio.samples for audio in delivery.output.sounds.values()], axis=0)
    first = next(iter(delivery.output.sounds.values()))
    count = len(delivery.output.sounds)
    return replace(
        delivery.output, sounds={name: _like(first, total / count) for name in delivery.output.sounds}
    )


def _late(delivery: Delivery, rng: np.random.Generator) -> Output:
    """One stem comes 30 ms late."""
    audio = delivery.output.sounds[delivery.target]
    late = round(0.03 * audio.sample_rate)
    shifted = np.concatenate([np.zeros((late, audio.channels)), audio.samples[:-late]])
    return delivery.with_sound(_like(audio, shifted))


def _unsung(delivery: Delivery, rng: np.random.Generator) -> Output:
    """The voice went into another stem: they add up, and the vocals are silent."""
    sounds = dict(delivery.output.sounds)
    other = next(name for name in sounds if name != VOCALS)
    sounds[other] = _like(sounds[other], sounds[other].samples + sounds[VOCALS].samples)
    sounds[VOCALS] = _like(sounds[VOCALS], np.zeros_like(sounds[VOCALS].samples))
    return replace(delivery.output, sounds=sounds)


def _swapped(delivery: Delivery, rng: np.random.Generator) -> Output:
    """Left and right change places, in the sound that is the widest."""
    sounds = {n: a for n, a in delivery.output.sounds.items() if "/" not in n}
    widest = max(sounds, key=lambda name: float(np.square(np.diff(sounds[name].samples, axis=1)).sum()))
    sounds[widest] = _like(sounds[widest], sounds[widest].samples[:, ::-1])
    return replace(delivery.output, sounds=sounds)


def _stale(delivery: Delivery, rng: np.random.Generator) -> Output:
    """The sound of another run: as loud, as long, and other music."""
    audio = delivery.output.sounds[delivery.target]
    other = np.roll(audio.samples[::-1], audio.frames // 3, axis=0)
    return delivery.with_sound(_like(audio, other))


def _clicking_join(delivery: Delivery, rng: np.random.Generator) -> Output:
    """The wave jumps where one clip goes over into the next."""
    audio = delivery.output.sounds[delivery.target]
    out = audio.samples.copy()
    first, last = _join(delivery)
    middle = (first + last) // 2
    out[middle : middle + 40] += 0.5 * float(np.abs(out).max())
    return delivery.with_sound(_like(audio, out))


def _dipping_join(delivery: Delivery, rng: np.random.Generator) -> Output:
    """The level dips by 6 dB in the middle of the crossfade."""
    audio = delivery.output.sounds[delivery.target]
    out = audio.samples.copy()
    first, last = _join(delivery)
    dip = 1.0 - 0.5 * np.hanning(last - first)
    out[first:last] *= dip[:, None].astype(np.float32)
    return delivery.with_sound(_like(audio, out))


def _join(delivery: Delivery) -> tuple[int, int]:
    join = delivery.output.figures["joins"][0]
    first = int(join["fade_start_frame"])
    return first, first + int(join["fade_frames"])


def _like(audio: Audio, samples: object) -> Audio:
    return Audio(np.ascontiguousarray(samples, dtype=np.float32), audio.sample_rate)


STEM_FAULTS: tuple[Fault, ...] = (
    Fault(
        "dropped_stem",
        "A stem is dropped",
        "One of the stems was lost from the list.",
        Evidence.IN_OUT,
        ("stem_sum",),
        stages=("separate", "enhance"),
        at={"enhance": ("stems_kept",)},
        befalls=_dropped,
    ),
    Fault(
        "left_out",
        "A stem left out of the mix",
        "A stem was muted by accident: its fader is up, and it is not heard.",
        Evidence.PROMISE,
        ("mix_sum",),
        stages=("mix",),
        befalls=_left_out,
    ),
    Fault(
        "scaled_copies",
        "Copies for stems",
        "The separator failed, and each stem is the song divided by their number.",
        Evidence.BLIND,
        ("not_scaled_copies",),
        stages=("separate",),
        befalls=_copies,
    ),
    Fault(
        "late_stem",
        "Stems that do not add up",
        "One stem is 30 ms late: the song is not their sum any more.",
        Evidence.IN_OUT,
        ("stem_sum",),
        stages=("separate", "enhance"),
        at={"enhance": ("same_take",)},
        befalls=_late,
    ),
    Fault(
        "unsung",
        "The voice is not in its stem",
        "The song has words, and its vocals stem is silent.",
        Evidence.PROMISE,
        ("vocals_silent", "not_silent"),
        stages=("separate",),
        befalls=_unsung,
    ),
    Fault(
        "swapped_channels",
        "Left for right",
        "The channels changed places.",
        Evidence.IN_OUT,
        ("same_take",),
        at={
            "assemble": ("clips_kept",),
            "separate": ("stem_sum",),
            "mix": ("mix_sum",),
            "export": ("file_content",),
        },
        unknowable={"generate": NO_REFERENCE},
        befalls=_swapped,
    ),
    Fault(
        "stale",
        "Another run's sound",
        "A stale file was taken for this run's: as loud and as long, and other music.",
        Evidence.IN_OUT,
        ("same_take",),
        at={
            "assemble": ("clips_kept",),
            "separate": ("stem_sum",),
            "mix": ("mix_sum",),
            "export": ("file_content",),
        },
        unknowable={"generate": NO_REFERENCE},
        befalls=_stale,
    ),
    Fault(
        "click_at_join",
        "A click at a join",
        "Two clips were joined where their waves do not meet.",
        Evidence.IN_OUT,
        ("join_click", "clicks"),
        stages=("assemble",),
        befalls=_clicking_join,
        clips=2,
    ),
    Fault(
        "dip_at_join",
        "A dip in the crossfade",
        "A linear crossfade of unlike sounds loses level in its middle.",
        Evidence.IN_OUT,
        ("join_level",),
        stages=("assemble",),
        befalls=_dipping_join,
        clips=2,
    ),
)

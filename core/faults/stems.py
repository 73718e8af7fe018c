"""Faults between several sounds: stems lost, copied or of another song, and joins that were cut badly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.audio import Audio
from core.checks.context import VOCALS
from core.checks.figures import AssembleFigures, SeparateFigures
from core.faults.model import Delivery, Evidence, Fault, Happen
from core.measure import measure
from core.stages.base import Output

NO_REFERENCE = "Nothing went in that it could be compared with: this is what the engine made."


def _dropped(delivery: Delivery, rng: np.random.Generator) -> Output:
    kept = {name: audio for name, audio in delivery.output.sounds.items() if name != delivery.target}
    return replace(delivery.output, sounds=kept)


def _left_out(delivery: Delivery, rng: np.random.Generator) -> Output:
    """Take the loudest stem out of the mix."""
    stems = delivery.inputs["stems"]
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
    return separated(delivery, {name: _like(first, total / count) for name in delivery.output.sounds})


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
    return separated(delivery, sounds)


def _lost_part(from_share: float) -> Happen:
    """Return what happens when the loudest part that is planned is silent from a share of the length on."""

    def befall(delivery: Delivery, rng: np.random.Generator) -> Output:
        sounds = dict(delivery.output.sounds)
        parts = [name for name in sounds if "/" in name and name not in delivery.output.chosen_silent]
        name = max(parts, key=lambda part: float(np.square(sounds[part].samples).sum()))
        whole, lost = name.partition("/")[0], sounds[name].samples.copy()
        lost[: round(from_share * len(lost))] = 0.0
        sounds[name] = _like(sounds[name], sounds[name].samples - lost)
        sounds[whole] = _like(sounds[whole], sounds[whole].samples - lost)
        return replace(delivery.output, sounds=sounds)

    return befall


def _swapped_names(delivery: Delivery, rng: np.random.Generator) -> Output:
    """The two loudest stems have each other's names."""
    sounds = dict(delivery.output.sounds)
    ordered = sorted(sounds, key=lambda name: float(np.square(sounds[name].samples).sum()))
    one, other = ordered[-1], ordered[-2]
    sounds[one], sounds[other] = sounds[other], sounds[one]
    return separated(delivery, sounds)


def separated(delivery: Delivery, sounds: dict[str, Audio]) -> Output:
    """Return the delivery with what a separator made: the stage has read the stems' levels after it."""
    levels = {name: measure(audio).rms_dbfs for name, audio in sounds.items()}
    figures = replace(delivery.figures(SeparateFigures), levels_dbfs=levels)
    return replace(delivery.output, sounds=sounds, figures=figures)


def _turned_down(delivery: Delivery, rng: np.random.Generator) -> Output:
    """One stem is 40 dB down: it is there, and nobody hears it."""
    audio = delivery.output.sounds[delivery.target]
    return delivery.with_sound(_like(audio, audio.samples * np.float32(0.01)))


def _swapped(delivery: Delivery, rng: np.random.Generator) -> Output:
    """Left and right change places, in the sound that is the widest."""
    sounds = {n: a for n, a in delivery.output.sounds.items() if "/" not in n}
    widest = max(sounds, key=lambda name: float(np.square(np.diff(sounds[name].samples, axis=1)).sum()))
    sounds[widest] = _like(sounds[widest], sounds[widest].samples[:, ::-1])
    return replace(delivery.output, sounds=sounds)


def _stale(delivery: Delivery, rng: np.random.Generator) -> Output:
    """The sound that this stage made for another song, cut or repeated to this one's length."""
    audio = delivery.output.sounds[delivery.target]
    other = delivery.of_another_run()[delivery.target].samples
    times = -(-audio.frames // len(other))
    return delivery.with_sound(_like(audio, np.tile(other, (times, 1))[: audio.frames]))


def _clicking_join(delivery: Delivery, rng: np.random.Generator) -> Output:
    """The wave jumps where one clip goes over into the next."""
    audio = delivery.output.sounds[delivery.target]
    out = audio.samples.copy()
    first, last = _join(delivery)
    middle = (first + last) // 2
    out[middle : middle + 40] += 0.5 * float(np.abs(out).max())
    return delivery.with_sound(_like(audio, out))


def _dipping_join(delivery: Delivery, rng: np.random.Generator) -> Output:
    """Two takes that have nothing in common are faded along straight lines: 3 dB less in the middle."""
    audio = delivery.output.sounds[delivery.target]
    out = audio.samples.copy()
    first, last = _join(delivery)
    clips, reported = delivery.inputs["clips"], delivery.figures(AssembleFigures)
    start = reported.joins[0].start_frame
    leaving = clips["clip_1"].samples[first:last]
    coming = clips["clip_2"].samples[first - start : last - start]
    gains = [10 ** (db / 20) for db in reported.clip_gains_db]
    ramp = ((np.arange(last - first) + 0.5) / (last - first))[:, None]
    out[first:last] = (1 - ramp) * gains[0] * leaving + ramp * gains[1] * coming
    return delivery.with_sound(_like(audio, out))


def _join(delivery: Delivery) -> tuple[int, int]:
    join = delivery.figures(AssembleFigures).joins[0]
    return join.fade_start_frame, join.fade_start_frame + join.fade_frames


def _like(audio: Audio, samples: object) -> Audio:
    return Audio(np.ascontiguousarray(samples, dtype=np.float32), audio.sample_rate)


STEM_FAULTS: tuple[Fault, ...] = (
    Fault(
        "planned_part_silent",
        "A planned part is silent",
        "The band did not render its loudest part, and the clip is the sum of the others.",
        Evidence.PROMISE,
        ("not_silent",),
        "its plan plays",
        stages=("generate",),
        befalls=_lost_part(0.0),
    ),
    Fault(
        "planned_part_leaves",
        "A planned part leaves half-way",
        "The band lost its loudest part half-way; the others play on.",
        Evidence.PROMISE,
        ("planned_part",),
        "left the song half-way",
        stages=("generate",),
        befalls=_lost_part(0.5),
    ),
    Fault(
        "swapped_names",
        "Two stems with each other's names",
        "The separator lists its stems in another order than it was read in: the sum is right.",
        Evidence.IN_OUT,
        ("stem_names",),
        "were swapped",
        stages=("separate",),
        befalls=_swapped_names,
    ),
    Fault(
        "dropped_stem",
        "A stem is dropped",
        "One of the stems was lost from the list.",
        Evidence.IN_OUT,
        ("stem_sum",),
        "missing|fewer stems",
        stages=("separate", "enhance"),
        at={"enhance": ("stems_kept",)},
        befalls=_dropped,
    ),
    Fault(
        "left_out",
        "A stem left out of the mix",
        "A stem was muted by accident: its fader is up, and it is not audible.",
        Evidence.PROMISE,
        ("mix_sum",),
        "is missing",
        stages=("mix",),
        befalls=_left_out,
    ),
    Fault(
        "turned_down",
        "A stem muted by accident",
        "A gain of next to nothing was left in one stem's chain: it is 40 dB down.",
        Evidence.IN_OUT,
        ("stem_vanished",),
        "chain muted the stem",
        stages=("enhance",),
        befalls=_turned_down,
    ),
    Fault(
        "scaled_copies",
        "Copies for stems",
        "The separator failed, and each stem is the song divided by their number.",
        Evidence.BLIND,
        ("not_scaled_copies",),
        "divided by the number of stems",
        stages=("separate",),
        befalls=_copies,
    ),
    Fault(
        "late_stem",
        "Stems that do not add up",
        "One stem is 30 ms late: the song is not their sum any more.",
        Evidence.IN_OUT,
        ("stem_sum",),
        "30 ms late",
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
        "into another stem",
        stages=("separate",),
        befalls=_unsung,
    ),
    Fault(
        "swapped_channels",
        "Left for right",
        "The channels changed places.",
        Evidence.IN_OUT,
        ("same_take",),
        "left and right (were swapped|changed places)",
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
        "another sound stands in its place",
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
        "butted together|do not meet",
        stages=("assemble",),
        befalls=_clicking_join,
        takes=2,
    ),
    Fault(
        "dip_at_join",
        "A dip in the crossfade",
        "A linear crossfade of unlike sounds loses level in its middle.",
        Evidence.IN_OUT,
        ("join_level",),
        "linear crossfade",
        stages=("assemble",),
        befalls=_dipping_join,
        takes=2,
    ),
)

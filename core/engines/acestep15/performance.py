"""From passes of the model to performances, and from uploaded songs to changed ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from core.engines.acestep15.caption import Description
from core.engines.acestep15.generation import Take
from core.engines.acestep15.order import Order
from core.engines.acestep15.presets import Steps
from core.engines.acestep15.sampling import StepReading
from core.engines.acestep15.settings import LONGEST_S, OF_BASE, WINDOWED, AceStepSettings, Task
from core.engines.acestep15.splice import CEILING, Seam, extended
from core.engines.acestep15.walk import Ask
from core.engines.acestep15.words import INSTRUMENTAL, Passage, lyrics_of
from core.engines.planner.layout import CODES_HZ
from core.progress import Report, part

Samples = npt.NDArray[np.float32]
Play = Callable[[Ask, Report], Take]

SEED_STEP = 1_000_003
"""Between the seeds of two passes, so that what one makes depends on nothing else."""


@dataclass(frozen=True)
class Instrument:
    """What plays a pass, its rate in Hz, and the samples of one of its latent frames."""

    play: Play
    rate: int
    hop: int


@dataclass(frozen=True)
class Manner:
    """What all passes of an order share."""

    description: Description
    steps: Steps
    seed: int
    context_s: float
    codes: tuple[int, ...] = ()
    """The planner's for the whole song."""
    timbre: Samples | None = None
    """(frames, 2) at the model's rate."""
    listened: frozenset[int] = frozenset()
    """Steps to listen to."""

    def codes_from(self, start_s: float, duration_s: float) -> tuple[int, ...]:
        """Return the codes of a part of the song, whole ones; none without a planner."""
        wanted = min(len(self.codes), math.ceil(round(duration_s * CODES_HZ, 3)))
        begin = min(math.floor(round(start_s * CODES_HZ, 3)), len(self.codes) - wanted)
        return self.codes[begin : begin + wanted]


@dataclass(eq=False)
class Made:
    """Sounds (frames, 2), every pass's level before the pipeline normalised it, and the seams in them."""

    sounds: list[Samples] = field(default_factory=list)
    raw_peaks: list[float] = field(default_factory=list)
    raw_rms: list[float] = field(default_factory=list)
    seams: list[Seam] = field(default_factory=list)
    steps: list[StepReading] = field(default_factory=list)
    """Of the first pass: the others go on from it."""
    excerpts: dict[int, Samples] = field(default_factory=dict)
    """Of the first pass: what its steps were to sound like."""

    def samples_of(self, take: Take) -> Samples:
        """Note a pass's level, and return its samples."""
        self.raw_peaks.append(take.raw_peak)
        self.raw_rms.append(take.raw_rms)
        if not self.steps:
            self.steps, self.excerpts = list(take.steps), dict(take.excerpts)
        return take.samples


def perform(
    on: Instrument,
    manner: Manner,
    passes: Sequence[Sequence[Passage]],
    frames: int,
    made: Made,
    report: Report,
    *,
    start_s: float = 0.0,
) -> Samples:
    """Play the passes, each going on from the one before, and return ``frames`` of sound.

    ``start_s``: where they begin in the song. The first follows the planner's codes, if there are any.
    """
    song = np.zeros((0, 2), np.float32)
    for number, group in enumerate(passes):
        share = part(report, number / len(passes), (number + 1) / len(passes))
        named = _named(share, number, len(passes))
        ask = Ask(
            description=manner.description,
            lyrics=lyrics_of(group),
            duration_s=sum(passage.duration_s for passage in group),
            steps=manner.steps,
            seed=manner.seed + SEED_STEP * len(made.raw_peaks),
            timbre=manner.timbre,
        )
        if number == 0:
            codes = manner.codes_from(start_s, ask.duration_s)
            ask = replace(ask, codes=codes, listened=manner.listened if not made.raw_peaks else frozenset())
            song = made.samples_of(on.play(ask, named))
            continue
        new = _continuation(on, ask, song, manner.context_s, made, named)
        song, seam = extended(song, new, new.shape[0] - round(ask.duration_s * on.rate), on.rate)
        made.seams.append(seam)
    return _not_over(song[:frames])


def change(on: Instrument, manner: Manner, order: Order, source: Samples, report: Report) -> Made:
    """Do the order's task with ``source``, (frames, 2) at the model's rate.

    What is made is as long as the source, an extracted or added track alone; of an extension the last
    ``context_s`` and what comes after are returned. The caller puts them into the uploaded samples.
    """
    settings, made = order.settings, Made()
    length_s = source.shape[0] / on.rate
    lyrics = _typed_lyrics(order)
    ask = Ask(manner.description, lyrics, length_s, manner.steps, manner.seed)
    ask = replace(ask, timbre=manner.timbre, listened=manner.listened)
    if settings.task is Task.EXTEND:
        context_s = min(manner.context_s, LONGEST_S - settings.extend_s)
        going_on = replace(ask, duration_s=settings.extend_s)
        made.sounds.append(_continuation(on, going_on, source, context_s, made, report))
        return made
    ask = replace(ask, source=_whole_frames(source, on.hop))
    if settings.task in WINDOWED:
        stop_s = min(settings.repaint_to_s or length_s, length_s)
        ask = replace(ask, start_s=settings.repaint_from_s, stop_s=stop_s)
    if settings.task is Task.COVER:
        ask = replace(ask, task="cover", cover_strength=settings.cover_strength)
    elif settings.task in OF_BASE:
        ask = replace(ask, task=settings.task.value, **_tracks(settings))
        take = on.play(ask, report)
        # A track has its level in the song: the pipeline's peak of -1 dBFS is undone.
        level = take.raw_peak / CEILING if settings.task is not Task.COMPLETE else 1.0
        made.sounds.append(made.samples_of(take)[: source.shape[0]] * np.float32(level))
        return made
    else:
        ask = replace(ask, task="repaint", repaint_mode=settings.repaint_mode)
    made.sounds.append(made.samples_of(on.play(ask, report))[: source.shape[0]])
    return made


def _tracks(settings: AceStepSettings) -> dict[str, Any]:
    if settings.task is Task.COMPLETE:
        return {"complete_with": tuple(track.value for track in settings.complete_with)}
    return {"track": settings.track.value}


def _continuation(
    on: Instrument, ask: Ask, song: Samples, context_s: float, made: Made, report: Report
) -> Samples:
    """Return the model's version of the song's last ``context_s`` and the ``ask.duration_s`` after it."""
    context = min(song.shape[0], max(1, round(context_s * on.rate / on.hop)) * on.hop)
    new = round(ask.duration_s * on.rate)
    room = np.zeros((new, song.shape[1]), np.float32)
    source = _whole_frames(np.concatenate([song[song.shape[0] - context :], room]), on.hop)
    longer = replace(
        ask,
        duration_s=source.shape[0] / on.rate,
        task="repaint",
        source=source,
        start_s=context / on.rate,
    )
    return made.samples_of(on.play(longer, report))[: context + new]


def _whole_frames(source: Samples, hop: int) -> Samples:
    """Return the source with silence up to a whole latent frame: the encoder would cut it instead."""
    return np.pad(source, ((0, -source.shape[0] % hop), (0, 0)))


def _typed_lyrics(order: Order) -> str:
    typed = order.typed_lyrics.strip()
    return typed or (INSTRUMENTAL if order.instrumental else "")


def _named(report: Report, number: int, count: int) -> Report:
    if count == 1:
        return report
    return lambda fraction, message: report(fraction, f"Part {number + 1} of {count}: {message}")


def _not_over(song: Samples) -> Samples:
    """Return the sound with its peak at -1 dBFS or below: what was added to the first pass may be over."""
    peak = float(np.max(np.abs(song), initial=0.0))
    return song * np.float32(CEILING / peak) if peak > CEILING * 1.0001 else song

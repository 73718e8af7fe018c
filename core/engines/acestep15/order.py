"""What is to be made, read from the values of a call and checked before a model is loaded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from core.engines.acestep15.settings import LONGEST_S, WINDOWED, AceStepSettings, Task
from core.errors import EngineInputError
from core.song import Lyrics, Plan
from core.writing.plan import ring_out_s

Samples = npt.NDArray[np.float32]
SOURCE = "source"
"""Name of the sound that a cover, a repaint or an extension is made of."""
TIMBRE = "timbre"
SHORTEST_SOURCE_S = 1.0
QUIETEST = 1e-4
"""Peak under which a sound has no timbre: -80 dBFS."""


@dataclass(frozen=True, eq=False)
class Order:
    """One song, or one change of a song, as ACE-Step gets it."""

    plan: Plan | None
    """None when a song was uploaded: nothing was planned."""
    lyrics: Lyrics | None
    prompt: str
    typed_lyrics: str
    """Lyrics as they were typed, for an uploaded song."""
    instrumental: bool
    seed: int
    clips: int
    overlap_s: float
    checkpoint: str
    settings: AceStepSettings
    source: Samples | None
    """The upload, (frames, 2)."""
    source_rate: int
    timbre: Samples | None = None
    """A sound that the song's timbre is to be like, (frames, 1 or 2)."""
    timbre_rate: int = 0

    @property
    def duration_s(self) -> float:
        """Length of a planned song: its form, and as long as the band's last chord rings."""
        if self.plan is None:
            return 0.0
        return self.plan.duration_s + ring_out_s(self.plan.duration_s)

    @property
    def longest_pass_s(self) -> float:
        """Length of the longest pass that the model may have to play, at most."""
        settings = self.settings
        extended_s = min(self.source_s, settings.context_s) + settings.extend_s
        of_task = {Task.SONG: self.duration_s, Task.EXTEND: extended_s}
        return min(LONGEST_S, of_task.get(settings.task, self.source_s))

    @property
    def source_s(self) -> float:
        """Length of the upload."""
        return 0.0 if self.source is None else self.source.shape[0] / self.source_rate


def read_order(values: Mapping[str, Any], sounds: Mapping[str, tuple[Samples, int]]) -> Order:
    """Return the order in ``values`` and ``sounds``; raises EngineInputError for what cannot be made."""
    try:
        plan, lyrics = values.get("plan"), values.get("lyrics")
        settings = AceStepSettings.model_validate(values.get("options") or {})
        source, rate = sounds.get(SOURCE, (None, 0))
        timbre, timbre_rate = sounds.get(TIMBRE, (None, 0))
        order = Order(
            plan=Plan.model_validate(plan) if plan is not None else None,
            lyrics=Lyrics.model_validate(lyrics) if lyrics is not None else None,
            prompt=str(values.get("prompt") or ""),
            typed_lyrics=str(values.get("typed_lyrics") or ""),
            instrumental=bool(values.get("instrumental")),
            seed=int(values["seed"]),
            clips=int(values.get("clips", 1)),
            overlap_s=float(values.get("overlap_s", 0.0)),
            checkpoint=str(values.get("checkpoint") or ""),
            settings=settings,
            source=source,
            source_rate=int(rate),
            timbre=timbre,
            timbre_rate=int(timbre_rate),
        )
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise EngineInputError(
            "ACE-Step was given a plan or settings that it cannot read.",
            causes=("they were edited by hand", "they come from another version of the studio"),
            remedy="Make the plan afresh from the prompt, and set the settings back.",
            detail=str(error),
        ) from error
    _check(order)
    return order


def _check(order: Order) -> None:
    if not 1 <= order.clips <= 10 or not 0.0 <= order.overlap_s <= 60.0 or order.seed < 0:
        raise _refused(
            f"it makes no {order.clips} clips that overlap by {order.overlap_s:g} s from seed {order.seed}",
            "Ask for 1 to 10 clips, an overlap of 0 to 60 s and a seed from 0.",
        )
    settings = order.settings
    if settings.guidance_from >= settings.guidance_to:
        raise _refused(
            f"guidance cannot work from {settings.guidance_from:g} to {settings.guidance_to:g}",
            "Let it begin before it ends: from 0 to 1 is all the way.",
        )
    if order.timbre is not None:
        _check_timbre(order.timbre, order.timbre_rate)
    if settings.task is Task.COMPLETE and not settings.complete_with:
        raise _refused("a song is to be completed with no track", "Name tracks, such as drums and bass.")
    if settings.task is Task.SONG:
        _check_song(order)
    else:
        _check_source(order)


def _check_timbre(sound: Samples, rate: int) -> None:
    if sound.ndim != 2 or sound.shape[1] not in (1, 2) or rate <= 0:
        raise _refused("the timbre reference is not mono or stereo", "Fold it to stereo first.")
    if not np.isfinite(sound).all():
        raise _refused("the timbre reference holds samples that are not valid numbers", "Export it again.")
    if sound.shape[0] < SHORTEST_SOURCE_S * rate:
        length_s = sound.shape[0] / rate
        raise _refused(f"{length_s:.2f} s are too short for a timbre reference", "Take a second at least.")
    if float(np.max(np.abs(sound), initial=0.0)) < QUIETEST:
        raise _refused("the timbre reference is silent", "Choose one that is not.")


def _check_song(order: Order) -> None:
    plan = order.plan
    if plan is None:
        raise _refused("there is no plan", "Run the lyrics stage first.")
    if not plan.duration_s > 0 or not math.isfinite(plan.duration_s):
        raise _refused(f"a length of {plan.duration_s:g} s is none", "Give the plan a section with bars.")
    if order.lyrics is None and not plan.instrumental:
        raise _refused(
            "the plan is sung, and there are no lyrics",
            "Run the lyrics stage first, or ask for an instrumental.",
        )


def _check_source(order: Order) -> None:
    task, source = order.settings.task, order.source
    if source is None:
        raise _refused(f"{task} needs an uploaded song", "Upload a song, or set the task back to song.")
    if source.ndim != 2 or source.shape[1] not in (1, 2) or order.source_rate <= 0:
        raise _refused("the upload is not mono or stereo", "Fold it to stereo first.")
    if not np.isfinite(source).all():
        raise _refused(
            "the upload holds samples that are not valid numbers",
            "Set generate's broken_samples to silence.",
        )
    if not order.prompt.strip() and order.plan is None and task is not Task.EXTRACT:
        raise _refused(f"{task} needs a prompt that says how it is to sound", "Write a prompt.")
    length_s, settings = order.source_s, order.settings
    if not SHORTEST_SOURCE_S <= length_s <= LONGEST_S:
        raise _refused(
            f"a source of {length_s:.1f} s is outside {SHORTEST_SOURCE_S:g} to {LONGEST_S:g} s",
            "Cut it to that length.",
        )
    stop_s = settings.repaint_to_s or length_s
    if task in WINDOWED and not settings.repaint_from_s < min(stop_s, length_s):
        asked = "repaint" if task is Task.REPAINT else "add a track to"
        raise _refused(
            f"there is nothing from {settings.repaint_from_s:g} to {min(stop_s, length_s):g} s to {asked}",
            f"Choose a part within 0 to {length_s:.1f} s.",
        )


def _refused(why: str, remedy: str) -> EngineInputError:
    return EngineInputError(f"ACE-Step was not run: {why}.", remedy=remedy)

"""Faults of the words: sections without lines, and one line for all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.contract import Severity
from core.faults.model import Delivery, Evidence, Fault
from core.song import Lyrics
from core.stages.base import Output

STAGES = ("lyrics",)


def _with(delivery: Delivery, lyrics: Lyrics) -> Output:
    return replace(delivery.output, lyrics=lyrics)


def _lyrics(delivery: Delivery) -> Lyrics:
    assert delivery.output.lyrics is not None
    return delivery.output.lyrics


def _emptied(delivery: Delivery, rng: np.random.Generator) -> Output:
    lyrics = _lyrics(delivery)
    sections = tuple(section.model_copy(update={"lines": ()}) for section in lyrics.sections)
    return _with(delivery, lyrics.model_copy(update={"sections": sections}))


def _one_line(delivery: Delivery, rng: np.random.Generator) -> Output:
    """A placeholder: the first line again and again."""
    lyrics = _lyrics(delivery)
    line = lyrics.sections[0].lines[0]
    sections = tuple(
        section.model_copy(update={"lines": (line,) * max(4, len(section.lines))})
        for section in lyrics.sections
    )
    return _with(delivery, lyrics.model_copy(update={"sections": sections}))


WORD_FAULTS: tuple[Fault, ...] = (
    Fault(
        "no_words",
        "Sections without words",
        "The writer returned headings and no lines.",
        Evidence.PROMISE,
        ("sections_hold_lines",),
        "heading without words",
        stages=STAGES,
        befalls=_emptied,
    ),
    Fault(
        "one_line",
        "One line for all",
        "A placeholder stands in the writer's place: the same line again and again.",
        Evidence.BLIND,
        ("no_accidental_repeats",),
        "placeholder",
        severity=Severity.WARN,
        stages=STAGES,
        befalls=_one_line,
    ),
)

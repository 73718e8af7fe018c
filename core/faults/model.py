"""What a fault is: how it happens to a stage's delivery, by what it can be known, and who is to name it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from core.audio import Audio
from core.contract import F, Severity
from core.faults.injections import Inject
from core.stages.base import Output, Work
from core.stages.table import SOUNDING, STAGES


class Evidence(StrEnum):
    """What must be known to catch a fault."""

    BLIND = "blind"
    """The sound alone shows it."""
    IN_OUT = "in-out"
    """It shows against what went in."""
    PROMISE = "promise"
    """It shows against the settings, the plan and what the stage promised."""
    PROVENANCE = "provenance"
    """Only who made the sound, and how, shows it."""


WHOLE = {stage.name: stage.delivers.main for stage in STAGES if stage.delivers.main}
"""The sound that a stage delivers, where it is one."""


@dataclass(frozen=True, eq=False)
class Delivery:
    """What a stage was given and has made, before the fault happens to it."""

    stage: str
    output: Output
    inputs: Mapping[str, Mapping[str, Audio]]
    """Sounds by their kind, then by name."""
    scratch: Path
    of_another_run: Callable[[], Mapping[str, Audio]]
    """Returns what the same stage delivered for another song."""

    @property
    def target(self) -> str:
        """The sound that the fault happens to: the stage's only one, else its loudest stem."""
        if self.stage in WHOLE:
            return WHOLE[self.stage]
        return max(
            self.output.sounds, key=lambda name: float(np.square(self.output.sounds[name].samples).sum())
        )

    def figures(self, kind: type[F]) -> F:
        """Return what the stage reported, which is of one kind."""
        assert isinstance(self.output.figures, kind)
        return self.output.figures

    def with_sound(self, audio: Audio) -> Output:
        """Return the delivery with another target; a whole's true stems, which reveal it, are removed."""
        kept = {n: a for n, a in self.output.sounds.items() if "/" not in n}
        return replace(self.output, sounds={**kept, self.target: audio})


Happen = Callable[[Delivery, np.random.Generator], Output]
Surround = Callable[[Work[Any]], Work[Any]]


@dataclass(frozen=True)
class Fault:
    """One way for a stage to deliver the wrong sound, or none."""

    name: str
    title: str
    happened: str
    """What went wrong in the chain, in one sentence."""
    evidence: Evidence
    caught_by: tuple[str, ...]
    """Names of the checks, or kinds of the errors, that may name it first."""
    because: str
    """Words that the first cause must hold for it to be the right one: a regular expression."""
    inject: Inject | None = None
    """Returns a sound as the fault leaves it; the same for the same state of the generator."""
    severity: Severity = Severity.FAIL
    """How bad those checks find it at least."""
    stages: tuple[str, ...] = SOUNDING
    """Where it can happen."""
    at: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The checks that name it first at some stages, where these are others."""
    because_at: Mapping[str, str] = field(default_factory=dict)
    """Words of the right cause at some stages, where these are others."""
    unknowable: Mapping[str, str] = field(default_factory=dict)
    """Stages at which nothing shows it, each with the reason."""
    befalls: Happen | None = None
    """What happens to a whole delivery, for a fault that is not one of a single sound."""
    surrounds: Surround | None = None
    """What happens around a stage, which then does its real work: an engine that fails, a full disk."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """How the real stage is set, where the defaults do not bring it about; with ``surrounds`` alone."""
    takes: int = 1
    """How many takes the song is joined from that it happens to."""

    def happen(self, delivery: Delivery, rng: np.random.Generator) -> Output:
        """Return what the stage delivers when this has happened to it; raises as the fault does."""
        if self.befalls is not None:
            return self.befalls(delivery, rng)
        assert self.inject is not None
        return delivery.with_sound(self.inject(delivery.output.sounds[delivery.target], rng))

    def named_by(self, stage: str) -> tuple[str, ...]:
        """Return the checks that may name it first at a stage."""
        return self.at.get(stage, self.caught_by)

    def is_explained_by(self, words: str, stage: str) -> bool:
        """Return whether these words give the right cause at a stage."""
        return re.search(self.because_at.get(stage, self.because), words, re.IGNORECASE) is not None

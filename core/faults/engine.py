"""Faults of an engine: it fails, or answers with something that is no sound.

A real stage does its real work, and calls an engine in a real child process: only that the one that answers
is the drill's own (:mod:`core.drill.worker`), which fails as engines were seen to fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.audio import Audio
from core.engines.base import Availability, EngineCard, Engines, FirstListen, Reply
from core.faults.model import Evidence, Fault, Surround
from core.progress import Report
from core.stages.base import Work
from core.values import Json

ENGINE = "drill"
MADE_BY_ENGINES = ("generate", "separate", "enhance")
"""The stages whose sound comes out of an engine's process."""


class Failing:
    """The engines, each of which answers as the drill's worker does in one method."""

    def __init__(self, engines: Engines, method: str) -> None:
        self._engines, self._method = engines, method

    def cards(self, stage: str) -> tuple[EngineCard, ...]:
        """Return the real cards."""
        return self._engines.cards(stage)

    def card(self, name: str) -> EngineCard:
        """Return the real card."""
        return self._engines.card(name)

    def availability(self, name: str, checkpoint: str = "") -> Availability:
        """Return what is so."""
        return self._engines.availability(name, checkpoint)

    def call(
        self,
        engine: str,
        method: str,
        *,
        values: Mapping[str, Json],
        sounds: Mapping[str, Audio],
        report: Report,
        first_listen: FirstListen | None = None,
    ) -> Reply:
        """Have the failing worker answer."""
        asked = {**values, "asked": method}
        return self._engines.call(ENGINE, self._method, values=asked, sounds=sounds, report=report)

    def prepare(self, name: str) -> None:
        """Prepare nothing: no real engine is called."""

    def memory_mb(self) -> dict[str, int | None]:
        """Return the real engines' memory."""
        return self._engines.memory_mb()

    def close(self) -> None:
        """Leave the engines open: they are the drill's."""


def _answered_by(method: str) -> Surround:
    """Return what happens around a stage when its engine fails as the drill's worker does in ``method``."""

    def surround(work: Work[Any]) -> Work[Any]:
        # A song with true stems needs no separator; this one is to be separated all the same.
        own = work.engine if work.engine in _names(work.engines) else work.engines.cards("separate")[0].name
        return replace(work, engines=Failing(work.engines, method), engine=own)

    return surround


def _names(engines: Engines) -> frozenset[str]:
    return frozenset(card.name for stage in MADE_BY_ENGINES for card in engines.cards(stage))


def _fails(
    name: str,
    title: str,
    happened: str,
    kind: str,
    because: str,
    evidence: Evidence = Evidence.PROVENANCE,
) -> Fault:
    return Fault(
        name,
        title,
        happened,
        evidence,
        (kind,),
        because,
        stages=MADE_BY_ENGINES,
        surrounds=_answered_by(name),
    )


ENGINE_FAULTS: tuple[Fault, ...] = (
    Fault(
        "swallows",
        "Zeros for an exception",
        "The engine raised, its code caught that and returned zeros of the right length: the incident.",
        Evidence.BLIND,
        ("not_silent",),
        "returned zeros after an error",
        stages=MADE_BY_ENGINES,
        at={"separate": ("vocals_silent", "stem_sum")},
        surrounds=_answered_by("swallows"),
    ),
    _fails(
        "raises",
        "An exception",
        "The engine raised in the middle of its work.",
        "engine",
        "size of tensor a",
    ),
    _fails(
        "out_of_memory",
        "Out of memory",
        "The card's memory did not hold the song.",
        "engine_memory",
        "memory ran out.* for this card",
    ),
    _fails(
        "killed",
        "Killed",
        "The system ended the engine's process.",
        "engine_died",
        "SIGKILL.* memory ran out",
    ),
    Fault(
        "planner_stuck",
        "A planner that is stuck",
        "The language model in front of the player wrote one pattern again and again.",
        Evidence.PROVENANCE,
        ("engine_output",),
        "is stuck: .* repeat one pattern",
        stages=("generate",),
        surrounds=_answered_by("planner_stuck"),
    ),
    _fails("no_gpu", "No GPU", "No card was allocated, and the model wants one.", "engine", "NVIDIA"),
    _fails(
        "missing_weights",
        "Missing weights",
        "The checkpoint is not where it should be.",
        "engine_missing",
        "files of the model are missing",
    ),
    _fails(
        "truncated_weights",
        "Truncated weights",
        "The checkpoint's download stopped half-way.",
        "engine",
        "download broke off",
    ),
    _fails(
        "permission_denied",
        "Permission denied",
        "A folder of the engine cannot be written.",
        "engine",
        "cannot be written",
    ),
    _fails(
        "returns_path",
        "A path for sound",
        "The engine returned a file's name.",
        "engine_output",
        "returned a str",
        Evidence.BLIND,
    ),
    _fails(
        "returns_list",
        "A list for sound",
        "The engine returned a list of dictionaries.",
        "engine_output",
        "returned a list",
        Evidence.BLIND,
    ),
    _fails(
        "returns_swapped",
        "Swapped axes",
        "The engine returned channels first: two frames of 44,100 channels.",
        "engine_output",
        "channels and frames swapped",
        Evidence.BLIND,
    ),
    _fails(
        "returns_integers",
        "Integers for sound",
        "The engine returned 16-bit integers, of which nobody can say how they are scaled.",
        "engine_output",
        "integers",
        Evidence.BLIND,
    ),
    _fails(
        "returns_nothing",
        "No sound at all",
        "The engine returned without a word and without a sound.",
        "engine_output",
        "no (sound|stem|clip)",
        Evidence.BLIND,
    ),
)

"""Faults of an engine: it fails, or answers with something that is no sound. A real child process does it."""

from __future__ import annotations

import numpy as np

from core.faults.model import Delivery, Evidence, Fault, Happen
from core.progress import silent
from core.stages.base import Output

ENGINE = "drill"
MADE_BY_ENGINES = ("generate", "separate", "enhance")
"""The stages whose sound comes out of an engine's process."""


def _called(method: str) -> Happen:
    """Return what happens when the stage's engine fails as the drill's worker does in ``method``."""

    def befall(delivery: Delivery, rng: np.random.Generator) -> Output:
        reply = delivery.engines.call(ENGINE, method, values={}, sounds={}, report=silent)
        return delivery.with_sound(next(iter(reply.sounds.values())))

    return befall


def _fails(name: str, title: str, happened: str, kind: str, evidence: Evidence) -> Fault:
    return Fault(name, title, happened, evidence, (kind,), stages=MADE_BY_ENGINES, befalls=_called(name))


ENGINE_FAULTS: tuple[Fault, ...] = (
    _fails(
        "raises",
        "An exception",
        "The engine raised in the middle of its work.",
        "engine",
        Evidence.PROVENANCE,
    ),
    _fails(
        "out_of_memory",
        "Out of memory",
        "The card's memory did not hold the song.",
        "engine_memory",
        Evidence.PROVENANCE,
    ),
    _fails("killed", "Killed", "The system ended the engine's process.", "engine_died", Evidence.PROVENANCE),
    _fails(
        "no_gpu", "No GPU", "No card was allocated, and the model wants one.", "engine", Evidence.PROVENANCE
    ),
    _fails(
        "missing_weights",
        "Missing weights",
        "The checkpoint is not where it should be.",
        "engine_missing",
        Evidence.PROVENANCE,
    ),
    _fails(
        "truncated_weights",
        "Truncated weights",
        "The checkpoint's download stopped half-way.",
        "engine",
        Evidence.PROVENANCE,
    ),
    _fails(
        "permission_denied",
        "Permission denied",
        "A folder of the engine cannot be written.",
        "engine",
        Evidence.PROVENANCE,
    ),
    _fails(
        "returns_path",
        "A path for sound",
        "The engine returned a file's name.",
        "engine_output",
        Evidence.BLIND,
    ),
    _fails(
        "returns_list",
        "A list for sound",
        "The engine returned a list of dictionaries.",
        "engine_output",
        Evidence.BLIND,
    ),
    _fails(
        "returns_swapped",
        "Swapped axes",
        "The engine returned channels first: two frames of 44,100 channels.",
        "engine_output",
        Evidence.BLIND,
    ),
)

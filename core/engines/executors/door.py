"""What comes back from a worker, whatever it ran in: sounds are validated, failures get their types."""

from __future__ import annotations

from collections.abc import Mapping

from core import errors
from core.audio import Audio
from core.diagnosis.of_engine import confirmed, diagnosed
from core.engines.base import EngineCard
from core.errors import EngineError, EngineOutputError, GainstageError
from core.values import Json

KINDS: Mapping[str, type[GainstageError]] = {
    kind.kind: kind
    for kind in (
        errors.EngineMissingError,
        errors.EngineInputError,
        errors.EngineOutputError,
        errors.EngineMemoryError,
        errors.InputError,
        errors.SettingsError,
        errors.StorageError,
    )
}
"""What a worker may say that its failure is; everything else is an EngineError."""


def validated(card: EngineCard, name: str, samples: Json, rate: Json) -> Audio:
    """Return what a worker delivered as a sound; raises EngineOutputError for what is none."""
    try:
        return Audio.checked(samples, sample_rate=rate, source=f"{card.title} ({name})")
    except EngineOutputError as error:
        raise confirmed(error) from error


def no_sound(card: EngineCard, name: str, kind: str, text: str) -> GainstageError:
    """Return the error for something of the type ``kind`` that was delivered in a sound's place."""
    return confirmed(
        EngineOutputError(
            f"{card.title} ({name}) did not return sound: it returned a {kind} ({text}).",
            causes=("the engine's output has another form than its adapter expects",),
            remedy="Choose another engine, and report this with the engine's version.",
        )
    )


def failure(card: EngineCard, answer: Mapping[str, Json]) -> GainstageError:
    """Turn an account of an exception (``describe`` in ``core/engines/child.py``) into the studio's error."""
    kind = KINDS.get(answer["kind"], EngineError)
    remedy = {
        "engine_missing": card.how_to_add,
        "engine_memory": "Make a shorter song, or close what else uses the memory.",
    }.get(answer["kind"], "Try again, or choose another engine.")
    if answer["remedy"]:
        explained = kind(
            answer["message"],
            causes=tuple(answer["causes"]),
            remedy=answer["remedy"],
            detail=answer["detail"],
        )
        return confirmed(explained)
    raw = kind(
        f"{card.title} failed: {answer['message']}",
        causes=tuple(answer["causes"]),
        remedy=remedy,
        detail=answer["detail"],
    )
    return diagnosed(raw, card.title)

"""An engine's error with its diagnosis: cause and remedy first, what the library said behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from core.diagnosis.entry import Diagnosis, Scenario
from core.diagnosis.recognise import diagnose
from core.diagnosis.witnesses import witnesses
from core.errors import EngineMissingError, GainstageError

E = TypeVar("E", bound=GainstageError)

AGREES = {Scenario.MEMORY: "engine_memory", Scenario.SOFTWARE: "engine_missing"}
"""An engine that explained itself with this kind has said the same, and better: it knows its own model."""
KNOWN_TO_ENGINES = (Scenario.NOT_LOADED, Scenario.SILENT)


def diagnosed(error: E, about: str, look: Callable[[Diagnosis], tuple[str, ...]] = witnesses) -> E:
    """Return a raw error, one that is only a library's words, with what it means.

    ``about`` is who failed. What the catalogue does not know stays as it is. How to add an engine that lacks
    something stays in its remedy.
    """
    found = diagnose(error)
    if found is None:
        return error
    cause = _lowered(found.sentence)
    remedy = f"{error.remedy} {found.remedy}" if isinstance(error, EngineMissingError) else found.remedy
    return _again(error, found, look, f"{about} failed: {cause}", found.causes, remedy)


def confirmed(error: E, look: Callable[[Diagnosis], tuple[str, ...]] = witnesses) -> E:
    """Return an error that an engine explained itself, with what its words show besides.

    An engine knows its model's files better than the catalogue, and is believed. It cannot tell that the
    machine failed behind them: a missing package or a full disk, wrapped into "the tokenizer cannot be
    read", comes first.
    """
    found = diagnose(error)
    if found is None:
        return error
    agreed = found.scenario in KNOWN_TO_ENGINES or AGREES.get(found.scenario) == error.kind
    if agreed:
        return _again(error, found, look, error.message, error.causes, error.remedy)
    causes = (*found.causes, *(cause for cause in error.causes if cause not in found.causes))
    return _again(error, found, look, f"{error.message} {found.sentence}", causes, found.remedy)


def _again(
    error: E,
    found: Diagnosis,
    look: Callable[[Diagnosis], tuple[str, ...]],
    message: str,
    causes: tuple[str, ...],
    remedy: str,
) -> E:
    return type(error)(
        message,
        causes=causes,
        remedy=remedy,
        detail=error.detail,
        diagnosis=found.name,
        evidence=(*found.evidence, *look(found)),
    )


def _lowered(sentence: str) -> str:
    """Return a sentence as it goes on after a colon; names and abbreviations keep their capitals."""
    first = sentence.split(" ", 1)[0]
    plain = first.lower() in ("the", "a", "this", "two", "there", "part", "files", "nobody", "compiled")
    return sentence[0].lower() + sentence[1:] if plain else sentence

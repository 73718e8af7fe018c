"""What every engine's weights are: size, licence, where they lie, and which of their files are missing."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from core.engines.base import EngineCard
from core.engines.registry import CARDS
from core.engines.weights import Weights, missing_files
from core.errors import NotFoundError
from core.models.download import MAIN
from core.models.here import own_bytes, place_of
from core.models.shelf import record_of, shown_target, unfinished_bytes

MB = 1e6


class State(StrEnum):
    """Whether an engine finds the weights."""

    HERE = "here"
    INCOMPLETE = "incomplete"
    MISSING = "missing"


class Checkpoint(BaseModel):
    """One set of weights, as it stands on this machine."""

    model_config = ConfigDict(frozen=True)

    name: str
    engine: str
    engine_title: str
    stage: str
    about: str
    licence: str
    repository: str
    revision: str
    """The downloaded commit, where it is recorded; else the branch that a download takes."""
    download_mb: int
    """About what comes over the network, and is then on the disk."""
    on_disk_bytes: int
    """Of its own files that are here; other files of the folder are not counted."""
    unfinished_bytes: int
    """Of a download that was broken off, and goes on from there."""
    state: State
    folder: str | None
    """Where it lies; None when nothing of it is here."""
    goes_to: str
    """Where a download would put it."""
    missing: tuple[str, ...]
    """Files that are missing, one by one; ``a or b``: either will do."""


def checkpoints(cards: Iterable[EngineCard] = CARDS) -> tuple[Checkpoint, ...]:
    """Return every set of weights that an engine can run from, and what these need, in the engines' order.

    Those that several engines run from are listed once, under the first.
    """
    first: dict[str, tuple[EngineCard, Weights]] = {}
    for card in cards:
        for weights in _all(card):
            first.setdefault(weights.name, (card, weights))
    return tuple(_checkpoint(card, weights) for card, weights in first.values())


def weights_named(name: str, cards: Iterable[EngineCard] = CARDS) -> Weights:
    """Return weights by their own name, or the ones an engine prefers by its name; raises NotFoundError."""
    cards = tuple(cards)
    for card in cards:
        for weights in _all(card):
            if weights.name == name:
                return weights
    for card in cards:
        if card.name == name and card.weights:
            return card.weights[0]
    if any(card.name == name for card in cards):
        raise NotFoundError(
            f"{name} has its own weights.", remedy="Nothing has to be downloaded for this engine."
        )
    known = ", ".join(weights.name for card in cards for weights in _all(card))
    raise NotFoundError(f"There are no weights {name}.", remedy=f"Known are {known}.")


def _all(card: EngineCard) -> tuple[Weights, ...]:
    beside = (other for weights in card.weights for other in weights.beside)
    return tuple(dict.fromkeys((*card.weights, *beside, *card.helpers)))


def _checkpoint(card: EngineCard, weights: Weights) -> Checkpoint:
    folder = place_of(weights)
    missing = missing_files(folder, weights.files) if folder else weights.files
    record = record_of(folder) if folder else None
    return Checkpoint(
        name=weights.name,
        engine=card.name,
        engine_title=card.title,
        stage=card.stage,
        about=weights.about,
        licence=weights.licence,
        repository=weights.repository,
        revision=(record.commit if record else "") or MAIN,
        download_mb=weights.size_mb,
        on_disk_bytes=own_bytes(folder, weights) if folder else 0,
        unfinished_bytes=unfinished_bytes(weights),
        state=State.MISSING if folder is None else State.INCOMPLETE if missing else State.HERE,
        folder=str(folder) if folder else None,
        goes_to=str(shown_target(weights)),
        missing=tuple(name.replace("|", " or ") for name in missing),
    )

"""Which engine a stage takes: the one that was named, or the best that can run here, and why.

A named engine that cannot run is an error. Another never takes its place.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from core.engines.base import Availability, EngineCard, Engines
from core.errors import EngineMissingError
from core.stages.base import Choice

AUTO = "auto"


def checkpoint_field() -> Any:
    """Return the setting that names a folder to load an engine's weights from."""
    return Field(
        default="",
        title="Checkpoint folder",
        max_length=1000,
        description="A folder with the engine's weights, or the name of published ones; "
        "empty for the usual places.",
        json_schema_extra={"operator_only": True, "one_line": True},
    )


def named_engine(name: str, engines: Engines, checkpoint: str) -> Choice:
    """Return the engine that was asked for; raises EngineMissingError when it cannot run here."""
    card, state = engines.card(name), engines.availability(name, checkpoint)
    if not state.ready:
        raise EngineMissingError(
            f"{card.title} cannot run here: {state.reason}", remedy=state.remedy or card.how_to_add
        )
    return _choice(card, state, "chosen by you")


def best_engine(
    stage: str, engines: Engines, checkpoint: str, remedy: str, because: str = "", without: str = ""
) -> Choice:
    """Return the stage's first engine that is ready and that auto may take, saying why not those before it.

    With a checkpoint it is the first that can read it, GPU or not. Raises EngineMissingError, which says
    ``without`` (or that nothing can make sound here) and ``remedy``, when there is none.
    """
    passed_over: list[str] = []
    for card in engines.cards(stage):
        state = engines.availability(card.name, checkpoint)
        if state.ready and state.auto:
            return _choice(card, state, because + "; ".join([*passed_over, f"{card.title}: {state.reason}"]))
        passed_over.append(f"{card.title}: {state.reason}")
    raise EngineMissingError(
        without or "No engine can make sound here.", causes=tuple(passed_over), remedy=remedy
    )


def _choice(card: EngineCard, state: Availability, reason: str) -> Choice:
    return Choice(card.name, reason, state.checkpoint, state.weights_id)

"""Which engine a stage takes: the one that was named, or the best that can run here, and why.

A named engine that cannot run is an error. Another never takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.audio import Audio
from core.engines.base import Availability, EngineCard, EngineOptions, Engines
from core.errors import EngineMissingError
from core.settings import machine_line, pick
from core.song import SongRequest
from core.stages.base import Choice, Chooses, ChoosesForRequest, Stage, StageSettings

AUTO = "auto"


def checkpoint_field() -> Any:
    """Return the setting that names a folder to load an engine's weights from."""
    return machine_line(
        "Checkpoint folder",
        "A folder with the engine's weights, or the name of published ones; empty for the usual places.",
    )


def options_field() -> Any:
    """Return the setting that holds what one engine alone takes, by engine."""
    return pick({}, "Engines", "Settings of single engines.")


def choose(
    stage: Stage[Any],
    request: SongRequest,
    settings: StageSettings,
    sounds: Mapping[str, Mapping[str, Audio]],
    engines: Engines,
) -> Choice:
    """Return the engine that a stage will use; an empty choice when it needs none."""
    if isinstance(stage, Chooses):
        return stage.choose(settings, sounds, engines)
    if isinstance(stage, ChoosesForRequest):
        return stage.choose_for(request, settings, engines)
    return Choice("", "")


def candidates(stage: str, engine: str, engines: Engines) -> tuple[EngineCard, ...]:
    """Return the engines of the stage that its setting ``engine`` leaves to choose from."""
    return tuple(card for card in engines.cards(stage) if engine in (AUTO, card.name))


def not_installed(stage: str, settings: StageSettings, engines: Engines) -> str:
    """Return a sentence about the engines that a song's settings name and that are not here; else empty."""
    known = {card.name for card in engines.cards(stage)}
    named = [settings.engine_named, *getattr(settings, "options", {})]
    gone = [name for name in dict.fromkeys(named) if name and name not in known]
    if not gone:
        return ""
    what = "an engine that is" if len(gone) == 1 else "engines that are"
    return (
        f"This song's settings name {' and '.join(gone)}, {what} not installed here: its sounds are as they "
        "were; to make the stage again, install it or choose another."
    )


def weights_wanted(stage: str, engine: str, checkpoint: str, options: EngineOptions, engines: Engines) -> str:
    """Return the checkpoint, else the published weights that an engine's own settings ask for."""
    named = (card.weights_named(card.options(options)) for card in candidates(stage, engine, engines))
    return checkpoint or next(filter(None, named), "")


def named_engine(name: str, engines: Engines, checkpoint: str, options: EngineOptions) -> Choice:
    """Return the engine that was asked for; raises EngineMissingError when it cannot run here."""
    card, state = engines.card(name), engines.availability(name, checkpoint)
    if not state.ready:
        raise EngineMissingError(
            f"{card.title} cannot run here: {state.reason}", remedy=state.remedy or card.how_to_add
        )
    return _choice(card, state, "chosen by you", options)


def best_engine(
    stage: str,
    engines: Engines,
    checkpoint: str,
    options: EngineOptions,
    remedy: str,
    because: str = "",
    without: str = "",
) -> Choice:
    """Return the stage's first engine that is ready and that auto may take, saying why not those before it.

    With a checkpoint it is the first that can read it, GPU or not. Raises EngineMissingError, which says
    ``without`` (or that nothing can make sound here) and ``remedy``, when there is none.
    """
    passed_over: list[str] = []
    for card in engines.cards(stage):
        state = engines.availability(card.name, checkpoint)
        if state.ready and state.auto:
            reason = because + "; ".join([*passed_over, f"{card.title}: {state.reason}"])
            return _choice(card, state, reason, options)
        passed_over.append(f"{card.title}: {state.reason}")
    raise EngineMissingError(
        without or "No engine can make sound here.", causes=tuple(passed_over), remedy=remedy
    )


def _choice(card: EngineCard, state: Availability, reason: str, options: EngineOptions) -> Choice:
    """Return the choice; the files that the engine's own settings name count as a part of its weights."""
    weights = " ".join(filter(None, (state.weights_id, card.files_id(card.options(options)))))
    return Choice(card.name, reason, state.checkpoint, weights)

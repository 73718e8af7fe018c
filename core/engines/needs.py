"""What an engine needs to be there, asked without importing it: packages, weights, a GPU."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from core.engines.base import Availability, EngineCard
from core.engines.weights import MODELS, Weights, fingerprint, found, is_untrained, missing_files, places
from core.machine.graphics import has_gpu

SHOWN_FILES = 6
USUAL_SONG_S = 180.0
"""Length of the song that weights are chosen for, before one is asked for."""
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
"""An address at the hub, ``owner/name``."""


def needs_modules(card: EngineCard, *modules: str) -> Availability:
    """Return whether every module can be found; the sentence names those that cannot."""
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        return Availability(False, f"not installed: {', '.join(missing)}.", card.how_to_add)
    return Availability(True, "installed.")


def with_weights(card: EngineCard, state: Availability, checkpoint: str) -> Availability:
    """Return ``state`` of an engine whose packages are there, with its weights found or reported missing."""
    if checkpoint:
        return _from_checkpoint(card, state, checkpoint)
    if not card.weights:
        return state
    here = [(weights, folder) for weights in card.weights if (folder := found(weights)) is not None]
    if not here:
        return Availability(False, _what_is_missing(card.weights), card.how_to_add)
    return _on_this_machine(card, _largest_that_fits(card, here))


def _largest_that_fits(card: EngineCard, here: list[tuple[Weights, Path]]) -> Availability:
    """Return the first weights here that this machine has memory for; else the last, and not for auto."""
    passed_over: list[str] = []
    remedy = ""
    for weights, folder in here:
        outlook = card.memory(folder, card.settings(), USUAL_SONG_S)
        needed = outlook.sentence.rstrip(".") if outlook else ""
        if outlook is None or outlook.fits:
            reasons = [*passed_over, f"its weights {weights.name} are here", *filter(None, [needed])]
            return _ready(folder, "; ".join(reasons))
        passed_over.append(needed)
        remedy = outlook.remedy
    return replace(_ready(here[-1][1], "; ".join(passed_over)), auto=False, remedy=remedy)


def _from_checkpoint(card: EngineCard, state: Availability, checkpoint: str) -> Availability:
    remedy = "Clear the checkpoint setting, or name a folder that holds this engine's model."
    if not card.weights:
        return Availability(False, "it has its own weights and reads no checkpoint.", remedy)
    for weights in card.weights:
        if checkpoint == weights.name:
            return _published(card, weights)
    folder = Path(checkpoint).expanduser()
    if card.own_weights and not folder.is_dir() and _REPOSITORY.fullmatch(checkpoint):
        name = checkpoint.partition("/")[2]
        return _published(card, Weights(name, checkpoint, card.own_weights, 0, "", ""))
    if not folder.is_dir():
        return Availability(False, f"the checkpoint {folder.name} is not a folder.", remedy)
    wanted = (card.own_weights,) if card.own_weights else tuple(weights.files for weights in card.weights)
    lacking = min((missing_files(folder, files) for files in wanted), key=len)
    if lacking:
        return Availability(False, f"the checkpoint {folder.name} lacks {_listed(lacking)}.", remedy)
    return _ready(folder, f"the checkpoint {folder.name} was named")


def _published(card: EngineCard, weights: Weights) -> Availability:
    """Return whether these very weights are in one of the usual places."""
    folder = found(weights)
    if folder is not None:
        return _ready(folder, f"the weights {weights.name} were asked for")
    place = f"ut {weights.repository} under {MODELS}/{weights.name}."
    listed = any(weights.name == known.name for known in card.weights)
    remedy = f"Run python -m core models get {weights.name}, or p{place}" if listed else f"P{place}"
    return Availability(False, _what_is_missing((weights,)), remedy)


def _ready(folder: Path, reason: str) -> Availability:
    untrained = "; it declares itself untrained" if is_untrained(folder) else ""
    return Availability(
        True, f"{reason}{untrained}.", checkpoint=str(folder.resolve()), weights_id=fingerprint(folder)
    )


def _on_this_machine(card: EngineCard, state: Availability) -> Availability:
    if card.gpu_first and not has_gpu():
        return replace(
            state, auto=False, reason="there is no GPU here, so it runs, slowly, only when it is chosen."
        )
    return state


def _what_is_missing(wanted: tuple[Weights, ...]) -> str:
    """Name the files that are missing of the weights that are most nearly there."""
    begun = [
        (missing_files(folder, weights.files), weights)
        for weights in wanted
        for folder in places(weights)
        if folder.is_dir()
    ]
    if begun:
        lacking, weights = min(begun, key=lambda pair: len(pair[0]))
        return f"its weights {weights.name} lack {_listed(lacking)}."
    names = " or ".join(weights.name for weights in wanted[:2])
    return f"its model ({names}) is not downloaded: neither under {MODELS} nor in the hub's cache."


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - SHOWN_FILES
    shown = [name.replace("|", " or ") for name in names[:SHOWN_FILES]]
    return ", ".join(shown) + (f" and {more} more files" if more > 0 else "")

"""ACE-Step's planner in front of its player: which one, what it is asked, and what it gave."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.engines.acestep15.caption import UNKNOWN, describe
from core.engines.acestep15.checkpoint import inspect
from core.engines.acestep15.order import Order
from core.engines.acestep15.settings import AceStepSettings, Planning, Task
from core.engines.acestep15.words import lyrics_of, passages
from core.engines.planner.codes import Codes
from core.engines.planner.fitting import device_here, largest_fitting
from core.engines.planner.layout import PUBLISHED
from core.engines.planner.planner import Planner
from core.engines.planner.prompt import Brief
from core.engines.weights import MODELS, fingerprint, found
from core.errors import EngineInputError, EngineMissingError

NO_WORDS = "[Instrumental]"
READERS = ("audio_tokenizer", "audio_token_detokenizer")
"""Parts of a checkpoint that read audio codes."""


def planner_folder(settings: AceStepSettings) -> Path | None:
    """Return the folder of the planner that settings ask for; None for none, or where auto finds none.

    Raises EngineMissingError when one is asked for and none is here.
    """
    folder = _here(settings)
    if folder is None and settings.planner is Planning.ON and settings.task is Task.SONG:
        raise EngineMissingError(
            f"ACE-Step's planner cannot be found under {MODELS} or in the hub's cache.",
            remedy=f"Run python -m core models get {PUBLISHED[-1].name}, or set ACE-Step's planner to off.",
        )
    return folder


def planner_id(settings: AceStepSettings) -> str:
    """Return what changes when the planner's files do; empty without one."""
    folder = _here(settings)
    return f"planner {fingerprint(folder)}" if folder is not None and folder.is_dir() else ""


def _here(settings: AceStepSettings) -> Path | None:
    if settings.planner is Planning.OFF or settings.task is not Task.SONG:
        return None
    if settings.planner_folder:
        return Path(settings.planner_folder).expanduser()
    return largest_fitting(list(filter(None, map(found, PUBLISHED))), device_here())


def reads_codes(folder: Path, settings: AceStepSettings) -> str:
    """Return why the checkpoint cannot play codes, to note where auto goes without; empty when it can.

    Raises EngineInputError when a planner is asked for, and what ``checkpoint.inspect`` does.
    """
    lacking = [name for name in READERS if name not in inspect(folder).parts]
    if not lacking:
        return ""
    sentence = f"The checkpoint {folder.name} plays no audio codes: it has no {' and no '.join(lacking)}."
    if settings.planner is Planning.ON:
        raise EngineInputError(
            sentence, remedy="Take a checkpoint that has them, or set ACE-Step's planner to off."
        )
    return f"{sentence} The song was made without the planner."


def brief_of(order: Order) -> Brief:
    """Return what the planner is asked: the plan is the authority on all of it."""
    description = describe(order)
    return Brief(
        caption=description.caption,
        lyrics=lyrics_of(passages(order)),
        duration_s=order.duration_s,
        bpm=description.bpm,
        key=description.key,
        meter=description.meter,
        language="" if description.language == UNKNOWN else description.language,
    )


def reported(planner: Planner, codes: Codes) -> dict[str, Any]:
    """Return the planner's part of a song's figures."""
    return {
        "model": planner.name,
        "count": len(codes.numbers),
        "unique_share": round(codes.unique_share, 4),
        "longest_repeat_s": round(codes.longest_repeat_s, 2),
        "codes": list(codes.numbers),
    }


def planner_asked(settings: AceStepSettings) -> Path:
    """Return the planner's folder for what cannot be done without one; raises EngineMissingError."""
    folder = planner_folder(settings.model_copy(update={"planner": Planning.ON, "task": Task.SONG}))
    if folder is None:
        raise ValueError("a planner that is on has a folder")
    return folder


def listened(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of an order that has a song to listen to, whatever else was asked."""
    options = {**(values.get("options") or {}), "task": Task.COVER.value}
    return {**values, "options": options, "plan": None, "seed": 0, "prompt": values.get("prompt") or "a song"}


def matched(values: Mapping[str, Any], duration_s: float) -> Brief | None:
    """Return the brief that a song is held against; None where no prompt was given."""
    prompt = str(values.get("prompt") or "").strip()
    lyrics = str(values.get("typed_lyrics") or "").strip() or NO_WORDS
    return Brief(prompt, lyrics, duration_s) if prompt else None

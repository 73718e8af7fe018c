"""Presets of a stage's settings: kept by name in one small file beside the studio's index, shared as files.

A preset holds what any song can take: neither a song's own plan nor a reference track is part of it, nor
what is the operator's alone.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.errors import InputError, StorageError
from core.machine.home import storage_error
from core.machine.hosting import is_operators
from core.runs.pipeline import RunSettings
from core.sentences import sentences
from core.stages.base import StageSettings
from core.ui.labels import write_json

LONGEST_NAME = 60
MOST = 50
"""Presets of one person for one stage."""
OF_A_SONG = ("plan", "reference", "words")
"""Settings that belong to one song."""
FORM = "gainstage_preset"
_NAME = "presets.json"
_lock = threading.Lock()


def presets(home: Path, owner: str, stage: str) -> Mapping[str, Any]:
    """Return a person's presets of a stage by name. Raises StorageError for a file that cannot be read."""
    of_owner: Mapping[str, Any] = _read(home / _NAME).get(owner, {}).get(stage, {})
    return of_owner


def put_preset(home: Path, owner: str, stage: str, name: str, settings: StageSettings) -> None:
    """Keep settings under a name, in the place of those it had. Raises InputError, StorageError."""
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise InputError("The preset has no name.", remedy="Write a name for it.")
    with _lock:
        everyone = _read(home / _NAME)
        of_stage = everyone.setdefault(owner, {}).setdefault(stage, {})
        if name not in of_stage and len(of_stage) >= MOST:
            raise InputError(f"There are {MOST} presets of this stage already.", remedy="Delete one first.")
        of_stage[name] = _shared(settings)
        write_json(home / _NAME, everyone)


def delete_preset(home: Path, owner: str, stage: str, name: str) -> None:
    """Delete a preset; nothing where there is none of that name. Raises StorageError."""
    with _lock:
        everyone = _read(home / _NAME)
        everyone.get(owner, {}).get(stage, {}).pop(name, None)
        write_json(home / _NAME, everyone)


def preset_file(stage: str, settings: StageSettings) -> str:
    """Return settings as a file that :func:`read_preset` reads, JSON."""
    return json.dumps({FORM: stage, "settings": _shared(settings)}, indent=1)


def read_preset(text: str, stage: str, current: StageSettings) -> StageSettings:
    """Return the settings of a preset's file for a song that has ``current``. Raises InputError."""
    try:
        read = json.loads(text)
    except ValueError as error:
        raise InputError("The file is no preset: it is not JSON.", remedy=_REMEDY) from error
    if not isinstance(read, dict) or FORM not in read or not isinstance(read.get("settings"), dict):
        raise InputError("The file is no preset of the studio.", remedy=_REMEDY)
    if read[FORM] != stage:
        raise InputError(f"The preset is one of {read[FORM]}, not of {stage}.", remedy=_REMEDY)
    return with_preset(read["settings"], stage, current)


_REMEDY = "Choose a file that “Download” of this page's presets made."


def with_preset(given: Mapping[str, Any], stage: str, current: StageSettings) -> StageSettings:
    """Return a preset's settings with what belongs to the song as in ``current``. Raises InputError."""
    own = {name: getattr(current, name) for name in _own(current)}
    try:
        # Read as a whole run's, which checks each engine's own settings and takes those of earlier versions.
        return RunSettings.model_validate({stage: {**given, **own}}).of(stage)
    except ValidationError as error:
        raise InputError(
            " ".join(sentences(error, RunSettings)[:3]),
            remedy="The preset was made by another version, or changed by hand; it is not used.",
        ) from error


def usual(current: StageSettings) -> StageSettings:
    """Return the defaults, with what belongs to the song as in ``current``."""
    return type(current)().model_copy(update={name: getattr(current, name) for name in _own(current)})


def _own(settings: StageSettings) -> tuple[str, ...]:
    fields = type(settings).model_fields.items()
    return tuple(name for name, info in fields if name in OF_A_SONG or is_operators(info))


def _shared(settings: StageSettings) -> dict[str, Any]:
    return settings.model_dump(mode="json", exclude=set(_own(settings)))


def _read(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(read, dict):
            raise ValueError("not an object")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise storage_error(error, f"{path} cannot be read.") from error
    except ValueError as error:
        raise StorageError(
            f"{path} is damaged: the presets cannot be read.",
            remedy="Move the file away and save the presets again.",
            detail=str(error),
        ) from error
    return read

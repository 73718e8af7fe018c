"""Hosted mode: what is the operator's alone, whoever the visitor is.

The operator is whoever reaches the machine itself: its command line and its environment. What names files of
the machine, runs code from elsewhere or fills its disk is theirs. A settings field says so of itself with
``json_schema_extra={"operator_only": True}``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from core.errors import SettingsError

DOWNLOADS = "GAINSTAGE_HOSTED_DOWNLOADS"


def downloads_allowed() -> bool:
    """Return whether the operator lets visitors download weights."""
    return os.environ.get(DOWNLOADS) == "1"


def is_operators(info: FieldInfo) -> bool:
    """Return whether a setting is the operator's alone."""
    extra = info.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("operator_only"))


def refuse_operators(settings: BaseModel, before: BaseModel | None = None) -> None:
    """Raise SettingsError when a visitor's settings set something that is the operator's.

    A default reaches nothing and is always allowed. ``before``: the settings that they change; what stands
    there already may stay, for the operator may have started that song.
    """
    found = next(_set_by_visitor(settings, before, ()), None)
    if found is not None:
        path, title = found
        raise SettingsError(
            f"{title} ({path}) is the operator's alone on this server.",
            causes=("it reaches into the server's own files or code",),
            remedy="Leave it as it is; run the studio on your own machine to use it.",
        )


def operators_own(settings: BaseModel) -> Iterator[tuple[str, str, object]]:
    """Yield place, title and value of every setting that is the operator's and is not its default."""
    for path, title in _set_by_visitor(settings, None, ()):
        value: Any = settings
        for part in path.split("."):
            if isinstance(value, BaseModel):
                value = getattr(value, part)
            else:
                value = value[part] if isinstance(value, Mapping) else value[int(part)]
        yield path, title, value


def _set_by_visitor(
    settings: BaseModel, before: BaseModel | None, path: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    known = before if type(before) is type(settings) else None
    for name, info in type(settings).model_fields.items():
        value, here = getattr(settings, name), (*path, name)
        default = info.get_default(call_default_factory=True)
        stood = getattr(known, name) if known is not None else default
        if is_operators(info):
            if value not in (stood, default):
                yield ".".join(here), info.title or name.replace("_", " ").capitalize()
            continue
        for key, inner in _models(value):
            was = dict(_models(stood)).get(key)
            yield from _set_by_visitor(inner, was, (*here, *key))


def _models(value: Any) -> Iterator[tuple[tuple[str, ...], BaseModel]]:
    """Yield the settings inside a setting, each with its place in it."""
    if isinstance(value, BaseModel):
        yield (), value
    elif isinstance(value, Mapping):
        yield from (((str(key),), item) for key, item in value.items() if isinstance(item, BaseModel))
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        yield from (((str(n),), item) for n, item in enumerate(value) if isinstance(item, BaseModel))

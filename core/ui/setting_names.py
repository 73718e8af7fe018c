"""Settings as a person reads them: titles and units in place of field names, values in place of Python's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from core.blame.difference import REQUEST, Setting
from core.runs.pipeline import stage_named
from core.song import SongRequest
from core.ui.length import length_text
from core.ui.words import number, option_word
from core.values import Json

REQUESTED = "Request"
LENGTH = "duration_s"
DEFAULT = "default"
NOTHING = "none"
OTHER = "another file of the same name"
LONGEST_TEXT = 120
TITLES = {
    "instrumental": "Instrumental",
    "sample_rate": "Sample rate (Hz)",
    "typed_lyrics": "Lyrics",
    "duration_s": "Length (m:ss)",
    "prompt": "Prompt",
    "seed": "Seed",
    "upload": "Uploaded audio",
    "midi": "MIDI file",
    "name": "File",
    "names": "Files",
}
"""Of fields without a title of their own, and of those of the request, whose titles begin a sentence."""
CARRIED = ("key", "base64", "sounds")
"""Fields that are a file's content, or its hash: they say nothing to a person, what it is called does."""


@dataclass(frozen=True)
class Row:
    """One setting that differs, ready to be shown."""

    where: str
    title: str
    a: str
    b: str


def rows(settings: Sequence[Setting]) -> tuple[Row, ...]:
    """Return settings that differ; a file's content is left out where its name differs too."""
    named = {_owner(setting) for setting in settings if not _is_content(setting)}
    return tuple(_row(s) for s in settings if not (_is_content(s) and _owner(s) in named))


def _owner(setting: Setting) -> tuple[str, str]:
    return setting.stage, setting.name.rpartition(".")[0]


def _row(setting: Setting) -> Row:
    model: Any = SongRequest if setting.stage == REQUEST else stage_named(setting.stage).settings_type
    where = REQUESTED if setting.stage == REQUEST else stage_named(setting.stage).title
    if _is_content(setting):
        a, b = (NOTHING if value is None else OTHER for value in (setting.a, setting.b))
        return Row(where, _title(model, _owner(setting)[1]), a, b)
    missing = NOTHING if setting.stage == REQUEST or _stands_alone(setting.name) else DEFAULT
    typed = setting.stage == REQUEST or setting.name.endswith(".name")
    shown = length_text if setting.name == LENGTH else partial(_value, typed=typed)
    a, b = (missing if value is None else shown(value) for value in (setting.a, setting.b))
    return Row(where, _title(model, setting.name), a, b)


def _is_content(setting: Setting) -> bool:
    return "." in setting.name and setting.name.rpartition(".")[2] in CARRIED


def _stands_alone(name: str) -> bool:
    """Return whether a field is a file, a plan or words, which are there or not, rather than a value."""
    return name.partition(".")[0] in ("reference", "plan", "words")


def _title(model: type[BaseModel], name: str) -> str:
    """Return the title of a dotted name, with its unit: "Faders, drums: Gain (dB)"."""
    first, _, rest = name.partition(".")
    info = model.model_fields.get(first)
    if info is None:
        return name
    if not rest:
        return _own_title(info, first)
    inner, leaf = _inner(info.annotation), rest
    entry = ""
    if inner is not None and rest not in inner.model_fields:
        entry, _, leaf = rest.rpartition(".")
        entry, leaf = (entry, leaf) if leaf in inner.model_fields else (rest, "")
    head = _own_title(info, first) + (f", {entry}" if entry else "")
    return f"{head}: {_own_title(inner.model_fields[leaf], leaf)}" if inner is not None and leaf else head


def _inner(annotation: Any) -> type[BaseModel] | None:
    """Return the model that a field holds: itself, or None, or by name."""
    holds_others = get_origin(annotation) in (Union, UnionType, dict)
    kinds = get_args(annotation) if holds_others else (annotation,)
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _own_title(info: FieldInfo, name: str) -> str:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    title = TITLES.get(name) or info.title or name.replace("_", " ").capitalize()
    unit = str(extra.get("unit", ""))
    return f"{title} ({unit})" if unit and unit.lower() not in title.lower() else title


def _value(value: Json, *, typed: bool) -> str:
    """Return a value as text; what a person ``typed`` stands as it is, an option by its usual name."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return number(value, 0 if float(value).is_integer() else _digits(value))
    if isinstance(value, list):
        plain = [_value(one, typed=typed) for one in value if not isinstance(one, list | dict)]
        return ", ".join(plain) if len(plain) == len(value) and value else _count(len(value))
    if isinstance(value, dict):
        plain = [str(one) for one in value.values() if isinstance(one, str)]
        return ", ".join(plain) if len(plain) == len(value) and value else _count(len(value))
    text = " ".join(str(value).split())
    text = text if typed else option_word(text)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def _digits(value: float) -> int:
    return min(3, len(f"{value:.3f}".rstrip("0").partition(".")[2]))


def _count(entries: int) -> str:
    return "none" if not entries else f"{entries} {'entry' if entries == 1 else 'entries'}"

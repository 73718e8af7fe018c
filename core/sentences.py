"""What pydantic refused, in sentences that a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

_TEMPLATES = {
    "greater_than_equal": "{name} must be at least {ge:g}; it is {got}.",
    "less_than_equal": "{name} must be at most {le:g}; it is {got}.",
    "greater_than": "{name} must be more than {gt:g}; it is {got}.",
    "less_than": "{name} must be less than {lt:g}; it is {got}.",
    "string_too_long": "{name} has {length:,} characters; at most {max_length:,} are taken.",
    "string_too_short": "{name} needs at least {min_length} characters.",
    "too_long": "{name} has too many entries; at most {max_length} are taken.",
    "missing": "{name} is missing.",
    "extra_forbidden": "There is no setting {name}.",
    "enum": "{name} must be {expected}; it is {got!r}.",
    "finite_number": "{name} must be a finite number.",
}
_NOT_A = {
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "bool_parsing": "on or off",
}


def sentences(error: ValidationError, model: type[BaseModel] | None = None) -> tuple[str, ...]:
    """Return one sentence for each setting that was refused; ``model`` gives the settings their titles."""
    return tuple(sentence(problem, _name(problem["loc"], model)) for problem in error.errors())


def sentence(problem: Mapping[str, Any], name: str) -> str:
    """Return one problem of a ValidationError as a sentence about the setting ``name``."""
    kind, got = problem["type"], problem.get("input")
    if kind in _NOT_A:
        return f"{name} must be {_NOT_A[kind]}; it is {got!r}."
    template = _TEMPLATES.get(kind)
    if template is None:
        return f"{name}: {problem['msg'].removeprefix('Value error, ')}."
    length = len(got) if isinstance(got, (str, list, tuple)) else 0
    return template.format(name=name, got=got, length=length, **problem.get("ctx", {}))


def _name(loc: tuple[int | str, ...], model: type[BaseModel] | None) -> str:
    if not loc:
        return "The settings"
    field = model.model_fields.get(str(loc[0])) if model is not None else None
    first = field.title if field is not None and field.title else str(loc[0]).replace("_", " ")
    rest = [str(part + 1) if isinstance(part, int) else part.replace("_", " ") for part in loc[1:]]
    return " / ".join([first[:1].upper() + first[1:], *rest])

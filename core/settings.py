"""What settings are made of: the base of every model, and fields with all that a page needs to draw them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """Frozen, bounded; unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def knob(default: float, low: float, high: float, unit: str, title: str, help: str, step: float = 0.1) -> Any:
    """A bounded number."""
    return _bounded(float(default), low, high, unit, title, help, step)


def count(default: int, low: int, high: int, unit: str, title: str, help: str, step: int = 1) -> Any:
    """A bounded whole number."""
    return _bounded(default, low, high, unit, title, help, step)


def _bounded(default: float, low: float, high: float, unit: str, title: str, help: str, step: float) -> Any:
    return Field(
        default=default,
        ge=low,
        le=high,
        title=title,
        description=help,
        json_schema_extra={"unit": unit, "step": step},
    )


def pick(default: Any, title: str, help: str, *, operator_only: bool = False) -> Any:
    """A switch, one of some choices, or settings inside settings."""
    extra: dict[str, Any] = {"operator_only": True} if operator_only else {}
    return Field(default=default, title=title, description=help, json_schema_extra=extra)


def machine_line(title: str, help: str) -> Any:
    """A line of text that names a file or model of this machine: in hosted mode the operator's alone."""
    return Field(
        default="",
        title=title,
        max_length=1000,
        description=help,
        json_schema_extra={"operator_only": True, "one_line": True},
    )

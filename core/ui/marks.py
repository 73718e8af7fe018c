"""Marks behind a control's label, where it differs: the value of the last render, and the default."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import BaseModel

from core.ui.words import number, option_word, plain

LONGEST = 24


@dataclass(frozen=True)
class Beside:
    """What the values of a model's controls are marked against; None: against nothing."""

    rendered: BaseModel | None = None
    usual: BaseModel | None = None

    def mark(self, name: str, value: Any) -> str:
        """Return what stands behind the label of a control at ``value``; empty when nothing differs."""
        marks = []
        if self.rendered is not None and not _same(value, getattr(self.rendered, name)):
            marks.append(f":blue[was {_said(getattr(self.rendered, name))}]")
        if self.usual is not None and not _same(value, getattr(self.usual, name)):
            marks.append(f"default {_said(getattr(self.usual, name))}")
        return f" :small[({', '.join(marks)})]" if marks else ""

    def within(self, name: str) -> Beside:
        """Return the same for the model that a field holds."""
        inner = (getattr(one, name, None) for one in (self.rendered, self.usual))
        return Beside(*(one if isinstance(one, BaseModel) else None for one in inner))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        # Choices of several: a control has them in its own order.
        return len(one) == len(other) and all(each in other for each in one)
    return bool(one == other)


def _said(value: Any) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return number(value, len(f"{float(value):.3f}".rstrip("0").partition(".")[2]))
    if isinstance(value, list | tuple):
        return ", ".join(_said(one) for one in value) or "none"
    text = option_word(str(value.value)) if isinstance(value, Enum) else " ".join(str(value).split())
    return plain(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")

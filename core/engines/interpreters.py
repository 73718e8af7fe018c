"""Interpreters that engines have for themselves, where their packages clash with the studio's."""

from __future__ import annotations

import os
from pathlib import Path

from core.engines.base import Availability, EngineCard

ROOT = Path(__file__).parents[2]


def interpreter_variable(card: EngineCard) -> str:
    """Return the name of the environment variable that gives an engine an interpreter of its own."""
    return f"GAINSTAGE_{card.name.upper().replace('-', '_')}_PYTHON"


def own_interpreter(card: EngineCard) -> str | None:
    """Return the interpreter that an engine has for itself: the one that was named, or that make made."""
    named = os.environ.get(interpreter_variable(card))
    if named:
        return named
    for inside in ("bin/python", "Scripts/python.exe"):
        made = ROOT / f".venv-{card.name}" / inside
        if made.is_file():
            return str(made)
    return None


def needs_interpreter(card: EngineCard, why: str) -> Availability:
    """Return whether the engine has an interpreter of its own; what is in it shows when it starts."""
    interpreter, variable = own_interpreter(card), interpreter_variable(card)
    if interpreter is None:
        remedy = f"{card.how_to_add} An interpreter that has it elsewhere is named in {variable}."
        return Availability(False, f"{why}, so it needs an interpreter of its own.", remedy)
    if not Path(interpreter).is_file():
        remedy = f"Correct {variable}, or remove it. {card.how_to_add}"
        return Availability(False, f"{variable} names no file.", remedy)
    return Availability(True, "it has an interpreter of its own.")

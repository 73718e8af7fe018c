"""The interpreters that engines have for themselves, where their packages clash with the studio's."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

from core.contract import Severity
from core.engines.base import EngineCard
from core.engines.interpreters import interpreter_variable, own_interpreter
from core.facts.fact import Fact, bad, ok

ANSWER_LIMIT_S = 10.0


def interpreters(cards: tuple[EngineCard, ...]) -> Iterator[Fact]:
    """Start every interpreter that is named or was made, and let it tell its version."""
    for card in cards:
        named = own_interpreter(card)
        if named is not None:
            yield _answers(card, named)


def _answers(card: EngineCard, interpreter: str) -> Fact:
    name = f"interpreter: {card.title}"
    script = "import platform; print(platform.python_version())"
    try:
        asked = subprocess.run(
            [interpreter, "-c", script], capture_output=True, text=True, timeout=ANSWER_LIMIT_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        return bad(
            Severity.WARN,
            name,
            f"{interpreter} does not answer: {error}.",
            f"Correct {interpreter_variable(card)}, or remove it. {card.how_to_add}",
            "the path is misspelt",
            "its environment was moved, or the Python that it was made with is gone",
        )
    return ok(name, f"{interpreter}: Python {asked.stdout.strip()}.")

"""The child's side of the language model: a question in, its answer out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.engines.checkpoint import usual_place
from core.engines.child import WorkerError
from core.engines.shared.held import HoldsModel
from core.engines.writer.card import CARD
from core.progress import Report

if TYPE_CHECKING:
    from core.engines.writer.generation import Question
    from core.engines.writer.loading import Model

MOST_TOKENS = 8192
LONGEST_QUESTION = 60_000
"""Characters."""


class Worker(HoldsModel):
    """A language model; loads its weights at the first question, and again when the checkpoint changed."""

    def answer(
        self, values: Mapping[str, Any], sounds: Mapping[str, Any], report: Report
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Answer the question of ``values``.

        values: "question", "tokens" (longest answer), "seed", "temperature", "top_p", "checkpoint".

        Returns values: "text", "tokens", "finished" (False: the limit cut it off), "model", "notes", and
        "untrained" where the checkpoint says so; no sounds.
        Raises EngineInputError, EngineMissingError, EngineMemoryError and EngineError; what ``report`` raises
        ends the answer within one token, and the model stays usable.
        """
        question = read_question(values)
        report(0.0, "Loading the language model")
        from core.engines.writer.generation import answer
        from core.engines.writer.loading import load

        named = str(values.get("checkpoint") or "")
        folder = Path(named).expanduser() if named else usual_place(CARD, "A language model")
        model: Model = self._ready(load, folder)

        def step(count: int) -> None:
            report(count / question.tokens, f"{count} of at most {question.tokens} tokens")

        made = answer(model, question, step)
        reply = {
            "text": made.text,
            "tokens": made.tokens,
            "finished": made.finished,
            "model": model.name,
            "notes": list(model.notes),
            **({"untrained": True} if model.untrained else {}),
        }
        return reply, {}


def read_question(values: Mapping[str, Any]) -> Question:
    """Return the question in ``values``; WorkerError ("engine_input") for what is out of bounds."""
    from core.engines.writer.generation import Question

    try:
        question = Question(
            text=str(values["question"]),
            tokens=int(values["tokens"]),
            seed=int(values["seed"]),
            temperature=float(values["temperature"]),
            top_p=float(values["top_p"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _refused(f"its question cannot be read ({error!r})") from error
    if not 0 < len(question.text) <= LONGEST_QUESTION:
        raise _refused(f"a question of {len(question.text)} characters is empty or too long")
    for name, value, low, high in (
        ("tokens", question.tokens, 1, MOST_TOKENS),
        ("seed", question.seed, 0, 2**63 - 1),
        ("temperature", question.temperature, 0.01, 10.0),
        ("top_p", question.top_p, 0.01, 1.0),
    ):
        if not (low <= value <= high and math.isfinite(value)):
            raise _refused(f"{name} is {value:g}, outside {low:g} to {high:g}")
    return question


def _refused(why: str) -> WorkerError:
    return WorkerError(
        f"The language model was not asked: {why}.", "Choose settings within their bounds.", "engine_input"
    )

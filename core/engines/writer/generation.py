"""One question and its answer, token by token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from transformers import LogitsProcessor, StoppingCriteria

from core.engines.writer.loading import Model
from core.errors import EngineError, EngineInputError

Step = Callable[[int], None]
"""Called with the tokens of the answer so far; what it raises ends the answer."""


@dataclass(frozen=True)
class Question:
    """What is asked, and how the answer is drawn."""

    text: str
    tokens: int
    """Longest answer."""
    seed: int
    temperature: float
    top_p: float


@dataclass(frozen=True)
class Answered:
    """The answer; ``finished`` is whether the model ended it, rather than the limit."""

    text: str
    tokens: int
    finished: bool


class _Watch(StoppingCriteria):
    """Counts the tokens, and is where a cancel gets in."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._count = 0

    def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
        self._count += 1
        self._step(self._count)
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)


class _Numbers(LogitsProcessor):
    """Refuses scores that are not numbers before they are drawn from: on CUDA that would end the process.

    Minus infinity is a piece that was ruled out.
    """

    def __init__(self, model: Model) -> None:
        self._model = model

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        highest = float(scores.max())
        if not -float("inf") < highest < float("inf"):
            raise EngineError(
                f"The language model {self._model.name} computed values that are not numbers.",
                causes=(
                    f"{self._model.precision} on {self._model.device} overflows with these weights",
                    "the weights are damaged",
                ),
                remedy="Try another prompt or seed; if it stays, download the model again.",
            )
        return scores


def answer(model: Model, question: Question, step: Step) -> Answered:
    """Return the model's answer; the same seed gives the same one.

    Raises EngineInputError for a question that its window does not hold, EngineError when it computes no
    numbers, and whatever ``step`` raises.
    """
    ids = _asked(model, question)
    torch.manual_seed(question.seed)
    with torch.inference_mode():
        out = model.network.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=question.tokens,
            do_sample=True,
            temperature=question.temperature,
            top_p=question.top_p,
            pad_token_id=_padding(model),
            logits_processor=[_Numbers(model)],
            stopping_criteria=[_Watch(step)],
        )
    made = out[0, ids.shape[1] :]
    text = model.tokenizer.decode(made, skip_special_tokens=True)
    return Answered(text, len(made), bool(len(made)) and int(made[-1]) in _ends(model))


def _asked(model: Model, question: Question) -> Any:
    """Return the question in the model's own form, tokens (1, n)."""
    # What a model thinks aloud is not sung: those that can be set not to, are.
    words = model.tokenizer.apply_chat_template(
        [{"role": "user", "content": question.text}],
        tokenize=False,
        add_generation_prompt=True,
        enable_thinking=False,
    )
    ids = model.tokenizer(words, add_special_tokens=False, return_tensors="pt").input_ids
    room = model.window - ids.shape[1]
    if room < question.tokens:
        raise EngineInputError(
            f"The language model {model.name} reads and writes {model.window} tokens at once; the plan takes"
            f" {ids.shape[1]} and its words up to {question.tokens}.",
            causes=("the model's window is small", "the prompt is very long"),
            remedy="Name a model with a longer window, or shorten the prompt or the song.",
        )
    return ids.to(model.device)


def _ends(model: Model) -> set[int]:
    """Return the tokens that end an answer."""
    reported = model.network.generation_config.eos_token_id
    if reported is None:
        reported = model.tokenizer.eos_token_id
    return set(reported) if isinstance(reported, (list, tuple)) else {reported} - {None}


def _padding(model: Model) -> int | None:
    reported = model.network.generation_config.pad_token_id
    if reported is None:
        reported = model.tokenizer.pad_token_id
    ends = sorted(_ends(model))
    return int(reported) if reported is not None else ends[0] if ends else None

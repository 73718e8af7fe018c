"""One window of MusicGen: text and the codes so far in, codes and their sound out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from transformers import LogitsProcessor, StoppingCriteria

from core.engines.musicgen.loading import Model
from core.engines.shared.musicgen_order import Order
from core.engines.shared.windows import Window
from core.errors import EngineError

Samples = npt.NDArray[np.float32]
Step = Callable[[int], None]
"""Called with the steps of this window so far; what it raises ends the window."""


class _Watch(StoppingCriteria):
    """Counts the steps, keeps the codes, and is where a cancel gets in. It never stops a row early.

    (A row that ends early leaves codes that the model cannot lay out: transformers 5.23 crashes on them.)
    """

    def __init__(self, step: Step) -> None:
        self._step = step
        self._count = 0
        self._none: Any = None
        self.ids: Any = None

    def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
        self._count += 1
        self.ids = input_ids
        self._step(self._count)
        if self._none is None:
            self._none = torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)
        return self._none


class _Numbers(LogitsProcessor):
    """Refuses scores that are not numbers before they are drawn from: on CUDA that would end the process."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        # One sum tells of any of them: NaN and infinity survive it, and no score is near the largest float.
        if not math.isfinite(float(scores.sum())):
            raise EngineError(
                f"MusicGen ({self._model.name}) computed values that are not numbers.",
                causes=(
                    f"{self._model.precision} on {self._model.device} overflows with these weights",
                    "the weights are damaged",
                ),
                remedy="Try another prompt or seed; if it stays, download the model again.",
            )
        return scores


def play(
    model: Model, order: Order, ids: Any, window: Window, context: Any, seed: int, step: Step
) -> tuple[Any, Samples]:
    """Return the window's codes (codebooks, frames), context included, and their sound (samples, channels).

    ``ids``: the text's tokens (1, n); ``context``: codes (codebooks, window.context), None at the start.
    Raises EngineError when the model computes no numbers, and whatever ``step`` raises.
    """
    watch = _Watch(step)
    torch.manual_seed(seed)
    sound = model.network.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        decoder_input_ids=context,
        # The last codebook's frames come some steps after the first's.
        max_new_tokens=window.new + model.delay,
        do_sample=True,
        guidance_scale=order.guidance,
        temperature=order.temperature,
        top_k=order.top_k,
        logits_processor=[_Numbers(model)],
        stopping_criteria=[watch],
    )
    codes = _undelayed(watch.ids, model, window.context + window.new)
    if context is not None:
        codes[:, : window.context] = context
    samples = sound[0].to(torch.float32).cpu().numpy().T
    return codes, np.ascontiguousarray(samples)


def _undelayed(ids: Any, model: Model, frames: int) -> Any:
    """Take the delay pattern back: codebook k (of each channel) starts k steps late, after a start token."""
    rows = []
    for row in range(model.codebooks):
        late = 1 + row // model.channels
        rows.append(ids[row, late : late + frames])
    return torch.stack(rows)

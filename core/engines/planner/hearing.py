"""The planner read backwards: audio codes in, what they are in words out, and how well they match a brief.

As ACE-Step 1.5 does it (``acestep/llm_inference.py``): the codes are what the user says, the answer is the
metadata block in ``<think>`` and the lyrics after it. The likeliest token is taken each time: the same
song is always understood the same way; the end comes at the latest after :data:`MOST_TOKENS`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from core.engines.planner.answer import Understood, parsed
from core.engines.planner.codes import in_text
from core.engines.planner.loading import Model
from core.engines.planner.prompt import Brief, prompts, understanding
from core.errors import EngineInputError
from core.progress import Report

MOST_TOKENS = 1024


def understand(model: Model, codes: Sequence[int], report: Report) -> Understood:
    """Return what the planner says of a song's codes.

    Raises EngineInputError for a song that its window does not hold, and within one token whatever ``report``
    raises.
    """
    ids = _read(model, understanding(in_text(codes), model.tokenizer), MOST_TOKENS)
    end = model.tokenizer.eos_token_id
    said: list[int] = []
    past = None
    with torch.inference_mode():
        for number in range(MOST_TOKENS):
            made = model.network(input_ids=ids, past_key_values=past, use_cache=True, logits_to_keep=1)
            past = made.past_key_values
            scores = made.logits[0, -1].float().index_fill(0, model.code_ids, -math.inf)
            token = int(scores.argmax())
            if token == end:
                break
            said.append(token)
            report((number + 1) / MOST_TOKENS, f"Word {number + 1}")
            ids = ids.new_tensor([[token]])
    return parsed(model.tokenizer.decode(said, skip_special_tokens=False))


def match(model: Model, brief: Brief, codes: Sequence[int]) -> float:
    """Return how much likelier the brief makes the codes than none does: nats a code, above 0 for a match.

    Each code is judged after those before it (teacher forcing), among the codes alone. Raises
    EngineInputError for a song that its window does not hold.
    """
    if max(codes) >= len(model.code_ids):
        raise EngineInputError(
            f"The planner {model.name} knows {len(model.code_ids):,} codes; the song holds {max(codes):,}.",
            causes=("the planner and the song model do not belong together",),
            remedy="Take a planner as it was published for ACE-Step 1.5.",
        )
    asked, free = (_mean_log_chance(model, prompt, codes) for prompt in prompts(brief, model.tokenizer))
    return asked - free


def _mean_log_chance(model: Model, prompt: str, codes: Sequence[int]) -> float:
    ids = _read(model, prompt, len(codes))
    given = model.code_ids[torch.tensor(list(codes), device=model.code_ids.device)]
    whole = torch.cat([ids, given[None, :]], dim=1)
    with torch.inference_mode():
        logits = model.network(input_ids=whole, logits_to_keep=len(codes) + 1).logits[0, :-1]
    chances = torch.log_softmax(logits.index_select(-1, model.code_ids).float(), dim=-1)
    numbers = torch.tensor(list(codes), device=chances.device)
    return float(chances.gather(1, numbers[:, None]).mean())


def _read(model: Model, prompt: str, more: int) -> Any:
    ids = model.tokenizer(prompt, add_special_tokens=False).input_ids
    if len(ids) + more > model.window:
        raise EngineInputError(
            f"The planner {model.name} holds {model.window:,} tokens; the song takes {len(ids) + more:,}.",
            causes=("the song or its lyrics are very long",),
            remedy="Take a part of the song.",
        )
    return torch.tensor([ids], device=model.code_ids.device)

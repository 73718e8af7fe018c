"""Audio codes drawn one by one, the guided side against the unguided one: exactly as many as are asked for.

CFG 2.0, temperature 0.85 and top-p 0.9 are ACE-Step 1.5's own. What is no code is masked, the end as well.
"""

from __future__ import annotations

from typing import Any

import torch

from core.engines.planner.loading import Model
from core.engines.planner.prompt import Brief, prompts
from core.errors import EngineError, EngineInputError
from core.progress import Report

GUIDANCE = 2.0
TEMPERATURE = 0.85
TOP_P = 0.9


def draw(model: Model, brief: Brief, count: int, seed: int, report: Report) -> list[int]:
    """Return ``count`` codes; the same seed gives the same ones.

    Raises EngineInputError for a song that its window does not hold, EngineError when it computes no numbers,
    and within one code whatever ``report`` raises.
    """
    ids, mask = _tokens(model, brief, count)
    chances = torch.rand(count, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).tolist()
    codes: list[int] = []
    places = (mask.cumsum(-1) - 1).clamp(min=0)
    past = None
    with torch.inference_mode():
        for number, chance in enumerate(chances, start=1):
            made = model.network(
                input_ids=ids,
                attention_mask=mask,
                position_ids=places,
                past_key_values=past,
                use_cache=True,
                logits_to_keep=1,
            )
            past = made.past_key_values
            code = drawn(_guided(made.logits[:, -1], model), chance)
            codes.append(code)
            report(number / count, f"Code {number} of {count}")
            ids = model.code_ids[code].expand(2, 1)
            mask = torch.cat([mask, mask.new_ones(2, 1)], dim=1)
            places = mask.sum(-1, keepdim=True) - 1
    return codes


def drawn(scores: Any, chance: float) -> int:
    """Return the code that ``chance``, from 0 to 1, falls on among the likeliest that make up top-p.

    ``scores``: (codes,), float32.
    """
    likely, order = torch.softmax(scores / TEMPERATURE, dim=-1).sort(descending=True)
    reached = likely.cumsum(-1)
    kept = int((reached - likely < TOP_P).sum())
    edges = reached[:kept]
    at = int(torch.searchsorted(edges, edges[-1] * chance, right=True))
    return int(order[min(at, kept - 1)])


def _guided(logits: Any, model: Model) -> Any:
    """Return the scores of the codes alone; raises EngineError where they are not numbers."""
    asked, free = logits.index_select(-1, model.code_ids).float()
    scores = free + GUIDANCE * (asked - free)
    if not bool(torch.isfinite(scores).all()):
        raise EngineError(
            f"The planner {model.name} computed values that are not numbers.",
            causes=(f"{model.precision} on {model.device} overflows with these weights",),
            remedy="Try another seed; if it stays, download the planner again or set it to off.",
        )
    return scores


def _tokens(model: Model, brief: Brief, count: int) -> tuple[Any, Any]:
    """Return both prompts as tokens (2, n), the shorter one padded at its left, and the mask of them."""
    read = [
        model.tokenizer(text, add_special_tokens=False).input_ids for text in prompts(brief, model.tokenizer)
    ]
    longest = max(len(ids) for ids in read)
    if longest + count > model.window:
        raise EngineInputError(
            f"The planner {model.name} holds {model.window:,} tokens; the song takes {longest + count:,}.",
            causes=("the song or its lyrics are very long",),
            remedy="Make the song shorter, or set ACE-Step's planner to off.",
        )
    padding = model.tokenizer.pad_token_id or 0
    ids = [[padding] * (longest - len(one)) + one for one in read]
    mask = [[0] * (longest - len(one)) + [1] * len(one) for one in read]
    device = model.code_ids.device
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)

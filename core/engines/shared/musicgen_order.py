"""What is to be made, read from the values of a call and checked before a model is loaded.

Standard library only and Python 3.9 syntax: the audiocraft worker reads it under an interpreter of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.engines.child import WorkerError
from core.engines.shared.plan_lengths import OfPlan

LONGEST_S = 3600.0
SHORTEST_S = 0.5
USUAL_TOP_K = 250
"""Copet et al. 2023, section 4.2."""


@dataclass(frozen=True)
class Order(OfPlan):
    """One song as MusicGen gets it."""

    sings: bool
    """Whether there are words that a listener will miss."""
    seed: int
    checkpoint: str
    guidance: float
    temperature: float
    top_k: int
    """How many codes each step is drawn from; 0 leaves it to :func:`drawn_from`."""
    continuation: bool
    context_s: float
    tell_plan: bool


def read_order(values: Mapping[str, Any]) -> Order:
    """Return the order in ``values``.

    Raises WorkerError ("engine_input") for what cannot be read, or is out of bounds.
    """
    options = dict(values.get("options") or {})
    try:
        plan = dict(values["plan"])
        order = Order(
            plan=plan,
            sings=_has_words(values.get("lyrics")) and not plan.get("instrumental", False),
            seed=int(values["seed"]),
            clips=int(values.get("clips", 1)),
            overlap_s=float(values.get("overlap_s", 0.0)),
            checkpoint=str(values.get("checkpoint") or ""),
            guidance=float(options.pop("guidance", 3.0)),
            temperature=float(options.pop("temperature", 1.0)),
            top_k=int(options.pop("top_k", 0)),
            continuation=bool(options.pop("continuation", True)),
            context_s=float(options.pop("context_s", 10.0)),
            tell_plan=bool(options.pop("tell_plan", True)),
        )
        duration_s = order.duration_s
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError) as error:
        raise WorkerError(
            f"MusicGen was given a plan that it cannot read ({error!r}).",
            "Make the plan afresh from the prompt.",
            "engine_input",
            ("the plan was edited by hand", "it comes from another version of the studio"),
        ) from error
    if options:
        raise _refused(f"it knows no setting {', '.join(sorted(options))}", "Remove that setting.")
    _check_bounds(order, duration_s)
    return order


def _check_bounds(order: Order, duration_s: float) -> None:
    if not (SHORTEST_S <= duration_s <= LONGEST_S and order.form_s > 0.0):
        raise _refused(
            f"a length of {duration_s:g} s is outside {SHORTEST_S:g} to {LONGEST_S:g} s",
            "Ask for a length within those bounds.",
        )
    for name, value, low, high in (
        ("guidance", order.guidance, 1.0, 15.0),
        ("temperature", order.temperature, 0.01, 10.0),
        ("context_s", order.context_s, 1.0, 25.0),
        ("overlap_s", order.overlap_s, 0.0, 60.0),
        ("clips", order.clips, 1, 10),
        ("top_k", order.top_k, 0, math.inf),
    ):
        if not low <= value <= high:
            raise _refused(
                f"{name} is {value:g}, outside {low:g} to {high:g}", "Choose it within those bounds."
            )


def drawn_from(top_k: int, codebook: int) -> int:
    """Return from how many codes to draw: 250, or all where there are fewer, unless it was said.

    Raises WorkerError ("engine_input") when the model has fewer than was said.
    """
    if top_k > codebook:
        raise _refused(
            f"top_k is {top_k}, but the model's codebook has {codebook} entries",
            f"Set top_k to {codebook} or less.",
        )
    return top_k or min(USUAL_TOP_K, codebook)


def _refused(why: str, remedy: str) -> WorkerError:
    return WorkerError(f"MusicGen was not run: {why}.", remedy, "engine_input")


def _has_words(lyrics: Any) -> bool:
    if not isinstance(lyrics, Mapping):
        return False
    return any(section.get("lines") for section in lyrics.get("sections", ()))

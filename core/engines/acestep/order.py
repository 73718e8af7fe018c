"""What ACE-Step 1 is to make, read from the values of a call and checked before a model is loaded.

Standard library only and Python 3.9 syntax: the worker reads it under an interpreter of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.engines.child import WorkerError
from core.engines.shared.plan_lengths import OfPlan

LONGEST_S = 240.0
"""What the model was trained on, at most (Gong et al. 2025, section 4.1)."""
SHORTEST_S = 1.0
SCHEDULERS = ("euler", "heun", "pingpong")
BOUNDS = {"steps": (1, 200), "guidance": (1.0, 30.0), "clips": (1, 10), "overlap_s": (0.0, 60.0)}


@dataclass(frozen=True)
class Order(OfPlan):
    """One song as ACE-Step 1 gets it."""

    lyrics: Mapping[str, Any]
    seed: int
    checkpoint: str
    steps: int
    guidance: float
    scheduler: str


def read_order(values: Mapping[str, Any]) -> Order:
    """Return the order in ``values``; raises WorkerError ("engine_input") for what cannot be made."""
    options = dict(values.get("options") or {})
    try:
        order = Order(
            plan=dict(values["plan"]),
            lyrics=dict(values.get("lyrics") or {}),
            seed=int(values["seed"]),
            clips=int(values.get("clips", 1)),
            overlap_s=float(values.get("overlap_s", 0.0)),
            checkpoint=str(values.get("checkpoint") or ""),
            steps=int(options.pop("steps", 60)),
            guidance=float(options.pop("guidance", 15.0)),
            scheduler=str(options.pop("scheduler", "euler")),
        )
        duration_s = order.duration_s
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError) as error:
        raise WorkerError(
            f"ACE-Step 1 was given a plan that it cannot read ({error!r}).",
            "Make the plan afresh from the prompt.",
            "engine_input",
            ("the plan was edited by hand", "it comes from another version of the studio"),
        ) from error
    if options:
        raise _refused(f"it knows no setting {', '.join(sorted(options))}", "Remove that setting.")
    if not SHORTEST_S <= duration_s <= LONGEST_S:
        raise _refused(
            f"a length of {duration_s:.0f} s is outside {SHORTEST_S:g} to {LONGEST_S:g} s",
            "Ask for a shorter song, or take ACE-Step 1.5.",
        )
    if order.scheduler not in SCHEDULERS:
        raise _refused(f"there is no scheduler {order.scheduler}", f"Take one of {', '.join(SCHEDULERS)}.")
    for name, (low, high) in BOUNDS.items():
        if not low <= getattr(order, name) <= high:
            raise _refused(
                f"{name} is {getattr(order, name):g}, outside {low:g} to {high:g}", "Choose it within those."
            )
    return order


def tags(order: Order) -> str:
    """Return what the music is to be, as the comma-separated tags that the model was trained on."""
    plan = order.plan
    voice = "instrumental" if plan.get("instrumental") else "vocals"
    facts = [
        str(plan.get("prompt", "")).strip().rstrip("."),
        str(plan.get("genre", "")),
        *(str(name) for name in (*plan.get("moods", ()), *plan.get("instruments", ()))),
        f"{round(float(plan['tempo_bpm']))} bpm",
        str(plan.get("key", "")),
        voice,
    ]
    return ", ".join(dict.fromkeys(fact for fact in facts if fact))


def words(order: Order) -> str:
    """Return the lyrics with a tag over each section; ``[instrumental]`` where none are sung."""
    sections = () if order.plan.get("instrumental") else order.lyrics.get("sections", ())
    blocks = [
        "\n".join([f"[{section['kind']}]", *(str(line["text"]) for line in section["lines"])])
        for section in sections
        if section.get("lines")
    ]
    return "\n\n".join(blocks) or "[instrumental]"


def _refused(why: str, remedy: str) -> WorkerError:
    return WorkerError(f"ACE-Step 1 was not run: {why}.", remedy, "engine_input")

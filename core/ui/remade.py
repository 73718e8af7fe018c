"""What a change of settings makes again, and about how long that takes: as long as it took the last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.runs.record import RunRecord, StepRecord, StepState
from core.ui.words import took

_TIMES = "seconds_by_stage"
SHORT_S = 10.0


def seen_times(run: RunRecord) -> Mapping[str, float]:
    """Return the seconds that the stages of ``run`` took when this session last saw them made.

    A stage that came from the cache says nothing of how long it takes.
    """
    of_runs: dict[str, dict[str, float]] = st.session_state.setdefault(_TIMES, {})
    times = of_runs.setdefault(run.id, {})
    for step in run.steps:
        if step.state in (StepState.DONE, StepState.FAILED) and not step.cached:
            times[step.stage] = step.seconds
    return times


def what_is_remade(steps: Sequence[StepRecord], first: str, times: Mapping[str, float]) -> str:
    """Return the stages from ``first`` on in a sentence, with the time where that of each is known."""
    stages = [step.stage for step in steps]
    again = steps[stages.index(first) :]
    names = ", ".join(step.title for step in again)
    if not all(step.stage in times for step in again):
        return f"Re-makes {names}."
    return f"Re-makes {names}: about {_about(sum(times[step.stage] for step in again))}."


def _about(seconds: float) -> str:
    if seconds < SHORT_S:
        return f"{max(seconds, 0.1):.1f} s"
    return f"{seconds:.0f} s" if seconds < 60 else took(seconds)

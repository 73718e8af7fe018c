"""Where a stage's form starts from: the settings of the last render, or those that were loaded into it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.runs.record import RunRecord
from core.stages.base import StageSettings

_HELD = "form_states"


@dataclass(frozen=True)
class FormState:
    """The start of the controls' keys, and the settings that were loaded into them, if any."""

    stands_at: tuple[str, int] | None
    generation: int = 0
    loaded: StageSettings | None = None


def form_state(run: RunRecord | None, stage: str) -> FormState:
    """Return the state of a stage's form; a fresh one whenever the settings changed behind the controls.

    A revision's own number would not do for a key: undo comes back to one whose controls were moved since.
    """
    stands_at = None if run is None else (run.id, run.revision)
    held = _held().get(stage, FormState(stands_at))
    if held.stands_at != stands_at:
        held = FormState(stands_at, held.generation + 1)
    _held()[stage] = held
    return held


def load(stage: str, settings: StageSettings | None) -> None:
    """Let the form start afresh from these settings; None: from those of the last render."""
    held = _held()[stage]
    _held()[stage] = FormState(held.stands_at, held.generation + 1, settings)


def _held() -> dict[str, FormState]:
    states: dict[str, FormState] = st.session_state.setdefault(_HELD, {})
    return states

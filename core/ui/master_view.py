"""What the master stage tells about its own work, and what platforms will do to a level."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.measure import Measurement
from core.platforms import Outcome, platform_outcomes
from core.run import StepRecord
from core.ui.wave import Reduction
from core.ui.words import number


def gain_reduction(step: StepRecord) -> Reduction | None:
    """Return the gain that limiter and glue took away over time; None for a stage that tells of none."""
    curve = step.figures.get("reduction_curve_db")
    return Reduction(tuple(curve), float(step.figures["reduction_hop_s"])) if curve else None


def show_mastering(step: StepRecord) -> None:
    """Draw what was done to reach the target, and what the platforms will do with it."""
    figures = step.figures
    if "gain_db" in figures:
        st.html(
            f'<div class="gs-faint">Target {number(figures["target_lufs"])} LUFS, reached '
            f"{number(figures['reached_lufs'])} with {number(figures['gain_db'])} dB of gain.</div>"
        )
    if step.main is not None:
        show_platforms(step.main.measurement)


def show_platforms(measurement: Measurement) -> None:
    """Draw what each platform will do to a sound of this level."""
    cells = "".join(_cell(outcome) for outcome in platform_outcomes(measurement))
    st.html(
        '<div class="gs-faint">What the platforms will do to its level</div>'
        f'<div class="gs-platforms">{cells}</div>'
    )


def _cell(outcome: Outcome) -> str:
    return (
        f"<div><b>{escape(outcome.platform)}</b> <small>{number(outcome.target_lufs, 0)} LUFS</small>"
        f"<span>{escape(outcome.text)}</span></div>"
    )

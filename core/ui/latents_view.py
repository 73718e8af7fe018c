"""What a diffusion model expected of the sound at every step, and the codes of the planner before it."""

from __future__ import annotations

from html import escape
from pathlib import PurePath
from typing import Any

import streamlit as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from core.runs.record import StepRecord
from core.stages.generate import STEP_FILE
from core.studio import Studio
from core.ui.files_view import contents, media_type

MOST_CELLS = 160
"""Of a strip of codes: more are not told apart on a screen."""
CODES = 64_000
HUES = 330
STEP_FOLDER = STEP_FILE.partition("/")[0] + "/"


class _Step(BaseModel):
    noise: float
    rms: float
    not_numbers: int
    high_share: float


_STEPS = TypeAdapter(list[_Step])
_NUMBERS = TypeAdapter(list[int])


def show_latents(studio: Studio, step: StepRecord) -> None:
    """Draw the chart of a stage's steps, those to listen to, and the strip of its codes; else nothing."""
    planner = step.figures.get("planner")
    if isinstance(planner, dict):
        codes = _read(_NUMBERS, planner.get("codes"))
        if codes:
            st.html(codes_strip(codes, str(planner.get("model", ""))))
    steps = _read(_STEPS, step.figures.get("latents"))
    if steps:
        st.html(steps_chart(steps))
    for name, place in step.files.items():
        if name.startswith(STEP_FOLDER):
            number = int(PurePath(name).stem.removeprefix("step-"))
            with st.container(horizontal=True, vertical_alignment="center"):
                st.html(f'<div class="gs-faint">Step {number}, two seconds</div>', width="content")
                st.audio(contents(studio, place), format=media_type(studio.home / place, step.key))


def steps_chart(steps: list[_Step]) -> str:
    """Return a column a step, as tall as the level of the denoised estimate; its lower part is the high band.

    A step with values that are not numbers stands out, whatever its height.
    """
    loudest = max((step.rms for step in steps if not step.not_numbers), default=0.0) or 1.0
    columns = []
    for number, step in enumerate(steps, start=1):
        said = _said(number, step)
        if step.not_numbers:
            columns.append(f'<div title="{escape(said)}"><i class="gs-nan"></i></div>')
            continue
        tall, high = 100.0 * min(1.0, step.rms / loudest), 100.0 * min(1.0, step.high_share)
        columns.append(
            f'<div title="{escape(said)}"><i style="height:{tall:.1f}%">'
            f'<u style="height:{high:.1f}%"></u></i></div>'
        )
    broken = [number for number, step in enumerate(steps, start=1) if step.not_numbers]
    first, last = steps[0], steps[-1]
    label = (
        f"{len(steps)} steps, level {first.rms:.2f} to {last.rms:.2f}, "
        f"high band {100 * first.high_share:.0f} to {100 * last.high_share:.0f} %"
    )
    warning = f" Not numbers from step {broken[0]} on." if broken else ""
    return (
        '<div class="gs-faint">The sound as the model expects it at each step: level, and in the lower part '
        f"the share of its high band (half is noise).{warning}</div>"
        f'<div class="gs-steps" role="img" aria-label="{escape(label + warning)}">{"".join(columns)}</div>'
    )


def codes_strip(codes: list[int], planner: str) -> str:
    """Return the planner's codes over time as colours: what repeats has one pattern."""
    cells = codes[:: -(-len(codes) // MOST_CELLS)]
    edges = [100.0 * at / len(cells) for at in range(len(cells) + 1)]
    stops = ", ".join(
        f"hsl({HUES * code // CODES} 60% {35 + code % 30}%) {edges[at]:.2f}% {edges[at + 1]:.2f}%"
        for at, code in enumerate(cells)
    )
    differ = 100 * len(set(codes)) / len(codes)
    label = f"{len(codes)} codes of the planner {planner}, {differ:.0f} % of them differ"
    return (
        f'<div class="gs-faint">{escape(label)}</div>'
        f'<div class="gs-codes" role="img" aria-label="{escape(label)}" '
        f'style="background:linear-gradient(to right, {stops})"></div>'
    )


def _said(number: int, step: _Step) -> str:
    if step.not_numbers:
        return f"step {number}: {step.not_numbers} values are not numbers"
    return f"step {number}, noise {step.noise:.2f}: level {step.rms:.3f}, high {100 * step.high_share:.0f} %"


def _read(kind: TypeAdapter[Any], held: object) -> Any:
    """Return what a record holds; None for what another version wrote in another form."""
    try:
        return kind.validate_python(held)
    except ValidationError:
        return None

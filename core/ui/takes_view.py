"""The takes of a song side by side, each a strip with level, verdict and reasons, one press from use."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from core.runs.record import RunRecord, StepRecord
from core.runs.takes import reasons
from core.studio import Studio
from core.ui.match_view import matches, offer_matches
from core.ui.meters import loudness
from core.ui.problem import act
from core.ui.wave import wave
from core.ui.words import verdict_badge


def show_takes(studio: Studio, run: RunRecord) -> None:
    """Draw the takes of a run; nothing for one without several."""
    takes = studio.takes(run.id)
    if len(takes) < 2:
        return
    playing = run.step("generate").main
    st.header("Takes", anchor=False)
    offer_matches(studio, run, takes)
    matched = matches(studio, run)
    for number, step in takes.items():
        in_use = bool(playing and step.main and playing.key == step.main.key)
        with st.container(border=True, key=f"take_{number}"):
            _head(studio, run, number, step, matched, in_use=in_use)
            if step.main:
                wave(
                    studio,
                    step.main.key,
                    name=f"take {number}",
                    place=f"take/{run.id}/{number}",
                    duration_s=step.main.measurement.duration_s,
                    sample_rate=step.main.measurement.sample_rate,
                    findings=step.findings,
                )


def _head(
    studio: Studio, run: RunRecord, number: int, step: StepRecord, matched: Mapping[str, str], *, in_use: bool
) -> None:
    level = f"{loudness(step.main.measurement)} LUFS" if step.main else "no sound"
    level += f" · {matched[step.main.key]}" if step.main and step.main.key in matched else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(
            f'<div class="gs-head">{verdict_badge(step.verdict)}'
            f"<b>Take {number}</b> {escape(level)}{' (in use)' if in_use else ''}</div>"
            f'<div class="gs-faint">{escape(reasons(step))}</div>',
            width="stretch",
        )
        generate = run.settings.generate.model_copy(update={"take": number})
        st.button(
            "In use" if in_use else "Use this take",
            key=f"use_take_{number}",
            disabled=in_use or run.state.live or step.main is None,
            on_click=act(studio.change),
            args=(run.id, run.settings.model_copy(update={"generate": generate})),
        )

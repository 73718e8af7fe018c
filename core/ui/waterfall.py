"""The level waterfall: loudness, true peak and crest of the whole music, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from core.contract import Severity
from core.run import RunRecord, StepRecord
from core.ui.compare import whole
from core.ui.words import number

HEIGHT_PX = 310
FLOOR_DB = -60.0
MOST_LETTERS = 18
YET_TO_COME = "The levels appear here, stage by stage, as each is measured."
NOTHING: list[Any] = [None]
"""What is drawn before there is a level: a point nowhere keeps the legend, and so the chart, in its place."""
COLOURS = {
    "dark": {"lufs": "#4da3ff", "peak": "#c3cad4", "crest": "#8f9baa", "line": "#2c343f", "fail": "#f2727a"},
    "light": {"lufs": "#0f62c9", "peak": "#3c4550", "crest": "#76818e", "line": "#d3d9e0", "fail": "#c2273a"},
}


@dataclass(frozen=True)
class Level:
    """One stage's point: decibel figures, None where the stage has no whole sound."""

    stage: str
    title: str
    lufs: float | None
    true_peak_dbtp: float | None
    crest_db: float | None
    failed: bool
    place: int
    """Where it stands on the axis, from 0."""


def levels(run: RunRecord) -> tuple[Level, ...]:
    """Return the levels of every stage that delivered the whole music."""
    points = []
    for place, step in enumerate(sounding(run)):
        main = whole(step)
        if main is None:
            continue
        reading = main.measurement
        points.append(
            Level(
                step.stage,
                step.title,
                reading.integrated_lufs,
                reading.true_peak_dbtp,
                reading.crest_db,
                step.verdict is Severity.FAIL,
                place,
            )
        )
    return tuple(points)


def sounding(run: RunRecord) -> tuple[StepRecord, ...]:
    """Return the stages that stand on the axis: all but the words."""
    return tuple(step for step in run.steps if step.stage != "lyrics")


def show_waterfall(run: RunRecord) -> None:
    """Draw the chart; before the first stage with a sound nothing, or while one is made the chart's place.

    A browser is busy for over a second with the first chart it draws, and the first listen would wait for it.
    """
    points = levels(run)
    if run.state.live and not points:
        st.html(f'<div class="gs-chart-place" style="height: {HEIGHT_PX}px">{YET_TO_COME}</div>')
    elif points:
        show_levels([step.title for step in sounding(run)], points, key="waterfall")


def show_levels(titles: Sequence[str], points: Sequence[Level], *, key: str) -> None:
    """Draw the levels of any steps, whose titles stand along the axis."""
    dark = st.context.theme.type != "light"
    st.plotly_chart(
        _figure(titles, points, COLOURS["dark" if dark else "light"]),
        key=key,
        config={"displayModeBar": False},
        theme="streamlit",
        alt=_words(points),
    )


def _words(points: Sequence[Level]) -> str:
    told = "; ".join(f"{p.title} {p.lufs:.1f} LUFS" for p in points if p.lufs is not None)
    return f"Level by stage: {told}" if told else "Level by stage: nothing measured yet"


def _figure(titles: Sequence[str], points: Sequence[Level], colours: dict[str, str]) -> Any:
    import plotly.graph_objects as go

    places = [p.place for p in points]
    figure = go.Figure()
    for name, values, colour, place in (
        ("True peak (dBTP)", [p.true_peak_dbtp for p in points], colours["peak"], "top center"),
        ("Loudness (LUFS)", [p.lufs for p in points], colours["lufs"], "bottom center"),
    ):
        figure.add_trace(_line(go, name, places, values, colour, place, axis="y"))
    crest = [p.crest_db for p in points]
    figure.add_trace(_line(go, "Crest (dB)", places, crest, colours["crest"], "top center", axis="y2"))
    for x, p in zip(places, points, strict=True):
        if p.failed:
            figure.add_vline(x=x, line={"color": colours["fail"], "width": 12}, opacity=0.35)
    lowest = min((p.lufs for p in points if p.lufs is not None), default=-24.0)
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 40, "r": 8, "t": 30, "b": 4},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
        hovermode="x unified",
        showlegend=True,
        dragmode=False,
        xaxis={
            "anchor": "y2",
            "range": [-0.5, len(titles) - 0.5],
            "tickvals": list(range(len(titles))),
            "ticktext": [_short(title) for title in titles],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
        },
        yaxis=_decibels([0.36, 1], [max(FLOOR_DB, min(-30.0, lowest - 10)), 8], colours["line"]),
        yaxis2=_decibels([0, 0.25], [0, 32], colours["line"]),
    )
    return figure


def _short(title: str) -> str:
    """Return a title that leaves room for its neighbours, without markup of its own."""
    return escape(title if len(title) <= MOST_LETTERS else f"{title[: MOST_LETTERS - 1]}…")


def _decibels(domain: list[float], span: list[float], line: str) -> dict[str, Any]:
    return {
        "domain": domain,
        "range": span,
        "dtick": 10,
        "ticksuffix": " dB",
        "gridcolor": line,
        "zerolinecolor": line,
        "fixedrange": True,
    }


def _line(
    go: Any, name: str, x: list[int], y: list[float | None], colour: str, place: str, *, axis: str
) -> Any:
    return go.Scatter(
        name=name,
        x=x or NOTHING,
        y=y or NOTHING,
        yaxis=axis,
        mode="lines+markers+text",
        line={"color": colour, "width": 2.5},
        marker={"size": 8, "color": colour},
        text=["" if value is None else number(value) for value in y],
        textposition=place,
        textfont={"color": colour, "size": 13},
        hovertemplate="%{y:.1f}",
        connectgaps=True,
    )

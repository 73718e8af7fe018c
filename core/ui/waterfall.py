"""The level waterfall: loudness, true peak and crest of the whole music, stage by stage.

What has no figure is drawn as a mark at the foot of its axis that says why (silent: −∞), never as nothing;
a line joins neighbours alone, so that none runs across a stage that has no sound or no figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Any

import streamlit as st

from core.contract import Severity
from core.measure import Measurement
from core.runs.record import RunRecord, StepRecord
from core.ui.compare import whole
from core.ui.words import INFINITE, number

HEIGHT_PX = 310
FLOOR_DB = -90.0
"""The level axis ends here at the latest; what is lower stands on its foot, with its figure."""
PEAK_FOOT, LOUDNESS_FOOT, CREST_FOOT = 0.2, 0.07, 0.2
"""How far up its axis the marks of each figure stand, as a part of its length."""
GRID_DB = 10
MOST_LINES = 8
SHORTEST_S = 0.4
MOST_LETTERS = 18
YET_TO_COME = "The levels appear here, stage by stage, as each is measured."
NOTHING: list[Any] = [None]
"""What is drawn before there is a level: a point nowhere keeps the legend, and so the chart, in its place."""
COLOURS = {
    "dark": {"lufs": "#4da3ff", "peak": "#c3cad4", "crest": "#8f9baa", "line": "#2c343f", "fail": "#f2727a"},
    "light": {"lufs": "#0f62c9", "peak": "#3c4550", "crest": "#76818e", "line": "#d3d9e0", "fail": "#c2273a"},
}


class Unmeasured(StrEnum):
    """Why a sound has no loudness, as the chart says it."""

    SILENT = INFINITE
    NOT_FINITE = "NaN"
    TOO_SHORT = "too short"
    TOO_QUIET = "< −70"


@dataclass(frozen=True)
class Level:
    """One stage's point: decibel figures, None for what the sound has none of."""

    stage: str
    title: str
    lufs: float | None
    true_peak_dbtp: float | None
    crest_db: float | None
    failed: bool
    place: int
    """Where it stands on the axis, from 0."""
    unmeasured: Unmeasured = Unmeasured.SILENT
    """Why a figure is None."""


def level(stage: str, title: str, reading: Measurement, *, failed: bool, place: int) -> Level:
    """Return the point of a sound with these readings."""
    return Level(
        stage,
        title,
        reading.integrated_lufs,
        reading.true_peak_dbtp,
        reading.crest_db,
        failed,
        place,
        _why_unmeasured(reading),
    )


def _why_unmeasured(reading: Measurement) -> Unmeasured:
    if reading.nonfinite_samples:
        return Unmeasured.NOT_FINITE
    if reading.sample_peak_dbfs is None:
        return Unmeasured.SILENT
    return Unmeasured.TOO_SHORT if reading.duration_s < SHORTEST_S else Unmeasured.TOO_QUIET


def levels(run: RunRecord) -> tuple[Level, ...]:
    """Return the levels of every stage that delivered the whole music."""
    points = []
    for place, step in enumerate(sounding(run)):
        main = whole(step)
        if main is None:
            continue
        failed = step.verdict is Severity.FAIL
        points.append(level(step.stage, step.title, main.measurement, failed=failed, place=place))
    return tuple(points)


def sounding(run: RunRecord) -> tuple[StepRecord, ...]:
    """Return the stages that stand on the axis: all but the words."""
    return tuple(step for step in run.steps if step.stage != "lyrics")


def show_waterfall(run: RunRecord) -> None:
    """Draw the chart: open while the song is made and where one of its stages failed, else one press away.

    Before the first stage with a sound stands nothing, or while one is made the chart's place. A browser is
    busy for over a second with the first chart it draws: the first listen, or a finished song's player, would
    wait for it.
    """
    points = levels(run)
    titles = [step.title for step in sounding(run)]
    if run.state.live and not points:
        st.html(f'<div class="gs-chart-place" style="height: {HEIGHT_PX}px">{YET_TO_COME}</div>')
    elif run.state.live:
        show_levels(titles, points, key="waterfall")
    elif points:
        failed = any(step.verdict is Severity.FAIL for step in run.steps)
        key = f"levels_{'failed' if failed else 'passed'}"
        with st.expander("Level by stage", expanded=failed, key=key, on_change="rerun") as chart:
            if chart.open:
                show_levels(titles, points, key="waterfall")


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
    summary = "; ".join(
        f"{p.title} {p.unmeasured if p.lufs is None else number(p.lufs)} LUFS" for p in points
    )
    return f"Level by stage: {summary}" if summary else "Level by stage: nothing measured yet"


def _figure(titles: Sequence[str], points: Sequence[Level], colours: dict[str, str]) -> Any:
    import plotly.graph_objects as go

    # The default template, for every kind of chart, is three fifths of the message, and each stage sends one.
    figure = go.Figure(layout={"template": {"layout": {"font": {"size": 12}}}})
    span = _span(points)
    crest_span = [0.0, max([32.0, *(p.crest_db + 8 for p in points if p.crest_db is not None)])]
    figure.add_traces(_curves(points, colours, span, crest_span))
    # At once: add_vline copies all that was added before, and a folder may hold many failures.
    failed = {"type": "line", "yref": "y domain", "y0": 0, "y1": 1, "opacity": 0.35}
    failed["line"] = {"color": colours["fail"], "width": 12}
    figure.update_layout(
        shapes=[failed | {"x0": p.place, "x1": p.place} for p in points if p.failed],
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
        yaxis=_decibels([0.36, 1], span, colours["line"]),
        yaxis2=_decibels([0, 0.25], crest_span, colours["line"]),
    )
    return figure


def _curves(
    points: Sequence[Level], colours: dict[str, str], span: list[float], crest_span: list[float]
) -> list[Any]:
    """Return the three lines, and beside each its marks; what a sound has no figure of is a mark."""
    curves = []
    peaks = [p.true_peak_dbtp for p in points]
    loudness = [p.lufs for p in points]
    crests = [p.crest_db for p in points]
    for name, figures, ink, above, axis, (low, high), foot in (
        ("True peak (dBTP)", peaks, "peak", "top center", "y", span, PEAK_FOOT),
        ("Loudness (LUFS)", loudness, "lufs", "bottom center", "y", span, LOUDNESS_FOOT),
        ("Crest factor (dB)", crests, "crest", "top center", "y2", crest_span, CREST_FOOT),
    ):
        curves.append(_line(name, points, figures, colours[ink], above, axis))
        missing = [p for p, figure in zip(points, figures, strict=True) if figure is None]
        if missing:
            curves.append(_marks(name, missing, colours[ink], axis, low + foot * (high - low)))
    return curves


def _span(points: Sequence[Level]) -> list[float]:
    """Return both ends of the level axis: every figure lies within, and marks have room under them."""
    figures = [f for p in points for f in (p.lufs, p.true_peak_dbtp) if f is not None]
    lowest, highest = min(figures, default=-24.0), max(figures, default=0.0)
    return [max(FLOOR_DB, min(-30.0, lowest - 10)), max(8.0, highest + 8)]


def _short(title: str) -> str:
    """Return a title that leaves room for its neighbours, without markup of its own."""
    return escape(title if len(title) <= MOST_LETTERS else f"{title[: MOST_LETTERS - 1]}…")


def _decibels(domain: list[float], span: list[float], line: str) -> dict[str, Any]:
    step = GRID_DB * -(-(span[1] - span[0]) // (GRID_DB * MOST_LINES))
    return {
        "domain": domain,
        "range": span,
        "dtick": step,
        "ticksuffix": " dB",
        "gridcolor": line,
        "zerolinecolor": line,
        "fixedrange": True,
    }


def _line(
    name: str, points: Sequence[Level], figures: Sequence[float | None], colour: str, place: str, axis: str
) -> Any:
    import plotly.graph_objects as go

    by_place = {p.place: figure for p, figure in zip(points, figures, strict=True)}
    x = list(range(min(by_place), max(by_place) + 1)) if by_place else NOTHING
    figures = [by_place.get(at) for at in x] if by_place else NOTHING
    return go.Scatter(
        name=name,
        x=x,
        y=[None if value is None else max(value, FLOOR_DB + GRID_DB) for value in figures],
        yaxis=axis,
        mode="lines+markers+text",
        line={"color": colour, "width": 2.5},
        marker={"size": 8, "color": colour},
        text=["" if value is None else number(value) for value in figures],
        textposition=place,
        textfont={"color": colour, "size": 13},
        hovertemplate="%{text}",
        connectgaps=False,
    )


def _marks(name: str, missing: Sequence[Level], colour: str, axis: str, foot: float) -> Any:
    import plotly.graph_objects as go

    return go.Scatter(
        name=name,
        x=[p.place for p in missing],
        y=[foot] * len(missing),
        yaxis=axis,
        mode="markers+text",
        marker={"size": 10, "color": colour, "symbol": "x-thin", "line": {"color": colour, "width": 2}},
        text=[str(p.unmeasured) for p in missing],
        textposition="middle right",
        textfont={"color": colour, "size": 13},
        hovertemplate="%{text}",
        showlegend=False,
    )

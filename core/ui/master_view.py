"""What the master stage reports about its own work, and what platforms will do to a level."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

import numpy as np
import streamlit as st

from core.checks.figures import MasterFigures, read_figures
from core.dsp.match_eq import MatchCurve
from core.dsp.reduction import ReductionHistogram
from core.measure import Measurement
from core.runs.record import StepRecord
from core.stages.master import MasterStage
from core.stages.platforms import Outcome, platform_outcomes
from core.ui.wave import Reduction
from core.ui.words import number

MOST_BARS = 7
"""Bars beside that of no reduction: of more, the tallest may stand out of sight on a small screen."""
BAR_REM = 4.0
"""Height of the tallest bar of the histogram."""


def gain_reduction(step: StepRecord) -> Reduction | None:
    """Return the gain that limiter and glue took away over time; None for a stage that tells of none."""
    done = _reported(step)
    return Reduction(done.reduction_curve_db, done.reduction_hop_s) if done else None


def target_lufs(step: StepRecord) -> float | None:
    """Return the loudness that the master was to reach; None for a stage that has no such target."""
    done = _reported(step)
    return done.target_lufs if done else None


def show_mastering(step: StepRecord) -> None:
    """Draw what was done to reach the target, and what the platforms will do with it."""
    if done := _reported(step):
        setter = f", set by {escape(done.target_set_by)}" if done.target_set_by else ""
        st.html(
            f'<div class="gs-faint">Target {number(done.target_lufs)} LUFS{setter}; reached '
            f"{number(done.reached_lufs)} LUFS with {number(done.gain_db)} dB of gain.</div>"
        )
        if done.match:
            st.html(_match(done.match, done.reference_name or ""))
        if done.reduction_histogram:
            st.html(_histogram(done.reduction_histogram))
    if step.main is not None:
        show_platforms(step.main.measurement)


def _reported(step: StepRecord) -> MasterFigures | None:
    return read_figures(MasterFigures, step.figures) if step.stage == MasterStage.name else None


def _histogram(reported: ReductionHistogram) -> str:
    """Return bars, one for each range of gain reduction, as tall as the share of the song that it took."""
    edges, seconds = _few(reported.edges_db, reported.seconds)
    names = ["none", *(f"{low:g}\N{EN DASH}{high:g}" for low, high in pairwise(edges[1:]))]
    shares = [_share(value, sum(seconds)) for value in seconds]
    tallest = max(seconds)
    bars = "".join(
        f'<div title="{value:.1f} s"><b>{share}</b>'
        f'<small style="height:{BAR_REM * value / tallest:.2f}rem"></small><span>{name}</span></div>'
        for name, share, value in zip(names, shares, seconds, strict=True)
    )
    said = ", ".join(
        f"{name} {'' if name == 'none' else 'dB '}{share or '0 %'}"
        for name, share in zip(names, shares, strict=True)
    )
    return (
        '<div class="gs-faint">Share of the song by gain reduction (dB)</div>'
        f'<div class="gs-histogram" role="img" aria-label="Gain reduction: {said}">{bars}</div>'
    )


def _few(edges: Sequence[float], seconds: Sequence[float]) -> tuple[list[float], list[float]]:
    """Return as many bins as stand beside each other on the smallest screen, neighbours put together.

    The first bin, no reduction, stays by itself.
    """
    group = -(-(len(seconds) - 1) // MOST_BARS)
    ends = [*range(1, len(seconds), group), len(seconds)]
    together = [sum(seconds[start:stop]) for start, stop in pairwise(ends)]
    return [edges[0], *(edges[end] for end in ends)], [seconds[0], *together]


def _match(curve: MatchCurve, reference: str) -> str:
    """Return the match as a table: what the equaliser does to middle and sides in each octave."""
    octave = np.rint(np.log2(np.asarray(curve.hz) / 1000.0))
    centres = [n for n in range(-4, 5) if (octave == n).any()]
    rows = "".join(
        f"<tr><th>{name}</th>"
        + "".join(f"<td>{_signed(float(np.asarray(part)[octave == n].mean()))}</td>" for n in centres)
        + "</tr>"
        for name, part in (("Middle (dB)", curve.mid_db), ("Sides (dB)", curve.side_db))
    )
    heads = "".join(f"<th>{_hertz(1000.0 * 2.0**n)}</th>" for n in centres)
    return (
        f'<div class="gs-faint">Equaliser that matches the tone of {escape(reference)} (matchering), '
        "at full processing amount.</div>"
        '<div class="gs-match"><table class="gs-table">'
        f"<thead><tr><th></th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _signed(value_db: float) -> str:
    text = number(value_db)
    return f"+{text}" if value_db > 0 and float(text) > 0 else text


def _hertz(hz: float) -> str:
    return f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz:.0f} Hz"


def _share(part_s: float, whole_s: float) -> str:
    """Return a part as percent, one digit after the point under ten; empty for nothing."""
    percent = 100 * part_s / whole_s
    if percent == 0:
        return ""
    return f"{percent:.0f} %" if percent >= 10 else f"{max(percent, 0.1):.1f} %"


def show_platforms(measurement: Measurement) -> None:
    """Draw what each platform will do to a sound of this level."""
    if measurement.integrated_lufs is None:
        why = "Silent" if measurement.sample_peak_dbfs is None else "No loudness to measure"
        st.html(f'<div class="gs-faint">{why}: platforms do nothing.</div>')
        return
    cells = "".join(_cell(outcome) for outcome in platform_outcomes(measurement))
    st.html(
        f'<div class="gs-faint">Gain that platforms will apply</div><div class="gs-platforms">{cells}</div>'
    )


def _cell(outcome: Outcome) -> str:
    return (
        f"<div><b>{escape(outcome.platform)}</b> <small>{number(outcome.target_lufs, 0)} LUFS</small>"
        f"<span>{escape(outcome.text)}</span></div>"
    )

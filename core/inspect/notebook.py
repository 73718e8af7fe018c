"""Results as a notebook shows them: one piece of HTML without script, in the notebook's own colours."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import numpy as np

from core.contract import Finding, Severity
from core.measure import Measurement, Picture

COLUMNS, HEIGHT = 600, 80
COLOURS = {
    Severity.OK: "#2e9e63",
    Severity.NOTE: "#2e9e63",
    Severity.WARN: "#c77700",
    Severity.FAIL: "#d13c47",
}
METERS = (
    ("integrated_lufs", "LUFS"),
    ("true_peak_dbtp", "dBTP"),
    ("crest_db", "dB crest"),
    ("loudness_range_lu", "LU range"),
)


def inspection(
    name: str, verdict: Severity, reading: Measurement, picture: Picture, findings: Iterable[Finding]
) -> str:
    """Return a verdict with its meters, its waveform and what is wrong."""
    figures = " · ".join(f"{_figure(getattr(reading, field))} {unit}" for field, unit in METERS)
    form = f"{reading.duration_s:.1f} s, {reading.sample_rate} Hz, {reading.channels} ch"
    wrong = "".join(
        f"<li><b style='color:{COLOURS[f.severity]}'>{f.severity.value}</b> {escape(f.check)}: "
        f"{escape(f.evidence)}{_advice(f)}</li>"
        for f in findings
        if f.severity in (Severity.WARN, Severity.FAIL)
    )
    return (
        f"<div><b style='color:{COLOURS[verdict]}'>{verdict.value}</b> <b>{escape(name)}</b> "
        f"{figures} · {form}{_waveform(picture)}{f'<ul>{wrong}</ul>' if wrong else ''}</div>"
    )


def comparison(what: str, moved: Iterable[tuple[str, str, float | None, float | None]]) -> str:
    """Return what was done to a sound; ``moved``: title, unit, figure before and after."""
    rows = "".join(
        f"<tr><td>{title}</td><td>{_figure(before)}</td><td>{_figure(after)}</td><td>{unit}</td></tr>"
        for title, unit, before, after in moved
    )
    head = "<tr><th></th><th>before</th><th>after</th><th></th></tr>"
    return f"<div><p>{escape(what)}</p><table>{head}{rows}</table></div>"


def _advice(finding: Finding) -> str:
    likely = f" Likely: {escape('; '.join(finding.causes))}." if finding.causes else ""
    return f"{likely} {escape(finding.remedy)}"


def _waveform(picture: Picture) -> str:
    """Return the envelope of all channels as one drawing; a gap where a sample is no number."""
    with np.errstate(invalid="ignore"):
        low, high = picture.low.min(axis=1), picture.high.max(axis=1)
    step = max(1, -(-len(low) // COLUMNS))
    bars = []
    for number, start in enumerate(range(0, len(low), step)):
        bottom, top = float(low[start : start + step].min()), float(high[start : start + step].max())
        if np.isfinite([bottom, top]).all():
            ends = [round(HEIGHT / 2 * (1 - max(-1.0, min(1.0, value))), 1) for value in (top, bottom)]
            bars.append(f"M{number} {ends[0]}V{max(ends[1], ends[0] + 0.5)}")
    return (
        f"<svg viewBox='0 0 {COLUMNS} {HEIGHT}' width='100%' height='{HEIGHT}' preserveAspectRatio='none'"
        f" role='img' aria-label='waveform'><path d='{''.join(bars)}' stroke='currentColor'/></svg>"
    )


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"

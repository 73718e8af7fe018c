"""A run as a page of its own: what was made, its level at every stage, and what was found."""

from __future__ import annotations

import html
import json

from core.contract import Severity
from core.runs.record import RunRecord, StepRecord, StepState
from core.studio import Studio
from core.values import Json

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1d2330}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin:1.6rem 0 .3rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
td,th{padding:.25rem .6rem;text-align:right;border-bottom:1px solid #d8dde6}
td:first-child,th:first-child{text-align:left}
.fail{color:#a4172b}.warn{color:#8a5a00}.ok{color:#1b6e3c}.faint,.note{color:#5b6472}
@media(prefers-color-scheme:dark){body{background:#12151b;color:#e6e9ef}td,th{border-color:#2c3340}
.fail{color:#ff7b8a}.warn{color:#f0b755}.ok{color:#69d394}.faint,.note{color:#98a2b3}}
"""
COLUMNS = ("Sound", "LUFS", "M max", "S max", "dBTP", "crest dB", "LRA LU", "length s")


def run_json(report: dict[str, Json]) -> str:
    """Return what ``song --json`` prints, for ``run.json``."""
    return json.dumps(report, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def report_html(studio: Studio, record: RunRecord) -> str:
    """Return a self-contained page about a run: no script, nothing fetched, no path of this machine."""
    plan = record.step("lyrics").plan
    title = html.escape(plan.title if plan else record.request.prompt or "A song")
    head = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
        f"<meta name=viewport content='width=device-width'><style>{STYLE}</style><h1>{title}</h1>"
    )
    facts = (
        f"<p class=faint>{html.escape(record.request.prompt)}<br>seed {record.request.seed} · "
        f"{record.created:%Y-%m-%d %H:%M} UTC · {record.elapsed_s:.1f} s · run {html.escape(record.id)}"
        f"{' · contains a failed stage' if record.tainted else ''}</p>"
        f"<p>Verdict <b class={record.verdict.value}>{record.verdict.value}</b>"
        f"{f', first broken at {record.blame}' if record.blame else ''}.</p>"
    )
    return head + facts + "".join(_stage(studio, step) for step in record.steps)


def _stage(studio: Studio, step: StepRecord) -> str:
    title = f"<h2>{html.escape(step.title)} <span class={step.verdict.value}>{step.state.value}</span></h2>"
    if step.state is StepState.NOT_RUN:
        return title
    made_by = html.escape(" · ".join(filter(None, (step.engine_title, step.device, f"{step.seconds:.1f} s"))))
    return "".join(
        [
            title,
            f"<p class=faint>{made_by}</p>",
            _table(studio, step) if step.artifacts else "",
            *(f"<p>{html.escape(note)}</p>" for note in step.notes),
            _findings(step),
            f"<p class=fail>{html.escape(step.error.message)} {html.escape(step.error.remedy)}</p>"
            if step.error
            else "",
        ]
    )


def _table(studio: Studio, step: StepRecord) -> str:
    rows = []
    for artifact in step.artifacts:
        m = artifact.measurement
        figures = (
            m.integrated_lufs,
            m.momentary_max_lufs,
            m.short_term_max_lufs,
            m.true_peak_dbtp,
            m.crest_db,
            m.loudness_range_lu,
            m.duration_s,
        )
        cells = "".join(f"<td>{'–' if f is None else f'{f:.1f}'}</td>" for f in figures)
        rows.append(f"<tr><td>{html.escape(artifact.name)}</td>{cells}</tr>")
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    main = step.main
    drawn = _waveform(studio, main.key) if main else ""
    return f"{drawn}<table><tr>{head}</tr>{''.join(rows)}</table>"


def _waveform(studio: Studio, key: str, width: int = 900, height: int = 90) -> str:
    """Return the envelope of the first channel as an inline drawing."""
    import numpy as np

    picture = studio.picture(key)
    low, high = picture.low.min(axis=1), picture.high.max(axis=1)
    at = np.linspace(0, len(low), width + 1).astype(int)
    middle = height / 2
    strokes = []
    for x in range(width):
        part = slice(at[x], max(at[x] + 1, at[x + 1]))
        bottom, top = np.nanmin(low[part], initial=0.0), np.nanmax(high[part], initial=0.0)
        y1, y2 = middle - min(1.0, float(top)) * middle, middle - max(-1.0, float(bottom)) * middle
        strokes.append(f"M{x} {y1:.1f}V{max(y2, y1 + 0.5):.1f}")
    return (
        f"<svg viewBox='0 0 {width} {height}' width='100%' height='{height}' preserveAspectRatio='none'>"
        f"<path d='{''.join(strokes)}' stroke='currentColor' fill='none'/></svg>"
    )


def _findings(step: StepRecord) -> str:
    items = []
    for finding in step.findings:
        if finding.severity is Severity.OK:
            continue
        causes = f" Likely: {'; '.join(finding.causes)}." if finding.causes else ""
        text = f"{finding.artifact} {finding.check}: {finding.evidence}{causes} {finding.remedy}"
        items.append(f"<li class={finding.severity.value}>{html.escape(text.strip())}</li>")
    return f"<ul>{''.join(items)}</ul>" if items else ""

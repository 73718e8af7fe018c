"""What a batch leaves: ``batch.csv`` and ``batch.html``, a row for each job."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from core.batch.outcomes import Outcome
from core.values import Json

FIGURES = ("integrated_lufs", "true_peak_dbtp", "crest_db", "loudness_range_lu", "duration_s")
COLUMNS = (
    "name",
    "status",
    "verdict",
    "blame",
    *FIGURES,
    "seconds",
    "seed",
    "prompt",
    "file",
    "settings",
    "error",
)
_STYLE = (
    "body{font:14px system-ui;margin:2rem}"
    "td,th{padding:.2rem .6rem;text-align:left;border-bottom:1px solid #8884}"
)


def row_of(outcome: Outcome) -> dict[str, Json]:
    """Return a job's row: its figures are those of the last sound that it delivered."""
    found, about = outcome.found if isinstance(outcome.found, dict) else {}, outcome.job.about
    error = found.get("error") or next((s["error"] for s in found.get("stages", ()) if s.get("error")), None)
    settings = about.get("settings") or {}
    return {
        "name": outcome.job.name,
        "status": outcome.status,
        "verdict": found.get("verdict") or ("error" if error else ""),
        "blame": found.get("blame") or "",
        **{figure: _measured(found).get(figure) for figure in FIGURES},
        "seconds": found.get("seconds"),
        "seed": about.get("seed"),
        "prompt": about.get("prompt") or "",
        "file": about.get("file") or "; ".join(map(str, about.get("from") or ())),
        "settings": json.dumps(settings) if settings else "",
        "error": f"{error['message']} {error['remedy']}" if error else "",
    }


def _measured(found: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the reading that stands for what a command found: a file's, or the last stage's sound's."""
    of_files = [file["measurement"] for file in found.get("files", ()) if "measurement" in file]
    for reading in (found.get("measurement"), *of_files):
        if reading:
            return dict(reading)
    for stage in reversed(found.get("stages", ())):
        for reading in stage["measurements"].values():
            return dict(reading)
    return next(iter(found.get("measurements", {}).values()), {})


def write_report(out: Path, rows: Iterable[Mapping[str, Json]]) -> None:
    """Write both files, each put in place at once. Raises OSError."""
    rows = list(rows)
    part = out / ".batch.csv.part"
    for name, text in (("batch.csv", as_csv(rows)), ("batch.html", as_html(out, rows))):
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(out / name)


def as_csv(rows: Iterable[Mapping[str, Json]]) -> str:
    """Return the rows as CSV with a heading."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS)
    table.writeheader()
    table.writerows({name: _safe(row.get(name)) for name in COLUMNS} for row in rows)
    return text.getvalue()


def as_html(out: Path, rows: Iterable[Mapping[str, Json]]) -> str:
    """Return the rows as a page, which links to the songs' reports from ``out``."""
    head = "".join(f"<th>{name.replace('_', ' ')}</th>" for name in COLUMNS)
    body = "".join(f"<tr>{''.join(_cell(out, row, name) for name in COLUMNS)}</tr>" for row in rows)
    top = f"<!doctype html><meta charset=utf-8><title>Batch</title><style>{_STYLE}</style>"
    return f"{top}<table><tr>{head}</tr>{body}</table>"


def _safe(value: Json) -> Json:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def _cell(out: Path, row: Mapping[str, Json], name: str) -> str:
    value = row.get(name)
    text = "" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value)
    shown = html.escape(text)
    if name == "name" and (out / text / "report.html").is_file():
        shown = f"<a href='{shown}/report.html'>{shown}</a>"
    return f"<td>{shown}</td>"

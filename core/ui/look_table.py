"""Many analysed files as one table: sorted and searched in the browser, taken as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.contract import Finding, Severity, verdict
from core.measure import Measurement
from core.ui.words import VERDICT_WORDS

Cell = str | float | int | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet reckons with a cell that begins so; a file's name is never meant so."""
FIGURES: Mapping[str, Callable[[Measurement], Cell]] = {
    "Loudness (LUFS)": lambda m: m.integrated_lufs,
    "True peak (dBTP)": lambda m: m.true_peak_dbtp,
    "LRA (LU)": lambda m: m.loudness_range_lu,
    "Crest factor (dB)": lambda m: m.crest_db,
    "PLR (dB)": lambda m: m.plr_db,
    "Correlation": lambda m: m.correlation,
    "Length (s)": lambda m: m.duration_s,
    "Sample rate (Hz)": lambda m: m.sample_rate,
    "Channels": lambda m: m.channels,
}


def table_row(name: str, reading: Measurement, findings: Sequence[Finding]) -> dict[str, Cell]:
    """Return one file as a row: its verdict, its figures rounded to hundredths, and what was found."""
    worst = verdict(tuple(findings))
    found = sorted((f for f in findings if f.severity.rank >= Severity.WARN.rank), key=_worst_first)
    figures = {title: _rounded(read(reading)) for title, read in FIGURES.items()}
    return {
        "File": name,
        "Verdict": VERDICT_WORDS.get(worst.value, worst.value),
        **figures,
        "Findings": "; ".join(finding.evidence for finding in found),
    }


def as_csv(rows: Sequence[Mapping[str, Cell]]) -> bytes:
    """Return rows as CSV in UTF-8, with a head; a text that a spreadsheet would reckon with is quoted."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({title: _plain(cell) for title, cell in row.items()} for row in rows)
    return out.getvalue().encode("utf-8")


def show_table(rows: Sequence[Mapping[str, Cell]]) -> int | None:
    """Draw the table; return the place of the row that was chosen in it, None for none."""
    chosen = st.dataframe(
        list(rows),
        hide_index=True,
        key="look_table",
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
    )
    st.download_button(
        "Download table (CSV)",
        as_csv(rows),
        "gainstage-analysis.csv",
        "text/csv",
        key="download_look_csv",
        icon=":material/download:",
        on_click="ignore",
    )
    places = chosen["selection"]["rows"]
    return int(places[0]) if places and places[0] < len(rows) else None


def _worst_first(finding: Finding) -> int:
    return -finding.severity.rank


def _rounded(value: Cell) -> Cell:
    return round(value, 2) if isinstance(value, float) else value


def _plain(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell

"""Many analysed files as one table: sorted in the browser, filtered by verdict and text, taken as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.contract import Finding, Severity, verdict
from core.measure import Measurement
from core.ui.keys import hashed
from core.ui.words import VERDICT_WORDS

Cell = str | float | int | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet reckons with a cell that begins so; a file's name is never meant so."""
FINE = ("Correlation", "Length (s)")
WHOLE = ("Sample rate (Hz)", "Channels")
"""Figures without decimals."""
FIGURES: Mapping[str, Callable[[Measurement], Cell]] = {
    "Loudness (LUFS)": lambda m: _level(m, m.integrated_lufs),
    "True peak (dBTP)": lambda m: _level(m, m.true_peak_dbtp),
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
    """Draw the table and its filter; return the place among ``rows`` of the one chosen, None for none."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input("Filter", placeholder="File or finding", key="look_filter")
        verdicts = st.pills(
            "Verdict",
            list(dict.fromkeys(str(row["Verdict"]) for row in rows)),
            selection_mode="multi",
            key="look_verdicts",
        )
    kept = [place for place, row in enumerate(rows) if is_kept(row, text, verdicts)]
    if not kept:
        st.html('<div class="gs-faint">No file is like that.</div>')
        return None
    rows = [rows[place] for place in kept]
    chosen = st.dataframe(
        rows,
        hide_index=True,
        # Another filter is another table, so that a choice is of the row that was pressed.
        key=f"look_table_{hashed(*map(str, kept))}",
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        column_config={
            title: st.column_config.NumberColumn(format="%.2f" if title in FINE else "%.1f")
            for title in FIGURES
            if title not in WHOLE
        },
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
    return kept[int(places[0])] if places and places[0] < len(kept) else None


def is_kept(row: Mapping[str, Cell], text: str, verdicts: Sequence[str]) -> bool:
    """Whether a row has every word of ``text`` in its file or findings, and one of ``verdicts`` if any."""
    told = f"{row['File']} {row['Findings']}".casefold()
    return all(word in told for word in text.casefold().split()) and (
        not verdicts or row["Verdict"] in verdicts
    )


def _worst_first(finding: Finding) -> int:
    return -finding.severity.rank


def _level(reading: Measurement, value: float | None) -> float | None:
    """Return a level; that of silence is negative infinity, which sorts below every other."""
    return float("-inf") if value is None and reading.sample_peak_dbfs is None else value


def _rounded(value: Cell) -> Cell:
    return round(value, 2) if isinstance(value, float) else value


def _plain(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell

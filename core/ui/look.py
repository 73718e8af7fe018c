"""Only look at sounds: verdict, meters and what the platforms will do, with no run; a folder as a table."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.audio import SUFFIXES
from core.contract import Finding, verdict
from core.measure import Measurement
from core.studio import Studio
from core.ui import meters, session
from core.ui.findings import show_findings
from core.ui.look_table import show_table, table_row
from core.ui.master_view import show_platforms
from core.ui.problem import guarded
from core.ui.shell import page
from core.ui.uploads import place_in_folder, uploaded
from core.ui.wave import wave
from core.ui.words import verdict_badge

FEW = 3
"""Up to so many files are drawn in full."""


@dataclass(frozen=True)
class Looked:
    """What was seen of a file; cached for the session, the samples are not."""

    name: str
    key: str
    measurement: Measurement
    findings: tuple[Finding, ...]


def look_page() -> None:
    """Draw the page for looking at files."""
    with page("Analyze a file", "Measure and judge any audio file. Nothing is changed."):
        look_at(session.studio())


def look_at(studio: Studio) -> None:
    """Draw the drop place and what lies in it; a file that cannot be read is named.

    A few files have a panel each. More are a table, with the panel of the row that is chosen.
    """
    folder = st.toggle(
        "A whole folder", key="look_folder", help="Every audio file in it, also in its folders."
    )
    files = st.file_uploader(
        "Folder" if folder else "Audio files",
        type=[s.lstrip(".") for s in SUFFIXES],
        accept_multiple_files="directory" if folder else True,
        key="look_in_folder" if folder else "look",
    )
    if len(files) <= FEW:
        for number, file in enumerate(files):
            with st.container(border=True, key=f"card_look_{number}"), guarded():
                _panel(studio, _looked(studio, file), number)
        return
    readable = []
    places = []
    for file in files:
        with guarded():
            readable.append(_looked(studio, file))
            places.append(place_in_folder(file.name))
    if readable:
        with st.container(border=True, key="card_look_table"):
            chosen = show_table(
                [
                    table_row(place, one.measurement, one.findings)
                    for place, one in zip(places, readable, strict=True)
                ]
            )
        if chosen is not None:
            with st.container(border=True, key="card_look_chosen"), guarded():
                _panel(studio, readable[chosen], chosen)


def _looked(studio: Studio, file: UploadedFile) -> Looked:
    cached: dict[str, Looked] = st.session_state.setdefault("looked", {})
    if file.file_id not in cached:
        with uploaded([file]) as paths, st.spinner("Measuring"):
            ((name, path),) = paths.items()
            seen, key = studio.look(path, name)
        cached[file.file_id] = Looked(name, key, seen.measurement, seen.findings)
    return cached[file.file_id]


def _panel(studio: Studio, looked: Looked, number: int) -> None:
    st.html(
        f'<div class="gs-head"><h2>{escape(looked.name)}</h2>'
        f"<span>{verdict_badge(verdict(looked.findings))}</span></div>"
    )
    wave(
        studio,
        looked.key,
        name=looked.name,
        place=f"look{number}",
        duration_s=looked.measurement.duration_s,
        sample_rate=looked.measurement.sample_rate,
        findings=looked.findings,
    )
    st.html(meters.grid(looked.measurement))
    show_findings(looked.findings, about=looked.name)
    show_platforms(looked.measurement)

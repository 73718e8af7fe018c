"""Only look at a sound: its verdict, meters and what the platforms will do, with no run."""

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
from core.ui.master_view import show_platforms
from core.ui.problem import guarded
from core.ui.shell import page
from core.ui.uploads import uploaded
from core.ui.wave import wave
from core.ui.words import verdict_badge


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
    """Draw the drop place, and the panel of each file that lies in it; one that cannot be read is named."""
    files = st.file_uploader(
        "Audio files", type=[s.lstrip(".") for s in SUFFIXES], accept_multiple_files=True, key="look"
    )
    for number, file in enumerate(files):
        with st.container(border=True, key=f"card_look_{number}"), guarded():
            _panel(studio, _looked(studio, file), number)


def _looked(studio: Studio, file: UploadedFile) -> Looked:
    cached: dict[str, Looked] = st.session_state.setdefault("looked", {})
    if file.file_id not in cached:
        with uploaded([file]) as paths, st.spinner("Measuring"):
            ((name, path),) = paths.items()
            measurement, _, findings, key = studio.look(path, name)
        cached[file.file_id] = Looked(name, key, measurement, findings)
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

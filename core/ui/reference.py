"""The reference track of the master: uploaded in one step, measured, judged, named, and removed again."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.audio import SUFFIXES
from core.contract import Finding, verdict
from core.errors import ErrorReport, GainstageError
from core.measure import Measurement
from core.stages.master import MasterSettings, reference_target_lufs
from core.stages.reference import ReferenceTrack, usable_lufs
from core.studio import Studio
from core.ui.findings import show_findings
from core.ui.problem import guarded, show_error
from core.ui.uploads import uploaded
from core.ui.words import clock, number, verdict_badge

REFUSED = "refused_references"


@dataclass(frozen=True)
class Judged:
    """How a reference reads and what was found in it."""

    measurement: Measurement
    findings: tuple[Finding, ...]


LIKE_IT = "A finished song that the master is to be like. Nothing of it gets into your song."


def choose_reference(
    studio: Studio,
    current: ReferenceTrack | None,
    key: str,
    *,
    disabled: bool,
    title: str = "Reference track",
    help: str = LIKE_IT,
) -> ReferenceTrack | None:
    """Draw the way to upload a reference, or the one there is; return which the settings are to name.

    ``title``, ``help``: of the upload. ``key``: start of the widgets' keys. A file is taken as soon as it is
    uploaded; one that cannot be used is refused with a sentence.
    """
    held = f"{key}.reference"
    chosen: ReferenceTrack | None = st.session_state.setdefault(held, current)
    if chosen is not None:
        _show_chosen(studio, chosen, held, disabled=disabled)
        return chosen
    file = st.file_uploader(
        title,
        type=[suffix.lstrip(".") for suffix in SUFFIXES],
        key=f"{held}+",
        disabled=disabled,
        help=help,
    )
    if file is None:
        return None
    taken = _taken(studio, file)
    if isinstance(taken, ErrorReport):
        show_error(taken)
        return None
    st.session_state[held] = taken
    st.rerun()


def show_target(studio: Studio, settings: MasterSettings) -> None:
    """Say which target is in effect where a reference sets it, and that the person's own is kept."""
    reference = settings.reference
    if reference is None or not settings.matches_loudness:
        return
    try:
        lufs = usable_lufs(_judged(studio, reference).measurement, reference.name)
    except GainstageError:
        # It stands beside the reference's name already.
        return
    target = reference_target_lufs(lufs)
    nearest = "" if abs(target - lufs) < 0.05 else f" (it reads {number(lufs)}; this is the nearest target)"
    st.html(
        f'<div class="gs-finding gs-ok"><b>Target {number(target)} LUFS, set by {escape(reference.name)}</b>'
        f"{nearest}. Your own target, {number(settings.aim_lufs)} LUFS, applies again when the reference is "
        "removed, or matches the tone alone.</div>"
    )


def _show_chosen(studio: Studio, chosen: ReferenceTrack, held: str, *, disabled: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"Reference: {chosen.name}")
        st.button(
            "Remove",
            key=f"{held}-",
            disabled=disabled,
            on_click=st.session_state.__setitem__,
            args=(held, None),
        )
    with guarded():
        judged = _judged(studio, chosen)
        reading = judged.measurement
        st.html(
            f"<div>{verdict_badge(verdict(judged.findings))} "
            f'<span class="gs-faint">{number(reading.integrated_lufs)} LUFS · '
            f"{number(reading.true_peak_dbtp)} dBTP · crest factor {number(reading.crest_db)} dB · "
            f"{clock(reading.duration_s)}</span></div>"
        )
        show_findings(judged.findings, about=chosen.name)
        usable_lufs(reading, chosen.name)


def _taken(studio: Studio, file: UploadedFile) -> ReferenceTrack | ErrorReport:
    """Return an upload as a reference, or why it is none; what was refused is read once a session."""
    refused: dict[str, ErrorReport] = st.session_state.setdefault(REFUSED, {})
    if file.file_id in refused:
        return refused[file.file_id]
    try:
        with uploaded([file]) as paths, st.spinner("Measuring the reference"):
            (name,) = paths
            taken = ReferenceTrack(key=studio.upload(paths).sounds["song"], name=name[:200])
            usable_lufs(_judged(studio, taken).measurement, taken.name)
    except GainstageError as error:
        refused[file.file_id] = error.report()
        return refused[file.file_id]
    return taken


def _judged(studio: Studio, reference: ReferenceTrack) -> Judged:
    return _inspected(studio, reference.key, reference.name)


@st.cache_data(max_entries=16, show_spinner="Measuring the reference")
def _inspected(_studio: Studio, key: str, name: str) -> Judged:
    from core.inspect import inspect_audio

    seen = inspect_audio(_studio.audio(key), name)
    return Judged(seen.measurement, seen.findings)

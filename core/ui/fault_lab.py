"""The Fault Lab: make any fault happen to a real song, hear and see it, and read what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.audio import Audio
from core.contract import Finding
from core.drill.round import DrillSession, Standing
from core.drill.run import Caught, Cell, Passed
from core.faults import FAULTS, Evidence, Fault, fault
from core.stages.table import STAGES
from core.studio import Studio
from core.ui import meters, session
from core.ui.findings import show_findings
from core.ui.job_progress import progress_bar
from core.ui.problem import guarded, show_error
from core.ui.shell import page
from core.ui.wave import wave

POLL_S = 0.7
TITLES = {stage.name: stage.title for stage in STAGES}
KNOWN_BY = {
    Evidence.BLIND: "audio only",
    Evidence.IN_OUT: "audio compared with the stage's input",
    Evidence.PROMISE: "audio compared with the settings and the stage's promise",
    Evidence.PROVENANCE: "the record of which engine made it, and how",
}


@st.cache_resource(show_spinner=False, on_release=lambda opened: opened.close())
def drill_session() -> DrillSession:
    """Return the process's one drill."""
    return DrillSession()


def fault_lab_page() -> None:
    """Draw the page."""
    with page(
        "Fault Lab", "Inject any known fault into a real song; hear it, see it, and read what is detected."
    ):
        studio = session.studio()
        one, whole = st.tabs(["Inject a fault", "Run all faults"])
        with one:
            _one(studio)
        with whole:
            _whole()


def show_sound(studio: Studio, audio: Audio, name: str, place: str, findings: Sequence[Finding] = ()) -> None:
    """Draw one sound: waveform, player, readings and findings."""
    key, measurement = studio.keep(audio)
    named = [f.model_copy(update={"artifact": name}) for f in findings]
    wave(
        studio,
        key,
        name=name,
        place=place,
        duration_s=measurement.duration_s,
        sample_rate=measurement.sample_rate,
        findings=named,
    )
    st.html(meters.grid(measurement))
    show_findings(named, about=name)


def _one(studio: Studio) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = st.selectbox(
            "Fault",
            [one.name for one in FAULTS],
            format_func=lambda one: fault(one).title,
            key="lab_fault",
            width=320,
        )
        chosen = fault(name)
        stage = st.selectbox(
            "Happens at",
            list(chosen.stages),
            format_func=lambda one: TITLES[one],
            key=f"lab_stage_{chosen.name}",
            width=200,
        )
        asked = st.button("Inject fault", type="primary", key="lab_go")
    st.html(_about(chosen, stage))
    if asked:
        st.session_state["lab_shown"] = (name, stage)
    if st.session_state.get("lab_shown") == (name, stage):
        with guarded():
            _shown(studio, Cell(chosen, stage))


def _about(chosen: Fault, stage: str) -> str:
    silent = chosen.unknowable.get(stage)
    known = f"Not detectable here: {silent}" if silent else f"Detected from: {KNOWN_BY[chosen.evidence]}."
    return f'<p>{escape(chosen.happened)}</p><div class="gs-faint">{escape(known)}</div>'


def _shown(studio: Studio, cell: Cell) -> None:
    with st.spinner("Making a 12-second song to inject faults into (first time only)"):
        listened = drill_session().listen(cell)
    if listened.good is not None:
        with st.container(border=True, key="card_lab_good"):
            st.html(f'<div class="gs-head"><h2>As {escape(TITLES[cell.stage])} made it</h2></div>')
            show_sound(studio, listened.good, "good", "lab_good")
    with st.container(border=True, key="card_lab_bad"):
        worst = "fail" if listened.error else listened.finding.severity.value if listened.finding else "ok"
        st.html(
            f'<div class="gs-head"><h2>{escape(cell.fault.title)}</h2>'
            f'<span class="gs-badge gs-{worst}">{worst}</span></div>'
        )
        if listened.error is not None:
            show_error(listened.error)
        if listened.bad is not None:
            show_sound(
                studio,
                listened.bad,
                cell.fault.title,
                "lab_bad",
                (listened.finding,) if listened.finding else (),
            )
        elif listened.finding is not None:
            show_findings((listened.finding,))


def _whole() -> None:
    st.html(
        '<div class="gs-faint">Injects every fault into a real song at every stage where it can occur. Each '
        "must be detected there by the right check; negative controls must pass. Takes about a minute.</div>"
    )
    live = drill_session().standing().live

    @st.fragment(run_every=POLL_S if live else None)
    def followed() -> None:
        with guarded():
            now = drill_session().standing()
            if now.live != live:
                st.rerun()
            with st.container(horizontal=True):
                st.button(
                    "Run all faults",
                    type="primary",
                    key="drill_start",
                    disabled=now.live,
                    on_click=drill_session().start,
                )
                st.button(
                    "Cancel", key="drill_cancel", disabled=not now.live, on_click=drill_session().cancel
                )
            _progress(now)
            if now.error is not None:
                show_error(now.error)
            if now.caught:
                st.html(_matrix(now.caught))
            if now.passed:
                st.html(_good(now.passed))

    followed()


def _progress(now: Standing) -> None:
    if not now.doing:
        return
    right = sum(one.right for one in now.caught)
    found = f"{right} of {len(now.caught)} detected where they occur, by the right check"
    st.html(progress_bar(now.fraction, f"{now.doing} · {found}"))


def _matrix(caught: Sequence[Caught]) -> str:
    by_place = {(one.cell.fault.name, one.cell.stage): one for one in caught}
    stages = [name for name in TITLES if any(one.cell.stage == name for one in caught)]
    head = "".join(f"<th>{escape(TITLES[name])}</th>" for name in stages)
    rows = []
    for one in FAULTS:
        cells = "".join(_cell(one, name, by_place.get((one.name, name))) for name in stages)
        rows.append(f"<tr><th>{escape(one.title)}</th>{cells}</tr>")
    return (
        '<div class="gs-scroll" tabindex="0" role="region" aria-label="Fault matrix">'
        f'<table class="gs-table gs-matrix"><thead><tr><th>Fault</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(one: Fault, stage: str, caught: Caught | None) -> str:
    if stage in one.unknowable:
        return f'<td class="gs-faint" title="{escape(one.unknowable[stage])}">cannot be known</td>'
    if caught is None:
        return "<td></td>"
    word = caught.by.replace("_", " ") or "missed"
    kind = "caught" if caught.right else "missed"
    title = escape(f"{caught.evidence} {caught.cause} ({caught.seconds:.2f} s)")
    return f'<td class="gs-hit gs-{kind}" title="{title}">{escape(word)}</td>'


def _good(passed: Sequence[Passed]) -> str:
    fine = sum(one.right for one in passed)
    lines = "".join(
        f"<li>{_badge(one)} {escape(one.name.replace('_', ' '))}"
        f"{escape(f' is not {fault(one.fault).title.lower()}') if one.fault else ''}"
        f"{escape(' (warned: ' + ', '.join(one.warned_by) + ')') if one.warned_by else ''}</li>"
        for one in passed
    )
    return f'<h3>{fine} of {len(passed)} negative controls passed</h3><ul class="gs-controls">{lines}</ul>'


def _badge(one: Passed) -> str:
    if one.right:
        return '<span class="gs-badge gs-ok">passed</span>'
    return f'<span class="gs-badge gs-fail">stopped by {escape(one.stopped_by or one.mistaken)}</span>'

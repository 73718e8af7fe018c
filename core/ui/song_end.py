"""Where a song ends: played, compared with its mix and downloaded, or what failed and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from core.bundle.song_zip import file_name
from core.contract import Finding, Severity
from core.measure import Measurement
from core.runs.record import ArtifactRecord, RunRecord, RunState, StepRecord, StepState
from core.studio import Studio
from core.ui import session
from core.ui.ab import Playable, ab_player
from core.ui.files_view import MIME, all_files, contents, media_type, size_of
from core.ui.findings import show_findings
from core.ui.labels import title_of
from core.ui.master_view import gain_reduction, target_lufs
from core.ui.meters import loudness, true_peak
from core.ui.problem import act, show_error
from core.ui.site import stage_page_file
from core.ui.wave import wave
from core.ui.words import clock, took


def show_end(studio: Studio, run: RunRecord) -> None:
    """Draw the end of a run that is not live: the song, or what stopped it; nothing while it is live."""
    stopped = next((step for step in run.steps if _stops(step)), None)
    if run.state.live:
        return
    if run.state is RunState.STOPPED and stopped is not None:
        with st.container(border=True, key="song_end"):
            _failure(studio, run, stopped)
    elif run.state in (RunState.CANCELLED, RunState.INTERRUPTED):
        with st.container(border=True, key="song_end"):
            _cut_off(studio, run)
    elif run.step("master").main is not None:
        with st.container(border=True, key="song_end"):
            _song(studio, run)


# The song --------------------------------------------------------------------------------------------


def _song(studio: Studio, run: RunRecord) -> None:
    master, mix = run.step("master"), run.step("mix").main
    mastered = master.main
    assert mastered is not None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        title = escape(title_of(studio.home, run))
        st.html(
            f'<div class="gs-head"><h2>{title}</h2>{_levels(mastered.measurement)}</div>',
            width="stretch",
        )
        with st.container(horizontal=True, gap="small", width="content"):
            _downloads(studio, run)
    if run.broken is not None:
        st.html(f'<div class="gs-by">First failure at {escape(run.blamed)}</div>')
        show_findings([f for f in run.broken.findings if f.severity is Severity.FAIL])
    _wave(studio, master, mastered, master.findings)
    if mix is not None and mix.key != mastered.key:
        ab_player(
            studio,
            Playable("Master", mastered.key, mastered.measurement, target_lufs(master)),
            Playable("Mix", mix.key, mix.measurement),
        )


def _levels(reading: Measurement) -> str:
    facts = (
        (loudness(reading), "LUFS"),
        (true_peak(reading), "dBTP"),
        (clock(reading.duration_s), ""),
    )
    return '<span class="gs-levels">' + "".join(f"<b>{n}</b> {unit} " for n, unit in facts) + "</span>"


def _downloads(studio: Studio, run: RunRecord) -> None:
    name = file_name(title_of(studio.home, run))
    export = run.step("export")
    for number_of, (delivered, place) in enumerate(export.files.items()):
        path = studio.home / place
        if not delivered.startswith("master"):
            continue
        st.download_button(
            f"{delivered.removeprefix('master').removeprefix('.').upper()} ({size_of(path)})",
            data=partial(contents, studio, place),
            file_name=f"{name}{path.suffix}",
            mime=media_type(path, export.key),
            key=f"take_master_{number_of}",
            type="primary" if number_of == 0 else "secondary",
            icon=":material/download:",
            help="The master as a file.",
            on_click="ignore",
        )
    if not export.files:
        return

    st.download_button(
        "Download all",
        data=partial(all_files, studio, run),
        file_name=f"{name}.zip",
        mime=MIME[".zip"],
        key="take_all",
        icon=":material/folder_zip:",
        help="One zip: every master file, the stems, and the score, lead sheet and plan where there are any.",
        on_click="ignore",
    )


# What stopped it -------------------------------------------------------------------------------------


def _failure(studio: Studio, run: RunRecord, step: StepRecord) -> None:
    failures = [finding for finding in step.findings if finding.severity is Severity.FAIL]
    place = [one.stage for one in run.steps].index(step.stage) + 1
    facts = [f"stage {place} of {len(run.steps)}", f"after {took(run.elapsed_s)}"]
    since_s = min((span.start_s for finding in failures for span in finding.spans), default=None)
    if since_s is not None:
        facts.append(f"from {since_s:.2f} s into the sound")
    if run.broken is not None and run.broken.stage != step.stage:
        facts.append(f"first failure at {run.blamed}")
    st.html(
        f'<div class="gs-head"><h2>{escape(step.title)} failed</h2>'
        f'<span class="gs-by">{escape(" · ".join(facts))}</span></div>'
    )
    if step.error is not None:
        show_error(step.error)
    show_findings(failures)
    _ways_on(studio, run, step)
    _what_is_audible(studio, run, step, failures)


def _ways_on(studio: Studio, run: RunRecord, step: StepRecord) -> None:
    if run.probed:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"Re-run from {step.title}",
            key="end_rerun",
            type="primary",
            help="Make this stage afresh, and everything after it.",
            on_click=act(studio.rerun),
            args=(run.id, step.stage),
        )
        if step.state is StepState.FAILED:
            st.button(
                "Continue anyway",
                key="end_continue",
                help="Go on with this sound; the run is marked from here on.",
                on_click=act(studio.continue_anyway),
                args=(run.id, step.stage),
            )
        if run.request.uploaded_names:
            st.button(
                "Replace the file",
                key="end_replace",
                help="Start again from another file; this song stays in the library.",
                on_click=act(session.start_from_sound),
            )
        link = stage_page_file(step.stage)
        if link is not None:
            st.page_link(link, label=f"Settings of {step.title}", icon=":material/tune:", width="content")


def _what_is_audible(studio: Studio, run: RunRecord, step: StepRecord, failures: Sequence[Finding]) -> None:
    """Draw the sound that failed; where a stage raised and there is none, the last one before it."""
    named = {finding.artifact for finding in failures}
    sound = next((one for one in step.artifacts if one.name in named), step.main)
    if sound is not None:
        _wave(studio, step, sound, step.findings)
        return
    before = run.steps[: run.steps.index(step)]
    source = next((one for one in reversed(before) if one.main is not None), None)
    if source is not None and source.main is not None:
        st.html(f'<div class="gs-faint">The last sound before it, of {escape(source.title)}:</div>')
        _wave(studio, source, source.main, source.findings)


def _cut_off(studio: Studio, run: RunRecord) -> None:
    unmade = next((step for step in run.steps if step.state is not StepState.DONE), None)
    made = sum(step.state is StepState.DONE for step in run.steps)
    st.html(
        f'<div class="gs-head"><h2>{run.state.capitalize()}</h2><span class="gs-by">'
        f"{'The studio ended while it was at work. ' if run.state is RunState.INTERRUPTED else ''}"
        f"{made} of {len(run.steps)} stages are made and stored.</span></div>"
    )
    if unmade is not None and not run.probed:
        st.button(
            f"Go on from {unmade.title}",
            key="end_go_on",
            type="primary",
            on_click=act(studio.rerun),
            args=(run.id, unmade.stage),
        )


def _wave(studio: Studio, step: StepRecord, sound: ArtifactRecord, findings: Sequence[Finding]) -> None:
    wave(
        studio,
        sound.key,
        name=sound.name,
        place="end",
        duration_s=sound.measurement.duration_s,
        sample_rate=sound.measurement.sample_rate,
        findings=findings,
        reduction=gain_reduction(step),
        target_lufs=target_lufs(step),
    )


def _stops(step: StepRecord) -> bool:
    return step.state is StepState.ERROR or (step.state is StepState.FAILED and not step.continued)

"""The stage panel: one stage of a run, the same on every page.

A header that says who made the sound, then the waveform with its player, the meters with the difference to
the stage before, the stems, and the findings. What failed comes first.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from core.contract import Finding, Severity
from core.runs.record import ArtifactRecord, RunRecord, RunState, StepRecord, StepState
from core.studio import Studio
from core.ui import compare, meters
from core.ui.files_view import show_files
from core.ui.findings import show_findings
from core.ui.latents_view import show_latents
from core.ui.lyrics_view import show_lyrics
from core.ui.master_view import gain_reduction, show_mastering, target_lufs
from core.ui.problem import act, show_error
from core.ui.selection import edits_of, show_silences
from core.ui.sung_view import show_sung
from core.ui.understood import show_understood
from core.ui.wave import overview, wave
from core.ui.wave_span import Edit
from core.ui.words import plain, stem_of, step_badge, took

ENDED = (StepState.DONE, StepState.FAILED, StepState.ERROR, StepState.CANCELLED, StepState.INTERRUPTED)


def stage_panel(studio: Studio, run: RunRecord, stage: str, *, link: str | None = None) -> None:
    """Draw one stage of ``run``; ``link`` is the page with its settings, when this is not that page."""
    step = run.step(stage)
    with st.container(border=True, key=f"card_{stage}"):
        folded = link is not None and _may_fold(run, step) and not _unfolded(step)
        with st.container(
            horizontal=True,
            vertical_alignment="center",
            gap="small",
            key=f"folded_{stage}" if folded else None,
        ):
            _header(run, step)
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                if not folded:
                    _remake(studio, run, step)
                if link is not None and not run.probed:
                    st.page_link(link, label="Settings", icon=":material/tune:")
                if link is not None and _may_fold(run, step):
                    _fold_button(step)
        if folded:
            return
        if step.error is not None:
            show_error(step.error)
        if step.state is StepState.NOT_RUN and not run.state.live:
            return
        if not (step.artifacts or step.files or step.lyrics or step.state in ENDED):
            _waiting(step)
        else:
            _delivered(studio, run, step, editable=link is None)


def _header(run: RunRecord, step: StepRecord) -> None:
    number_of = [one.stage for one in run.steps].index(step.stage) + 1
    st.html(
        f'<div class="gs-head" title="{escape(step.engine_reason)}">'
        f'<span class="gs-no">{number_of}</span>'
        f"<h2>{escape(step.title)}</h2><span>{step_badge(step)}</span>"
        f'<span class="gs-by">{_made_by(step)}</span></div>',
        width="stretch",
    )


def _may_fold(run: RunRecord, step: StepRecord) -> bool:
    """Whether a stage is one line until it is opened: once the run has ended, and never what failed."""
    return not run.state.live and step.state is StepState.DONE and step.verdict is not Severity.FAIL


def _unfold_key(step: StepRecord) -> str:
    return f"unfolded_{step.stage}"


def _unfolded(step: StepRecord) -> bool:
    return bool(st.session_state.get(_unfold_key(step)))


def _fold_button(step: StepRecord) -> None:
    is_open = _unfolded(step)
    st.button(
        "Close" if is_open else "Open",
        key=f"unfold_{step.stage}",
        help="The stage's sounds, readings and findings.",
        on_click=st.session_state.__setitem__,
        args=(_unfold_key(step), not is_open),
    )


def _level(step: StepRecord) -> str:
    whole = compare.whole(step)
    return f"{meters.loudness(whole.measurement)} LUFS" if whole is not None else ""


def _made_by(step: StepRecord) -> str:
    if step.state in (StepState.NOT_RUN, StepState.RUNNING):
        return ""
    parts = [_level(step), step.engine_title, "approximate" if step.approximate else "", step.device]
    if step.state in (StepState.DONE, StepState.FAILED):
        parts.append("cached" if step.cached else took(step.seconds))
    return escape(" · ".join(part for part in parts if part))


def _remake(studio: Studio, run: RunRecord, step: StepRecord) -> None:
    if run.probed:
        return
    if step.state is StepState.FAILED and not step.continued and run.state is RunState.STOPPED:
        st.button(
            "Continue anyway",
            key=f"continue_{step.stage}",
            help="Go on with this sound; the run is marked from here on.",
            on_click=act(studio.continue_anyway),
            args=(run.id, step.stage),
        )
    if step.state is not StepState.NOT_RUN and not run.state.live:
        st.button(
            "Re-run from here",
            key=f"rerun_{step.stage}",
            help="Make this stage afresh, and everything after it.",
            on_click=act(studio.rerun),
            args=(run.id, step.stage),
        )


def _waiting(step: StepRecord) -> None:
    """Keep the place of what is to come, so that nothing jumps when it does."""
    inside = "" if step.stage in ("lyrics", "export") else f'<div class="gs-blank"></div>{meters.skeleton()}'
    st.html(f'<div class="gs-wait gs-wait-{step.stage}">{inside}</div>')


def _delivered(studio: Studio, run: RunRecord, step: StepRecord, *, editable: bool) -> None:
    broken = step.verdict is Severity.FAIL
    if broken:
        show_findings(step.findings)
    for note in step.notes:
        st.html(f'<div class="gs-faint">{escape(note)}</div>')
    if step.stage == "lyrics":
        show_lyrics(step)
        show_sung(studio, run)
        show_understood(run.request.typed_lyrics)
    if step.artifacts:
        _sounds(studio, run, step, editable=editable)
    if editable and step.stage in ("generate", "assemble"):
        show_silences(studio, run)
    if step.stage == "generate":
        show_latents(studio, step)
    if step.stage == "master":
        show_mastering(step)
    if step.files:
        show_files(studio, step)
    if not broken:
        show_findings(step.findings)


def _sounds(studio: Studio, run: RunRecord, step: StepRecord, *, editable: bool) -> None:
    whole = compare.whole(step)
    if whole is None or whole == step.whole:
        everything = [*step.artifacts, *([step.whole] if step.whole else [])]
        _stems(studio, run, step, everything)
        _other(studio, run, step, everything)
        return
    _sound(studio, run, step, whole, edits_of(studio, run, step.stage, whole) if editable else None)
    others = [artifact for artifact in step.artifacts if artifact != whole]
    if others:
        _other(studio, run, step, others)


def _sound(
    studio: Studio, run: RunRecord, step: StepRecord, artifact: ArtifactRecord, edit: Edit | None = None
) -> None:
    wave(
        studio,
        artifact.key,
        name=artifact.name,
        place=step.stage,
        duration_s=artifact.measurement.duration_s,
        sample_rate=artifact.measurement.sample_rate,
        findings=step.findings,
        reduction=gain_reduction(step),
        target_lufs=target_lufs(step),
        edit=edit,
    )
    st.html(meters.grid(artifact.measurement, compare.before(run, step, artifact)))


def _stems(studio: Studio, run: RunRecord, step: StepRecord, stems: list[ArtifactRecord]) -> None:
    overview(
        studio,
        [(artifact.name, artifact.key) for artifact in stems],
        place=step.stage,
        duration_s=max(artifact.measurement.duration_s for artifact in stems),
        sample_rate=stems[0].measurement.sample_rate,
        findings=step.findings,
    )
    rows = [
        meters.Row(artifact.name, artifact.measurement, compare.before(run, step, artifact))
        for artifact in stems
    ]
    st.html(meters.table(rows))


def _other(studio: Studio, run: RunRecord, step: StepRecord, others: list[ArtifactRecord]) -> None:
    by_name = {artifact.name: artifact for artifact in others}
    chosen = st.pills(
        "Open a part (loudness in LUFS)",
        list(by_name),
        format_func=lambda name: _part_label(by_name[name], step.findings),
        default=_suspect(step, by_name),
        key=f"part_{step.stage}_{step.key}",
    )
    if chosen is not None:
        _sound(studio, run, step, by_name[str(chosen)])


def _part_label(artifact: ArtifactRecord, findings: tuple[Finding, ...]) -> str:
    worst = max(
        (f.severity for f in findings if f.artifact == artifact.name),
        key=lambda s: s.rank,
        default=Severity.OK,
    )
    mark = {Severity.WARN: " (warning)", Severity.FAIL: " (failed)"}.get(worst, "")
    name = artifact.name if artifact.name.startswith("clip_") else stem_of(artifact.name)
    return f"{plain(name)} {meters.loudness(artifact.measurement)}{mark}"


def _suspect(step: StepRecord, by_name: dict[str, ArtifactRecord]) -> str | None:
    """Return the part that a failure names, so that its panel is open."""
    for finding in step.findings:
        if finding.severity is Severity.FAIL and finding.artifact in by_name:
            return finding.artifact
    return None

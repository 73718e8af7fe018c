"""What is done to a selection of a waveform: silenced in the song, or given to the engine that changes it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.checks.figures import AssembleFigures, read_figures
from core.engines.acestep15.card import CARD
from core.engines.acestep15.settings import WINDOWED, Task
from core.errors import EngineMissingError, InputError, SettingsError
from core.runs.record import ArtifactRecord, RunRecord
from core.stages.assemble import MOST_SILENCES, AssembleSettings, Silence
from core.studio import Studio
from core.ui.form_state import load
from core.ui.problem import act
from core.ui.wave_span import Edit, Span
from core.ui.words import plain

_WHOLE = {"generate": "clip_", "assemble": "song"}


def edits_of(studio: Studio, run: RunRecord, stage: str, artifact: ArtifactRecord) -> Edit | None:
    """Return what edits a selection of a sound; None for a sound of which no selection can be edited."""
    name = artifact.name
    if "/" in name or not name.startswith(_WHOLE.get(stage, "\0")) or run.probed or run.state.live:
        return None
    offset_s = _offset_s(run, name) if stage == "generate" else 0.0
    if offset_s is None:
        return None

    def edit(verb: str, span: Span) -> None:
        if verb == "silence":
            silence(studio, run.id, span.start_s + offset_s, span.stop_s + offset_s)
        elif verb in WINDOWED:
            fill_window(studio, run, Task(verb), span)

    return act(edit)


def _offset_s(run: RunRecord, clip: str) -> float | None:
    """Return where a clip begins in the song; None while nothing says so."""
    number = int(clip.removeprefix("clip_")) if clip.removeprefix("clip_").isdigit() else 0
    if number == 1:
        return 0.0
    step = run.step("assemble")
    done = read_figures(AssembleFigures, step.figures)
    if done is None or not 2 <= number <= len(done.joins) + 1 or step.main is None:
        return None
    return done.joins[number - 2].start_frame / step.main.measurement.sample_rate


def silence(studio: Studio, run_id: str, start_s: float, stop_s: float) -> None:
    """Have a stretch of the song silent, and re-run from there. Raises what ``Studio.change`` raises."""
    settings = studio.run(run_id).settings
    assemble: AssembleSettings = settings.assemble
    one = Silence(start_s=round(start_s, 4), stop_s=round(stop_s, 4))
    if len(assemble.silences) >= MOST_SILENCES:
        raise SettingsError(
            f"A song can have {MOST_SILENCES} silences.", remedy="Restore one on the Assemble page first."
        )
    _put(studio, run_id, (*assemble.silences, one))


def _put(studio: Studio, run_id: str, silences: tuple[Silence, ...]) -> None:
    settings = studio.run(run_id).settings
    assemble = settings.assemble.model_copy(update={"silences": tuple(sorted(silences, key=_begin))})
    studio.change(run_id, settings.model_copy(update={"assemble": assemble}))


def _begin(one: Silence) -> float:
    return one.start_s


def fill_window(studio: Studio, run: RunRecord, task: Task, span: Span) -> None:
    """Fill the form of Generate so that ACE-Step repaints a selection, or adds a track to it; Apply does it.

    Raises EngineMissingError where it cannot run, InputError for a song that was not uploaded.
    """
    repaints = task is Task.REPAINT
    work = "Repainting" if repaints else "Adding a track"
    state = studio.engines.availability(CARD.name, run.settings.generate.checkpoint)
    if not state.ready:
        raise EngineMissingError(
            f"{work} needs {CARD.title}, which cannot run here: {state.reason}",
            remedy="Ask the administrator for it, or silence the selection."
            if studio.hosted
            else state.remedy or CARD.how_to_add,
        )
    if run.request.upload is None:
        raise InputError(
            f"{CARD.title} {'repaints' if repaints else 'adds tracks to'} uploaded songs, and this one was "
            "generated here.",
            remedy="Download the song on Export, start from it under Use my audio, and do it there.",
        )
    own = {
        "task": task.value,
        "repaint_from_s": f"{span.start_s:.3f}",
        "repaint_to_s": f"{span.stop_s:.3f}",
    }
    filled = {f"generate.options.{CARD.name}.{name}": value for name, value in own.items()}
    load("generate", run.settings.with_values({"generate.engine": CARD.name} | filled).generate)


def show_silences(studio: Studio, run: RunRecord) -> None:
    """List what was silenced, each with a button that restores it."""
    assemble: AssembleSettings = run.settings.assemble
    if not assemble.silences:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html('<div class="gs-faint">Silenced:</div>', width="content")
        for number, one in enumerate(assemble.silences):
            rest = (*assemble.silences[:number], *assemble.silences[number + 1 :])
            st.button(
                plain(f"{one.start_s:.2f} to {one.stop_s:.2f} s ✕"),
                key=f"restore_{number}",
                help="Restore: the song has its sound there again.",
                disabled=run.state.live,
                on_click=act(partial(_put, studio, run.id, rest)),
            )

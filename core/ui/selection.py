"""What is done to a selection of a waveform: silenced in the song, or given to the engine that changes it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.bundle.song_zip import file_name
from core.checks.figures import AssembleFigures, read_figures
from core.engines.acestep15.card import CARD
from core.engines.acestep15.settings import OF_BASE, WINDOWED, Task
from core.errors import EngineMissingError, InputError, SettingsError
from core.runs.pipeline import RunSettings
from core.runs.record import ArtifactRecord, RunRecord
from core.song import Upload
from core.stages.assemble import MOST_SILENCES, AssembleSettings, Silence
from core.stages.uploaded import SONG
from core.studio import Studio
from core.ui import session
from core.ui.form_state import load
from core.ui.labels import rename, title_of
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
            fill_window(studio, run, Task(verb), span, artifact.key)

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


def fill_window(studio: Studio, run: RunRecord, task: Task, span: Span, key: str) -> None:
    """Have ACE-Step repaint a selection of the sound ``key``, or add a track to it.

    ACE-Step changes a sound that it is given. An uploaded song has one: the form of Generate is filled, and
    Apply makes it. A song that was generated here is repainted as the source of a song of its own, which is
    started and opened; this one stays as it is. Raises EngineMissingError where ACE-Step cannot run,
    InputError for a track to be added to a song that was generated here, and what ``Studio.rate_of`` raises
    for a sound that is gone.
    """
    repaints = task is Task.REPAINT
    work = "Repainting" if repaints else "Adding a track"
    state = studio.engines.availability(CARD.name, run.settings.generate.checkpoint)
    if not state.ready:
        raise EngineMissingError(
            f"{work} needs {CARD.title}, which cannot run here: {state.reason}",
            remedy="Ask the administrator for it, or silence the selection."
            if studio.hosted
            else _remedy(task, state.remedy or CARD.how_to_add),
        )
    if run.request.upload is None and not repaints:
        raise InputError(
            f"{CARD.title} adds tracks to uploaded songs, and this one was generated here.",
            remedy="Download the song on Export, start from it under Use my audio, and do it there.",
        )
    own = {
        "task": task.value,
        "repaint_from_s": f"{span.start_s:.3f}",
        "repaint_to_s": f"{span.stop_s:.3f}",
    }
    filled = {f"generate.options.{CARD.name}.{name}": value for name, value in own.items()}
    settings = run.settings.with_values({"generate.engine": CARD.name} | filled)
    if run.request.upload is not None:
        load("generate", settings.generate)
        return
    title = title_of(studio.home, run)
    upload = Upload(sounds={SONG: key}, names={SONG: f"{file_name(title)}.wav"})
    sung = run.step("lyrics").lyrics
    asked = {
        "upload": upload,
        "midi": None,
        "sample_rate": studio.rate_of(upload),
        "typed_lyrics": sung.text if sung is not None else run.request.typed_lyrics,
    }
    # Takes, words and silences belong to the song that the source was made by; they are in the sound.
    of_its_own = RunSettings().model_copy(
        update={
            "generate": settings.generate.model_copy(update={"takes": 1, "take": 0}),
            "mix": settings.mix,
            "master": settings.master,
            "export": settings.export,
        }
    )
    made = studio.start(run.request.model_copy(update=asked), of_its_own, session.owner())
    rename(studio.home, made, f"{title} (repainted)")
    session.hold(made)


def _remedy(task: Task, remedy: str) -> str:
    """Return what to do to have ACE-Step do ``task``: some tasks are a base model's alone."""
    if task not in OF_BASE:
        return remedy
    base = min((one for one in CARD.weights if "-base-" in one.name), key=lambda one: one.size_mb)
    return remedy.replace(CARD.weights[0].name, base.name)


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

"""A stage's own page: its settings, its panel, and the way to the stages beside it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.engines.needs import USUAL_SONG_S
from core.runs.pipeline import stage_named
from core.runs.record import RunRecord
from core.stages.base import StageSettings
from core.stages.generate import GenerateSettings
from core.stages.lyrics import LyricsSettings
from core.stages.master import MasterSettings
from core.stages.mix import MixSettings
from core.studio import Studio
from core.ui import session
from core.ui.engines_view import engine_choices, engine_options, show_engines, show_not_installed
from core.ui.forms import Entry, FormPlan, settings_form
from core.ui.live import Part
from core.ui.memory_view import show_memory
from core.ui.mixer import keep_chosen, mixer_state, show_mixer, stems_before_mix
from core.ui.plan_editor import edit_plan
from core.ui.problem import act
from core.ui.rack import follow_run, stage_part
from core.ui.reference import choose_reference, show_target
from core.ui.shell import page
from core.ui.site import HOME, STAGE_PAGES, PageCard
from core.ui.takes_view import show_takes


def stage_page(stage: str) -> None:
    """Draw the page of ``stage``."""
    with page(_card(stage).title, stage_named(stage).about):
        studio = session.studio()
        run = session.current_run()
        if run is None:
            _beside(stage)  # With a song the bar leads to every stage.
        if run is not None and run.probed:
            st.html('<div class="gs-faint">The open run is another program\'s: its steps are on Home.</div>')
            run = None
        if run is not None:
            desk = [Part("mixer", mixer_state, lambda now: show_mixer(studio, now))] if stage == "mix" else []
            follow_run(studio, run, *desk, stage_part(studio, stage, linked=False))
            if stage == "generate":
                show_takes(studio, run)
        _settings(studio, run, stage)
        show_engines(studio, stage)


def _card(stage: str) -> PageCard:
    return next(card for card in STAGE_PAGES if card.name == stage)


def _beside(stage: str) -> None:
    """Link the pages of the stages before and after."""
    number = STAGE_PAGES.index(_card(stage))
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for beside, icon in ((number - 1, ":material/arrow_back:"), (number + 1, ":material/arrow_forward:")):
            if 0 <= beside < len(STAGE_PAGES):
                card = STAGE_PAGES[beside]
                st.page_link(card.file, label=stage_named(card.name).title, icon=icon)
            else:
                st.page_link(HOME.file, label="Home", icon=":material/graphic_eq:")


def _settings(studio: Studio, run: RunRecord | None, stage: str) -> None:
    settings = session.draft() if run is None else run.settings
    current: StageSettings = getattr(settings, stage)
    st.subheader("Settings", anchor=False)
    show_not_installed(studio, stage, current)
    form_key, live = _form_key(run, stage), run is not None and run.state.live
    plan = FormPlan(
        key=form_key,
        names=_stem_names(run),
        entries=_entries(studio, stage, current),
        visitor=studio.hosted,
        choices=engine_choices(studio, stage),
        hidden=frozenset({"reference", "plan"} | ({"faders"} if _on_the_mixer(run, stage) else set())),
        disabled=live,
    )
    chosen = settings_form(current, plan)
    if isinstance(chosen, GenerateSettings):
        show_memory(studio, chosen, run.request.duration_s if run else USUAL_SONG_S)
    if isinstance(current, MasterSettings):
        reference = choose_reference(studio, current.reference, form_key, disabled=live)
        chosen = chosen.model_copy(update={"reference": reference}) if chosen else None
        if isinstance(chosen, MasterSettings):
            show_target(studio, chosen)
    if isinstance(current, LyricsSettings):
        shown = run.step("lyrics").plan if run else None
        played = edit_plan(shown, current.plan, form_key, disabled=live)
        chosen = chosen.model_copy(update={"plan": played}) if chosen else None
    if chosen is None:
        return
    if run is not None and isinstance(chosen, MixSettings):
        keep_chosen(run.id, chosen)
    if run is None:
        session.keep_draft(settings.model_copy(update={stage: chosen}))
        st.html('<div class="gs-faint">The next song starts with these.</div>')
        return
    changed = chosen != current
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Apply and re-run from here",
            type="primary",
            key="apply",
            disabled=not changed or run.state.live,
            on_click=act(studio.change),
            args=(run.id, settings.model_copy(update={stage: chosen})),
        )
        word = "Unsaved changes." if changed else "No changes."
        st.html(f'<div class="gs-faint">{word}</div>')


def _on_the_mixer(run: RunRecord | None, stage: str) -> bool:
    """Whether the faders are the mixer's, above the form."""
    return run is not None and stage == "mix" and bool(stems_before_mix(run))


def _form_key(run: RunRecord | None, stage: str) -> str:
    """Return the start of the controls' keys: another one whenever the settings changed behind them.

    A revision's own number would not do: undo comes back to one whose controls were moved since.
    """
    stands_at = None if run is None else (run.id, run.revision)
    kept: dict[str, tuple[object, int]] = st.session_state.setdefault("form_generations", {})
    before, generation = kept.get(stage, (stands_at, 0))
    if before != stands_at:
        generation += 1
    kept[stage] = (stands_at, generation)
    return f"{stage}/{generation}"


def _entries(studio: Studio, stage: str, current: StageSettings) -> Mapping[str, Entry]:
    """Return what is in effect for a stem, or an engine, where a stage has settings by their names."""
    entries = engine_options(studio, stage, getattr(current, "options", {}))
    if hasattr(current, "fader"):
        entries["faders"] = Entry(current.fader)
    if hasattr(current, "chain"):
        entries["chains"] = Entry(current.chain, opt_in=True)
    return entries


def _stem_names(run: RunRecord | None) -> tuple[str, ...]:
    return () if run is None else tuple(stem.name for stem in stems_before_mix(run))

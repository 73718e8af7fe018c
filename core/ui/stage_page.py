"""A stage's own page: its settings, its panel, and the way to the stages beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.blame.difference import changed_settings
from core.engines.needs import USUAL_SONG_S
from core.runs.pipeline import stage_named
from core.runs.record import RunRecord
from core.stages.assemble import AssembleSettings
from core.stages.base import StageSettings
from core.stages.generate import GenerateSettings
from core.stages.lyrics import LyricsSettings
from core.stages.master import MasterSettings
from core.stages.mix import MixSettings
from core.studio import Studio
from core.ui import session
from core.ui.engines_view import engine_choices, engine_options, show_engines, show_not_installed
from core.ui.form_state import form_state, load
from core.ui.forms import Entry, FormPlan, settings_form
from core.ui.live import Part
from core.ui.lyrics_editor import edit_words
from core.ui.marks import Beside
from core.ui.memory_view import show_memory
from core.ui.mixer import keep_chosen, mixer_state, show_mixer, stems_before_mix
from core.ui.plan_editor import edit_plan
from core.ui.presets_view import show_presets
from core.ui.problem import act
from core.ui.rack import follow_run, stage_part
from core.ui.recipe_view import offer_recipe
from core.ui.reference import choose_reference, show_target
from core.ui.remade import seen_times, what_is_remade
from core.ui.setting_names import Row, rows
from core.ui.shell import page
from core.ui.site import HOME, STAGE_PAGES, PageCard
from core.ui.strips import show_enhanced, show_separated, strips_state
from core.ui.takes_view import show_takes
from core.ui.timbre import choose_timbre, takes_timbre

_DRAWN_APART = {"reference", "plan", "timbre", "words", "silences"}
"""Settings that have a control of their own beside the form."""


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
        if run is None:
            if stage == "generate":
                offer_recipe(studio, None)
            _settings(studio, None, stage, None)
            return
        desk = _desk(studio, stage)
        columns: list[DeltaGenerator] = []

        def result_column() -> DeltaGenerator:
            columns.extend(st.columns((5, 3), gap="medium"))
            return columns[0]

        panel = replace(stage_part(studio, stage, linked=False), place=result_column)
        follow_run(studio, run, *desk, panel)
        result, pane = columns
        with result:
            if stage == "generate":
                show_takes(studio, run)
            beneath = st.container()
        with pane, st.container(key="settings_pane"):
            if stage == "generate":
                offer_recipe(studio, run)
            _settings(studio, run, stage, beneath)


def _desk(studio: Studio, stage: str) -> list[Part]:
    """Return the strips of a stage that has some, above its panel."""
    if stage == "mix":
        return [Part("mixer", mixer_state, lambda now: show_mixer(studio, now))]
    draw = {"separate": show_separated, "enhance": show_enhanced}.get(stage)
    if draw is None:
        return []
    return [Part("strips", lambda now: strips_state(now, stage), lambda now: draw(studio, now))]


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


def _settings(studio: Studio, run: RunRecord | None, stage: str, beneath: DeltaGenerator | None) -> None:
    """Draw the settings; ``beneath`` the result is the place for what is too wide for their column."""
    settings = session.draft() if run is None else run.settings
    current: StageSettings = getattr(settings, stage)
    state = form_state(run, stage)
    start = state.loaded or current
    st.header("Settings", anchor="settings")
    bar = st.container()
    show_not_installed(studio, stage, current)
    form_key, live = f"{stage}/{state.generation}", run is not None and run.state.live
    plan = FormPlan(
        key=form_key,
        names=_stem_names(run),
        entries=_entries(studio, stage, start, current),
        visitor=studio.hosted,
        choices=engine_choices(studio, stage),
        hidden=frozenset(_DRAWN_APART | ({"faders"} if _on_the_mixer(run, stage) else set())),
        disabled=live,
        narrow=run is not None,
    )
    chosen = settings_form(start, plan, Beside(None if run is None else current, type(current)()))
    if isinstance(chosen, GenerateSettings):
        show_memory(studio, chosen, run.request.duration_s if run else USUAL_SONG_S)
        if chosen.timbre or takes_timbre(studio, chosen.engine):
            timbre = choose_timbre(studio, chosen.timbre, form_key, disabled=live)
            chosen = chosen.model_copy(update={"timbre": timbre})
    if isinstance(current, MasterSettings):
        reference = choose_reference(studio, current.reference, form_key, disabled=live)
        chosen = chosen.model_copy(update={"reference": reference}) if chosen else None
        if isinstance(chosen, MasterSettings):
            show_target(studio, chosen)
    if isinstance(current, AssembleSettings) and chosen is not None:
        chosen = chosen.model_copy(update={"silences": current.silences})  # A preset brings none.
    if isinstance(current, LyricsSettings):
        shown = run.step("lyrics").plan if run else None
        sung = run.step("lyrics").lyrics if run else None
        with beneath or st.container():
            words = edit_words(sung, current.words, shown, form_key, disabled=live)
            played = edit_plan(shown, current.plan, form_key, disabled=live)
        chosen = chosen.model_copy(update={"plan": played, "words": words}) if chosen else None
    show_engines(studio, stage)
    if run is not None:
        if isinstance(chosen, MixSettings):
            keep_chosen(run.id, chosen)
        with bar:
            _apply_bar(studio, run, stage, current, chosen)
        return
    if chosen is not None:
        session.keep_draft(settings.model_copy(update={stage: chosen}))
    with st.container(horizontal=True, vertical_alignment="center"):
        show_presets(studio, stage, current, chosen, disabled=False)
        st.html('<div class="gs-faint">The next song starts with these.</div>')


def _apply_bar(
    studio: Studio, run: RunRecord, stage: str, current: StageSettings, chosen: StageSettings | None
) -> None:
    """Draw what applies the settings and what that makes again; it stays in sight."""
    after = run.settings if chosen is None else run.settings.model_copy(update={stage: chosen})
    changes = rows(changed_settings(run, run.model_copy(update={"settings": after})))
    changed = after != run.settings
    with st.container(key="apply_bar"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                "Apply and re-run from here",
                type="primary",
                key="apply",
                disabled=not changed or run.state.live,
                on_click=act(studio.change),
                args=(run.id, after),
            )
            show_presets(studio, stage, current, chosen, disabled=run.state.live)
            if changed or chosen is None:
                st.button(
                    "Discard",
                    help="The settings of the last render.",
                    key="discard_changes",
                    type="tertiary",
                    on_click=load,
                    args=(stage, None),
                )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _view()
            if chosen is None:
                st.html(_line("A value above is refused."))
            elif not changed:
                st.html(_line("No changes."))
            else:
                st.html(_unsaved(changes, what_is_remade(run.steps, stage, seen_times(run))))


@st.fragment
def _view() -> None:
    """Draw what a phone shows, the result or the settings: style.css reads the choice and hides the other."""
    with st.container(key="phone_view", width="content"):
        st.segmented_control(
            "View",
            ("Result", "Settings"),
            default="Result",
            required=True,
            key="phone_view_choice",
            label_visibility="collapsed",
        )


def _line(standing: str, more: str = "") -> str:
    """Return how the controls stand against the last render, as HTML."""
    return f'<div class="gs-faint"><span role="status">{escape(standing)}</span> {more}</div>'


def _unsaved(changes: Sequence[Row], remade: str) -> str:
    lines = "".join(f"<li>{escape(f'{row.title}: {row.a} → {row.b}')}</li>" for row in changes)
    shown = f"<details><summary>Show changes</summary><ul>{lines}</ul></details>" if changes else ""
    return _line(f"Unsaved changes: {max(1, len(changes))}.", escape(remade) + shown)


def _on_the_mixer(run: RunRecord | None, stage: str) -> bool:
    """Whether the faders are the mixer's, above the form."""
    return run is not None and stage == "mix" and bool(stems_before_mix(run))


def _entries(studio: Studio, stage: str, start: StageSettings, current: StageSettings) -> Mapping[str, Entry]:
    """Return what is in effect for a stem, or an engine, where a stage has settings by their names."""
    entries = engine_options(studio, stage, *(getattr(one, "options", {}) for one in (start, current)))
    for name, read in (("faders", "fader"), ("chains", "chain")):
        if hasattr(current, read):
            effective, rendered, usual = (getattr(one, read) for one in (start, current, type(current)()))
            entries[name] = Entry(effective, rendered, usual, opt_in=name == "chains")
    return entries


def _stem_names(run: RunRecord | None) -> tuple[str, ...]:
    return () if run is None else tuple(stem.name for stem in stems_before_mix(run))

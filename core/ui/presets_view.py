"""The presets of a stage on its page: save, load, delete, share as a file, and back to the defaults."""

from __future__ import annotations

import streamlit as st

from core.machine.hosting import refuse_operators
from core.stages.base import StageSettings
from core.studio import Studio
from core.ui import session
from core.ui.form_state import load
from core.ui.presets import (
    LONGEST_NAME,
    delete_preset,
    preset_file,
    presets,
    put_preset,
    read_preset,
    usual,
    with_preset,
)
from core.ui.problem import act


def show_presets(
    studio: Studio, stage: str, current: StageSettings, chosen: StageSettings | None, *, disabled: bool
) -> None:
    """Draw the menu of presets. ``chosen``: what the controls stand at, None while that is refused.

    What is loaded moves the controls and nothing else: Apply makes it.
    """
    with st.popover("Presets", key=f"presets_{stage}", disabled=disabled):
        _saved(studio, stage, current)
        if chosen is not None:
            _save(studio, stage, chosen)
        _from_file(studio, stage, current)
        st.button(
            "Reset to defaults", key=f"preset_reset_{stage}", on_click=load, args=(stage, usual(current))
        )


def _saved(studio: Studio, stage: str, current: StageSettings) -> None:
    saved = presets(studio.home, session.owner(), stage)
    if not saved:
        return
    name = st.selectbox("Saved presets", list(saved), key=f"preset_pick_{stage}")
    with st.container(horizontal=True):
        st.button(
            "Load",
            key=f"preset_load_{stage}",
            on_click=act(_load),
            args=(studio, stage, current, saved[name]),
        )
        st.button(
            "Delete",
            key=f"preset_delete_{stage}",
            on_click=act(delete_preset),
            args=(studio.home, session.owner(), stage, name),
        )


def _save(studio: Studio, stage: str, chosen: StageSettings) -> None:
    name = st.text_input("Save these settings as", key=f"preset_name_{stage}", max_chars=LONGEST_NAME)
    with st.container(horizontal=True):
        st.button(
            "Save",
            key=f"preset_save_{stage}",
            on_click=act(put_preset),
            args=(studio.home, session.owner(), stage, name, chosen),
        )
        st.download_button(
            "Download",
            data=preset_file(stage, chosen),
            file_name=f"{stage}-{name.strip() or 'preset'}.json",
            mime="application/json",
            key=f"preset_file_{stage}",
            help="These settings as a file, for another studio or person.",
            on_click="ignore",
        )


def _from_file(studio: Studio, stage: str, current: StageSettings) -> None:
    file = st.file_uploader("Load a preset's file", type=["json"], key=f"preset_upload_{stage}")
    if file is not None:
        st.button(
            "Use this file",
            key=f"preset_use_{stage}",
            on_click=act(_load_text),
            args=(studio, stage, current, file.getvalue().decode("utf-8", "replace")),
        )


def _load(studio: Studio, stage: str, current: StageSettings, given: dict[str, object]) -> None:
    _take(studio, stage, current, with_preset(given, stage, current))


def _load_text(studio: Studio, stage: str, current: StageSettings, text: str) -> None:
    _take(studio, stage, current, read_preset(text, stage, current))


def _take(studio: Studio, stage: str, current: StageSettings, settings: StageSettings) -> None:
    if studio.hosted:
        refuse_operators(settings, current)
    load(stage, settings)

"""The plan, to be edited before a note is played: what the prompt was understood as, and what is played."""

from __future__ import annotations

from typing import Any

import streamlit as st
from pydantic import ValidationError

from core.errors import ErrorReport, GainstageError, SettingsError
from core.sentences import sentences
from core.song import Plan, PlanSection, SectionKind
from core.ui.problem import guarded, show_error
from core.writing import keys
from core.writing.genres import GENRES
from core.writing.given_plan import playable, read_plan
from core.writing.instruments import INSTRUMENTS
from core.writing.percussion import NAMES as PERCUSSION

TONICS = tuple(keys.PITCH_CLASS)
METERS = (2, 3, 4, 5, 6, 7, 8, 9, 12)


def plan_place(key: str) -> str:
    """Return where the session holds the plan that an editor of this key was given."""
    return f"{key}.plan"


def edit_plan(
    shown: Plan | None, given: Plan | None, key: str, *, disabled: bool, expanded: bool = False
) -> Plan | None:
    """Draw the plan's controls; return the plan that is to be played, None for the one of the prompt.

    ``shown``: the plan that the song was made by; ``given``: the one its settings name. A refused edit is
    reported in one sentence, and the settings stay as they are.
    """
    taken = plan_place(key)
    start: Plan | None = st.session_state.setdefault(taken, given)
    basis = start or shown
    with st.expander("Plan", icon=":material/edit_note:", expanded=expanded):
        if basis is None:
            st.html(
                '<div class="gs-faint">It appears as soon as the prompt was understood; “Edit plan first” on '
                "Home shows it before.</div>"
            )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _import(taken, disabled)
            if start is not None:
                st.button(
                    "Reset to what the prompt says",
                    key=f"{taken}-",
                    disabled=disabled,
                    on_click=st.session_state.__setitem__,
                    args=(taken, None),
                )
        if basis is None:
            return None
        edited = _controls(basis, f"{taken}.{hash(basis)}", disabled)
    return given if edited is None else start if edited == basis else edited


def _import(taken: str, disabled: bool) -> None:
    """Draw the upload of a plan.json; it takes the place of the one that is shown."""
    file = st.file_uploader(
        "Upload a plan", type=["json"], key=f"{taken}+", disabled=disabled, help="A song's plan.json."
    )
    if file is None or not st.button("Use this plan", key=f"{taken}!", disabled=disabled):
        return
    with guarded():
        st.session_state[taken] = read_plan(file.getvalue().decode("utf-8", "replace"))
        st.rerun()


def _controls(plan: Plan, key: str, disabled: bool) -> Plan | None:
    """Return the plan that the controls stand at; None after one sentence about what is refused."""
    tonic, _, mode = plan.key.partition(" ")
    shape: dict[str, Any] = {"disabled": disabled, "persist_state": "session"}
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        title = st.text_input("Title", plan.title, key=f"{key}.title", width=260, **shape)
        genre = st.selectbox(
            "Genre", names := [one.name for one in GENRES], names.index(plan.genre), key=f"{key}.genre",
            width=180, **shape,
        )  # fmt: skip
        tempo = st.number_input(
            "Tempo (bpm)", 30.0, 300.0, float(plan.tempo_bpm), 1.0, key=f"{key}.tempo", width=140, **shape
        )
        tonic = st.selectbox("Key", TONICS, TONICS.index(tonic), key=f"{key}.tonic", width=100, **shape)
        mode = st.selectbox(
            "Mode", keys.MODES, keys.MODES.index(mode or "major"), key=f"{key}.mode", width=150, **shape
        )
        meters = METERS if plan.beats_per_bar in METERS else (*METERS, plan.beats_per_bar)
        beats = st.selectbox(
            "Beats in a bar", meters, meters.index(plan.beats_per_bar), key=f"{key}.beats", width=130, **shape
        )
    instruments = st.multiselect(
        "Band, the lead first",
        list(dict.fromkeys([*(one.name for one in INSTRUMENTS), *plan.instruments])),
        default=list(plan.instruments),
        key=f"{key}.band",
        **shape,
    )
    struck = st.multiselect(
        "Percussion beside the drums",
        list(dict.fromkeys([*PERCUSSION, *plan.percussion])),
        default=list(plan.percussion),
        key=f"{key}.percussion",
        **shape,
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        soloists = list(dict.fromkeys(["", *(one.name for one in INSTRUMENTS), plan.solo]))
        solo = st.selectbox(
            "Solos by", soloists, soloists.index(plan.solo), key=f"{key}.solo", width=220,
            format_func=lambda name: name or "the lead instrument", **shape,
        )  # fmt: skip
        fades_in = st.checkbox("Fades in", plan.fades_in, key=f"{key}.fades_in", **shape)
        fades_out = st.checkbox("Fades out", plan.fades_out, key=f"{key}.fades_out", **shape)
    rows = _form(plan, key, disabled)
    try:
        return playable(
            Plan.model_validate(
                plan.model_dump()
                | {
                    "title": title.strip() or plan.title,
                    "genre": genre,
                    "tempo_bpm": tempo,
                    "key": f"{tonic} {mode}",
                    "beats_per_bar": beats,
                    "instruments": tuple(instruments),
                    "percussion": tuple(struck),
                    "solo": solo,
                    "fades_in": fades_in,
                    "fades_out": fades_out,
                    "sections": rows,
                }
            )
        )
    except ValidationError as error:
        problem: GainstageError = SettingsError(sentences(error, Plan)[0], remedy="Change the value above.")
    except SettingsError as error:
        problem = error
    show_error(ErrorReport(kind="settings", message=problem.message, remedy=problem.remedy))
    return None


def _form(plan: Plan, key: str, disabled: bool) -> list[dict[str, Any]]:
    """Draw the sections, a row each: rows can be added, taken away and changed."""
    columns = st.column_config
    edited = st.data_editor(
        [_row(section) for section in plan.sections],
        key=f"{key}.sections",
        num_rows="dynamic",
        hide_index=True,
        disabled=disabled,
        # Together as wide as a desktop's page: nothing is cut off there.
        column_config={
            "kind": columns.SelectboxColumn(
                "Section", options=[kind.value for kind in SectionKind], required=True, width=105
            ),
            "bars": columns.NumberColumn("Bars", min_value=1, max_value=128, step=1, required=True, width=75),
            "energy": columns.NumberColumn(
                "Energy",
                min_value=0.0,
                max_value=1.0,
                step=0.05,
                required=True,
                help="0 calm, 1 full",
                width=90,
            ),
            "sung": columns.CheckboxColumn("Sung", default=False, width=80),
            "chords": columns.TextColumn("Chords, one a bar", width=275, help="i bVI bIII bVII"),
            "key_shift": columns.NumberColumn(
                "Key",
                min_value=-6,
                max_value=6,
                step=1,
                default=0,
                help="Semitones above the song's key",
                width=75,
            ),
            "only": columns.TextColumn(
                "Only", help="Who plays here, with commas: piano, drums. Empty for everybody", width=100
            ),
        },
    )
    return [_section(row) for row in edited]


def _row(section: PlanSection) -> dict[str, Any]:
    """Return a section as a row of the table; every row has every column."""
    return {
        "kind": section.kind.value,
        "bars": section.bars,
        "energy": section.energy,
        "sung": section.sung,
        "chords": " ".join(section.chords),
        "key_shift": section.key_shift,
        "only": ", ".join(section.only),
    }


def _section(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "chords": tuple(str(row.get("chords") or "").split()),
        "sung": bool(row.get("sung")),
        "key_shift": row.get("key_shift") or 0,
        "only": tuple(name.strip() for name in str(row.get("only") or "").split(",") if name.strip()),
    }

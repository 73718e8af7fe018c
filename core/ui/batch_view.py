"""The page of batches: a list of songs or a grid is begun, followed in a table, and taken away as CSV."""

from __future__ import annotations

import json
from pathlib import PurePath

import streamlit as st

from core.batch import launch
from core.batch.report import as_csv, as_html, row_of
from core.errors import InputError
from core.machine.resources import cores
from core.studio import Studio
from core.ui import operator_view, session
from core.ui.problem import act, acted, guarded, show_kept
from core.ui.shell import page
from core.values import Json

SHOWN = "batch_shown"
EVERY_S = 2.0
FIGURES = {
    "integrated_lufs": "%.1f LUFS",
    "true_peak_dbtp": "%.1f dBTP",
    "crest_db": "%.1f dB",
    "loudness_range_lu": "%.1f LU",
    "seconds": "%.0f s",
}
TITLES = {
    "integrated_lufs": "Loudness",
    "true_peak_dbtp": "True peak",
    "crest_db": "Crest factor",
    "loudness_range_lu": "LRA",
    "seconds": "Took",
    "name": "Song",
    "verdict": "Verdict",
    "blame": "Stage",
    "error": "Error",
}
LIST_HELP = (
    "JSON lines: an object each with prompt, seconds, seed, instrumental, settings; a list as a value stands "
    'for one song each. CSV: the same as columns, a setting as "master.target_lufs".'
)


def batch_page() -> None:
    """Draw the page."""
    with page("Batch", "Many songs from a list or a grid of prompts, seeds and settings."):
        studio = session.studio()
        if studio.hosted and not operator_view.operator_is_here():
            st.info("Batches of this studio are its operator's: they take the machine for hours.")
            return
        show_kept()
        _begin(studio)
        _follow(studio)


def _begin(studio: Studio) -> None:
    grid, from_list = st.tabs(["A grid", "A list"])
    with grid, st.form("batch_grid", border=False):
        prompts = st.text_area(
            "Prompts",
            key="batch_prompts",
            height=100,
            placeholder="warm lo-fi piano\nfast rock",
            help="One a line.",
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            seconds = st.number_input(
                "Length (s)", 3.0, 1200.0, 60.0, 5.0, "%.0f", key="batch_seconds", width=150
            )
            first = st.number_input("First seed", 0, 2**31 - 1, 1, key="batch_seed", width=150)
            seeds = st.number_input("Seeds", 1, 10_000, 4, key="batch_seeds", width=150)
            at_once = _processes("grid")
            instrumental = st.toggle("Instrumental", key="batch_instrumental")
        settings = st.text_area(
            "Settings",
            key="batch_settings",
            height=80,
            placeholder="master.target_lufs = -14, -16",
            help="One a line, with the values to try; each combination is made.",
        )
        if st.form_submit_button("Start batch", type="primary", key="batch_start"):
            with guarded():
                line = {
                    "prompt": [text.strip() for text in prompts.splitlines() if text.strip()],
                    "seconds": seconds,
                    "seed": list(range(int(first), int(first + seeds))),
                    "instrumental": instrumental,
                    "settings": _settings(settings),
                }
                _started(studio, "grid", json.dumps(line), ".jsonl", at_once)
    with from_list, st.form("batch_list", border=False):
        file = st.file_uploader("List of songs", type=["jsonl", "csv"], key="batch_file", help=LIST_HELP)
        at_once = _processes("list")
        if st.form_submit_button("Start batch", type="primary", key="batch_start_list"):
            with guarded():
                if file is None:
                    raise InputError("No list was uploaded.", remedy="Choose a .jsonl or .csv file.")
                name = PurePath(file.name)
                _started(studio, name.stem, _text(file.getvalue()), name.suffix.lower(), at_once)


def _processes(where: str) -> int:
    return int(
        st.number_input(
            "At once",
            1,
            64,
            cores(),
            key=f"batch_processes_{where}",
            width=150,
            help="Processes of this machine.",
        )
    )


def _started(studio: Studio, title: str, jobs: str, suffix: str, processes: int) -> None:
    st.session_state[SHOWN] = launch.begin(studio.home, title, jobs, suffix, processes)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "The list is no text in UTF-8.", remedy="Save it as UTF-8.", detail=str(error)
        ) from error


def _settings(text: str) -> dict[str, list[Json]]:
    """Return the values to try of each setting. Raises InputError for a line that says none."""
    settings: dict[str, list[Json]] = {}
    for line in filter(str.strip, text.splitlines()):
        name, sign, values = line.partition("=")
        if not sign or not values.strip():
            raise InputError(
                f'The setting "{line.strip()}" has no value.', remedy="Write master.target_lufs = -14, -16."
            )
        settings[name.strip()] = [value.strip() for value in values.split(",")]
    return settings


def _follow(studio: Studio) -> None:
    names = launch.names(studio.home)
    if not names:
        st.html('<div class="gs-faint">No batch was begun here.</div>')
        return
    chosen = st.selectbox("Batch", names, key=SHOWN)
    at_work = launch.read(studio.home, chosen).at_work
    st.fragment(_table, run_every=EVERY_S if at_work else None)(studio, chosen, at_work=at_work)


def _table(studio: Studio, name: str, *, at_work: bool) -> None:
    """Draw one batch as it stands; the whole page is drawn again when it begins or ends to be followed."""
    with guarded():
        batch = launch.read(studio.home, name)
        if acted() or at_work != batch.at_work:
            st.rerun()
        _draw(studio, name, batch)


def _draw(studio: Studio, name: str, batch: launch.Batch) -> None:
    rows = [row_of(outcome) for outcome in batch.ended]
    verdicts = [row["verdict"] for row in rows]
    counts = ", ".join(f"{verdicts.count(one)} {one}" for one in sorted(set(verdicts)))
    st.progress(len(rows) / len(batch.jobs), f"{len(rows)} of {len(batch.jobs)} songs. {counts}")
    with st.container(horizontal=True):
        if batch.at_work:
            st.button("Stop", key="batch_stop", on_click=act(launch.stop), args=(studio.home, name))
        elif batch.left:
            going_on = act(launch.go_on)
            st.button("Go on", key="batch_go_on", on_click=going_on, args=(studio.home, name, cores()))
        html = as_html(batch.folder, rows)
        st.download_button("CSV", as_csv(rows), f"{name}.csv", "text/csv", key="batch_csv", on_click="ignore")
        st.download_button("Report", html, f"{name}.html", "text/html", key="batch_html", on_click="ignore")
    if rows:
        shown = ("name", "verdict", "blame", *FIGURES, "error")
        st.dataframe(
            [{one: row[one] for one in shown} for row in rows],
            hide_index=True,
            column_config={
                **{one: st.column_config.TextColumn(TITLES[one]) for one in shown if one not in FIGURES},
                **{
                    one: st.column_config.NumberColumn(TITLES[one], format=form)
                    for one, form in FIGURES.items()
                },
            },
            key="batch_table",
        )
    elif not batch.at_work:
        st.code(launch.said(batch), language=None)
    st.caption(f"Songs, stems and reports lie in {batch.folder}.")

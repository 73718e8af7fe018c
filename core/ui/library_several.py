"""Several songs of the library compared, exported or deleted at once; and what all take on the disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from core.bundle.song_zip import file_name
from core.runs.record import RunSummary
from core.studio import Studio
from core.ui import session
from core.ui.labels import Label
from core.ui.library_deleted import delete
from core.ui.problem import act
from core.ui.site import page_file


def show_picked(studio: Studio, picked: Sequence[RunSummary], labels: Mapping[str, Label]) -> None:
    """Draw what can be done with the songs that are selected."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="library_picked"):
        count = len(picked)
        st.html(
            f'<div role="status">{count} {"song" if count == 1 else "songs"} selected</div>', width="stretch"
        )
        if count == 2 and st.button("Compare", key="picked_compare"):
            session.hold(picked[0].id)
            st.session_state["compare_a"] = picked[0].id
            st.session_state[f"compare_b_{picked[0].id}"] = picked[1].id
            st.switch_page(page_file("compare"), query_params={session.RUN: picked[0].id})
        st.download_button(
            "Export",
            data=lambda: masters_zip(studio, picked, labels),
            file_name="songs.zip",
            mime="application/zip",
            key="picked_export",
            help="One zip with the exported files of each song in a folder of its own.",
            on_click="ignore",
        )
        st.button(
            "Delete selected",
            key="picked_delete",
            disabled=any(one.state.live for one in picked),
            on_click=act(delete),
            args=(studio, [one.id for one in picked]),
        )


def masters_zip(studio: Studio, picked: Sequence[RunSummary], labels: Mapping[str, Label]) -> io.BytesIO:
    """Return one zip with each song's exported files in a folder of its own, also of two of one title."""
    packed = io.BytesIO()
    taken: set[str] = set()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as zipped:
        for song in picked:
            folder = name = file_name(labels.get(song.id, Label()).title or song.title)
            number = 1
            while folder.casefold() in taken:
                number += 1
                folder = f"{name} {number}"
            taken.add(folder.casefold())
            for delivered, place in studio.run(song.id).step("export").files.items():
                path = studio.home / place
                if path.is_file():
                    zipped.write(path, f"{folder}/{Path(delivered).name}")
    packed.seek(0)
    return packed


def show_disk_use(home: Path) -> None:
    """Draw what the songs and their sounds take on the disk."""
    size = _disk_bytes(str(home))
    if not size:
        _disk_bytes.clear()  # The first song comes sooner than a minute.
    else:
        text = f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
        st.html(f'<div class="gs-faint">All songs with their sounds and files take {text} on the disk.</div>')


@st.cache_data(ttl=60, max_entries=4, show_spinner=False)
def _disk_bytes(home: str) -> int:
    total = 0
    for folder in ("artifacts", "exports"):
        for path in (Path(home) / folder).rglob("*"):
            try:
                total += path.stat().st_size if path.is_file() else 0
            except FileNotFoundError:
                continue  # swept meanwhile
    return total

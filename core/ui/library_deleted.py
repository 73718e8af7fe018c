"""What was just deleted in the library, and the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.runs.record import RunSummary
from core.studio import Studio
from core.ui import session, trash
from core.ui.labels import Label, labels
from core.ui.problem import act


def delete(studio: Studio, runs: Sequence[str]) -> None:
    """Delete songs of this person; Undo brings them back for a while."""
    if session.run_id() in runs:
        session.let_go()
    trash.put(studio, runs)


def show_deleted(studio: Studio, songs: Sequence[RunSummary], since: Mapping[str, float]) -> None:
    """Draw what was deleted last, with Undo; nothing when all that waits is somebody else's."""
    if not songs:
        return
    last = max(since[song.id] for song in songs)
    batch = [song for song in songs if since[song.id] == last]
    written = labels(studio.home)
    names = [written.get(song.id, Label()).title or song.title or "a song" for song in batch]
    what, whose = (f"“{names[0]}”", "Its") if len(names) == 1 else (f"{len(names)} songs", "Their")
    ids = [song.id for song in batch]
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="library_deleted"):
        # Text, not HTML: a title is a person's own.
        minutes = f"{trash.UNDO_S / 60:.0f}"
        st.text(f"Deleted {what}. {whose} audio is removed after {minutes} minutes.", width="stretch")
        st.button(
            "Undo", key="trash_undo", type="primary", on_click=act(trash.restore), args=(studio.home, ids)
        )
        st.button("Remove now", key="trash_empty", on_click=act(trash.empty), args=(studio, ids))

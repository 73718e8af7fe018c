"""Compare: what each step did, which one broke the sound, what differs, and any two sounds by ear."""

from __future__ import annotations

import streamlit as st

from core.studio import Studio
from core.ui import session
from core.ui.compare_files import compare_files
from core.ui.compare_songs import compare_songs
from core.ui.shell import page

SONGS, FILES = "Songs made here", "Upload files"


def compare_page() -> None:
    """Draw the page for comparing."""
    with page("Compare", "What each step did, which one broke the sound, and an A/B listen."):
        show_compare(session.studio())


def show_compare(studio: Studio) -> None:
    """Draw the choice between songs and files, and what was chosen."""
    source = st.segmented_control(
        "What to compare", (SONGS, FILES), default=SONGS, required=True, key="compare_source"
    )
    if source == FILES:
        compare_files(studio)
    else:
        compare_songs(studio)

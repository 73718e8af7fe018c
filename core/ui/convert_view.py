"""A native ACE-Step checkpoint made into one that the studio plays, from the Models page."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from core.engines.acestep15.recipe import Family
from core.models.background import CONVERSION, Downloads
from core.ui import session
from core.ui.problem import act

UNTOLD = "as the file says"


def show_conversion(downloads: Downloads) -> None:
    """Draw the form of a conversion and how far the last one is; nothing on a hosted studio."""
    if downloads.hosted:
        return
    job = downloads.job(CONVERSION)
    live = job is not None and job.live
    with st.expander("Convert a checkpoint of ACE-Step's own form", expanded=job is not None, key="convert"):
        st.html(
            '<div class="gs-faint">A folder with config.json and model.safetensors, or one .safetensors file '
            "as ComfyUI has it. What was there stays as it is.</div>"
        )
        source = st.text_input("Folder or file", key="convert_source", disabled=live)
        family = st.selectbox("Trained as", [UNTOLD, *Family], key="convert_family", disabled=live)
        st.button(
            "Convert",
            key="convert_start",
            disabled=live or not source.strip(),
            on_click=act(downloads.convert),
            args=(Path(source.strip()), session.owner(), None if family == UNTOLD else Family(family)),
        )
        if live:
            st.button("Cancel", key="convert_cancel", on_click=downloads.cancel, args=(CONVERSION,))
        if job is not None and not live and job.error is None:
            said = "Cancelled: nothing of it was kept." if job.cancelling else job.message
            st.html(f'<div class="gs-faint">{escape(said)}</div>')

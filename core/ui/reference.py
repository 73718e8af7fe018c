"""The reference track of the master: brought, named, and taken away again."""

from __future__ import annotations

import streamlit as st

from core.audio import SUFFIXES
from core.reference import ReferenceTrack
from core.studio import Studio
from core.ui.problem import guarded
from core.ui.uploads import brought


def choose_reference(
    studio: Studio, current: ReferenceTrack | None, key: str, *, disabled: bool
) -> ReferenceTrack | None:
    """Draw the way to bring a reference, or the one there is; return which the settings are to name.

    ``key``: start of the widgets' keys. A file is read once, when it is brought.
    """
    held = f"{key}.reference"
    chosen: ReferenceTrack | None = st.session_state.setdefault(held, current)
    if chosen is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"Reference: {chosen.name}")
            st.button(
                "Take it away",
                key=f"{held}-",
                disabled=disabled,
                on_click=st.session_state.__setitem__,
                args=(held, None),
            )
        return chosen
    file = st.file_uploader(
        "A reference track",
        type=[suffix.lstrip(".") for suffix in SUFFIXES],
        key=f"{held}+",
        disabled=disabled,
        help="A finished song that the master is to be like. Nothing of it gets into your song.",
    )
    if file is None or not st.button("Use as reference", key=f"{held}!", disabled=disabled):
        return None
    with guarded(), brought([file]) as paths, st.spinner("Reading"):
        key_of_it = studio.bring(paths).sounds["song"]
        st.session_state[held] = ReferenceTrack(key=key_of_it, name=next(iter(paths))[:200])
    if st.session_state[held] is not None:
        st.rerun()
    return None

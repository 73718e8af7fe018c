"""Two of several sounds, chosen and played side by side, with what differs between them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.blame.change import Change, compare
from core.blame.take import take_of
from core.studio import Studio
from core.ui.ab import Playable, ab_player
from core.ui.chain_view import change_line


def choose_two(studio: Studio, sounds: Sequence[Playable], first: int, second: int, *, key: str) -> None:
    """Let the person choose A and B among ``sounds``, and play them; nothing with fewer than two."""
    if len(sounds) < 2:
        return
    places = range(len(sounds))
    with st.container(border=True, key=f"card_ab_{key}"):
        st.html('<div class="gs-head"><h2>A/B listen</h2></div>')
        with st.container(horizontal=True):
            a = st.selectbox("A", places, first, lambda n: sounds[n].label, key=f"ab_a_{key}")
            b = st.selectbox("B", places, second, lambda n: sounds[n].label, key=f"ab_b_{key}")
        two_by_ear(studio, sounds[a], sounds[b])


def two_by_ear(studio: Studio, a: Playable, b: Playable) -> None:
    """Play two sounds in step, and tell what differs between them."""
    if a.key == b.key:
        st.html('<div class="gs-faint">A and B are the same sound, sample for sample.</div>')
        return
    done = _change(studio, a.key, b.key)
    ab_player(studio, a, b, delay_s=done.delay_s or 0.0, blind_test=True)
    st.html(change_line(done, "B", "A"))


@st.cache_data(max_entries=256, show_spinner="Aligning both sounds")
def _change(_studio: Studio, a: str, b: str) -> Change:
    return compare(take_of("A", _studio.audio(a)), take_of("B", _studio.audio(b))).change

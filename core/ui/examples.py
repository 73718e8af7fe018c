"""Example prompts, one a genre: a press fills the prompt and plays what the band makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

EXAMPLES: Mapping[str, str] = {
    "lo-fi": "warm lo-fi piano about the sea",
    "rock": "driving rock with electric guitar about leaving a small town",
    "jazz": "relaxed jazz with piano and drums about midnight",
    "folk": "gentle folk with acoustic guitar about autumn",
    "techno": "hypnotic techno at 128 bpm",
    "blues": "slow blues about rain",
    "cinematic": "epic cinematic strings and brass",
    "pop": "bright pop about summer nights",
}
"""Genre as the planner names it, and a prompt that it understands as that genre."""
SAMPLE_S = 10.0
_CHOSEN = "example"


def sample_file(genre: str) -> Path:
    """Return where the sample of an example lies; ``python -m benchmarks.samples`` makes it."""
    return Path(__file__).parent / "samples" / f"{genre}.mp3"


def show_examples(prompt: str) -> None:
    """Draw the chips; ``prompt`` is the key of the text that they fill."""
    chosen = st.pills(
        "Examples",
        list(EXAMPLES),
        format_func=lambda genre: genre[:1].upper() + genre[1:],
        key=_CHOSEN,
        on_change=_fill,
        args=(prompt,),
        help="Fills the prompt, and plays ten seconds of what the built-in band makes of it.",
    )
    if chosen is not None:
        with st.container(key="example_sound"):
            # Bytes are played as they are; only an array would be normalised.
            st.audio(sample_file(chosen).read_bytes(), format="audio/mpeg", autoplay=True)


def _fill(prompt: str) -> None:
    chosen = st.session_state.get(_CHOSEN)
    if chosen is not None:
        st.session_state[prompt] = EXAMPLES[chosen]

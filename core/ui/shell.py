"""What every page has around it: the style sheet, the heading, and errors shown instead of tracebacks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from core.ui.problem import guarded

_STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


@contextmanager
def page(title: str, about: str) -> Iterator[None]:
    """Draw a page: its heading and one line about it, then the body."""
    st.html(f"<style>{_STYLE}</style>")
    st.html(f'<div class="gs-brand"><h1>{title}</h1><span>{about}</span></div>')
    with guarded():
        yield

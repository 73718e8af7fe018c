"""The live meter and its analyzer, sent to a page once: every player of the page opens its own from it."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
METER = (_HERE / "meter.js").read_text(encoding="utf-8")
_STYLE = json.dumps((_HERE / "analyzer.css").read_text(encoding="utf-8"))
SCRIPT = "\n".join(
    (METER, f"const ANALYZER_CSS = {_STYLE};", (_HERE / "analyzer.js").read_text(encoding="utf-8"))
)
"""For a component that has an analyzer of its own, such as the mixer."""
_component = st.components.v2.component(
    "gainstage_meter",
    js=f"{SCRIPT}\nexport default () => {{ window.gainstageMeter = {{ LiveMeter }}; return () => {{}}; }}",
)


def send_meter() -> None:
    """Give the page the meter; it shows nothing by itself."""
    _component(key="live_meter")

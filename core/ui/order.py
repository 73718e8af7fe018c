"""Names put into an order by hand: dragged, or moved by the arrow keys; each can be left out and put back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "gainstage_order",
    html='<div class="ord"><ol></ol><output aria-live="polite"></output></div>',
    css=(_HERE / "order.css").read_text(encoding="utf-8"),
    js=(_HERE / "order.js").read_text(encoding="utf-8"),
)


def put_in_order(names: Sequence[str], *, key: str) -> list[str]:
    """Draw the names, at first as they come; return those that are kept, in the order they were put into."""
    kept = in_order_of(st.session_state.get(f"{key}.kept"), names)
    out = [name for name in names if name not in kept]
    _component(
        key=key, data={"json": json.dumps({"names": kept, "out": out})}, on_order_change=partial(_keep, key)
    )
    return kept


def in_order_of(sent: object, names: Sequence[str]) -> list[str]:
    """Return the names in the order that a browser sent; as they come for what is no order of them."""
    if (
        not isinstance(sent, list)
        or len(set(map(str, sent))) < len(sent)
        or not set(map(str, sent)) <= set(names)
    ):
        return list(names)
    return [str(name) for name in sent]


def _keep(key: str) -> None:
    sent = st.session_state[key]["order"]
    if sent:
        st.session_state[f"{key}.kept"] = json.loads(str(sent))

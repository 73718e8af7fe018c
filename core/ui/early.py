"""What the studio does when its server starts, before the first visitor.

What the first page needs is imported while the browser still fetches Streamlit's scripts: the first session
would import the whole studio otherwise, a second in which a visitor sees an empty page. And a browser is
opened where somebody sits before the machine; Streamlit does that for a plain script, not for an application.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from streamlit.cli_util import open_browser
from streamlit.starlette import App
from streamlit.web.server.server_util import get_display_address, get_url

TURN_S = 0.0005
"""How long the importing thread keeps the interpreter before the server gets a turn; 5 ms by default, and the
server takes hundreds of turns for one page."""


@asynccontextmanager
async def at_start(_app: App) -> AsyncIterator[None]:
    """Import the pages in a thread of their own, and open a browser, from the server's start on."""
    threading.Thread(target=_import, name="early-imports", daemon=True).start()
    if not st.get_option("server.headless"):
        threading.Thread(target=open_browser, args=(_address(),), name="open-browser", daemon=True).start()
    yield


def _import() -> None:
    """Import the site and Home; what fails here is printed, and raised again by the first session."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN_S)
    try:
        from core.ui import home, site  # noqa: F401
    finally:
        sys.setswitchinterval(usual)


def _address() -> str:
    """Return the address at which this machine's own browser finds the studio."""
    bound = st.get_option("server.address")
    return get_url(get_display_address(bound) if bound else "localhost")

"""The pages of the studio, in sections, and the one way into each of them.

The first request to a fresh server may be a deep link. Because there is a ``pages`` folder, Streamlit then
runs that page's file alone, without the entry script; so a page's file only calls :func:`draw`, which sets
up the whole site first when nobody has.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec

import streamlit as st
from streamlit.navigation.page import Page

from core.machine.site import site_folder
from core.stages.table import STAGES
from core.ui import session
from core.ui.job_status import PRODUCT, show_status
from core.ui.operator_view import asked_for
from core.ui.scripts import send_scripts, stub
from core.ui.song_bar import show_song_bar
from core.ui.visitor import must_sign_in, sign_in_page

P = ParamSpec("P")
ROOT = site_folder()


@dataclass(frozen=True)
class PageCard:
    """One page: its file's name, which is also its address, its title and its icon."""

    name: str
    title: str
    icon: str

    @property
    def file(self) -> str:
        """Path of the page's file, as links take it."""
        return page_file(self.name)


def page_file(name: str) -> str:
    """Return the path of a page's file, as ``st.page_link`` and ``st.switch_page`` take it.

    Whole, because Streamlit looks for a part of one beside the entry, and a host's entry may lie elsewhere.
    """
    return str(ROOT / "pages" / f"{name}.py")


def stage_page_file(stage: str) -> str | None:
    """Return the path of a stage's page; None when it has none."""
    return next((card.file for card in STAGE_PAGES if card.name == stage), None)


HOME = PageCard("home", "Home", ":material/graphic_eq:")
STAGE_PAGES = tuple(
    PageCard(stage.name, f"{number} {stage.title}", stage.icon)
    for number, stage in enumerate(STAGES, 1)
    if Path(page_file(stage.name)).is_file()
)
"""A stage whose page is missing still runs, and is shown on Home."""
TOOL_PAGES = (
    PageCard("look", "Analyze a file", ":material/search:"),
    PageCard("fault_lab", "Fault Lab", ":material/science:"),
    PageCard("compare", "Compare", ":material/compare_arrows:"),
    PageCard("library", "Library", ":material/library_music:"),
    PageCard("batch", "Batch", ":material/queue_music:"),
    PageCard("models", "Models", ":material/deployed_code:"),
    PageCard("doctor", "Doctor", ":material/stethoscope:"),
    *((PageCard("operator", "Operator", ":material/monitor_heart:"),) if asked_for() else ()),
)

_theme = st.components.v2.component("gainstage_theme", js=stub("theme"))
_inside: ContextVar[bool] = ContextVar("inside_the_site", default=False)


def run_site() -> None:
    """Set up the page and the navigation, and run the page that was asked for."""
    st.set_page_config(
        page_title=PRODUCT,
        page_icon=str(Path(__file__).parent / "icon.png"),
        layout="wide",
        menu_items={"About": "Gainstage: a music studio that shows the level after every stage."},
    )
    if must_sign_in():
        sign_in_page()
        return
    chosen = st.navigation(
        {
            "Song": [_page(HOME, default=True)],
            "Stages": [_page(card) for card in STAGE_PAGES],
            "Tools": [_page(card) for card in TOOL_PAGES],
        }
    )
    session.run_id()
    pages = " ".join(card.name for card in (*STAGE_PAGES, *TOOL_PAGES))
    with st.container(key="gs_theme"):
        _theme(key="theme", data={"pages": pages})
        send_scripts()
        st.set_page_config(page_title=show_status(chosen.title))
    show_song_bar(chosen.url_path, {card.name: card.file for card in (HOME, *STAGE_PAGES)})
    token = _inside.set(True)
    try:
        chosen.run()
    finally:
        _inside.reset(token)
    session.remember_owner(pages)


def draw(body: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Draw a page, within the site."""
    if _inside.get():
        body(*args, **kwargs)
    else:
        run_site()


def _page(card: PageCard, *, default: bool = False) -> Page:
    return st.Page(
        card.file,
        title=card.title,
        icon=card.icon,
        url_path="" if default else card.name,
        default=default,
    )

"""The doctor's page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from core.studio import Studio
from core.ui import session
from core.ui.shell import page
from core.ui.words import verdict_badge

if TYPE_CHECKING:
    from core.facts.fact import Fact


def doctor_page() -> None:
    """Draw the doctor's page."""
    with page("Doctor", "What runs on this machine, what does not, and what to do about it."):
        show_doctor(session.studio())


def show_doctor(studio: Studio) -> None:
    """Draw every diagnosis, the worst first, with its causes and remedy."""
    from core.doctor import diagnose

    with st.spinner("Looking at the machine"):
        found = diagnose(studio.engines, studio.home)
    told = "".join(_told(one) for one in sorted(found, key=lambda each: -each.severity.rank))
    if studio.hosted:
        told = told.replace(escape(str(studio.home)), "the studio's home")
    st.html(told)


def _told(one: Fact) -> str:
    causes = "".join(f"<li>{escape(cause)}</li>" for cause in one.causes)
    return (
        f'<div class="gs-finding gs-{one.severity.value}"><div>{verdict_badge(one.severity)}'
        f"<b>{escape(one.name)}.</b> {escape(one.evidence)}</div>"
        + (f"<div>Likely:<ul>{causes}</ul></div>" if causes else "")
        + (f"<div>What to do: {escape(one.remedy)}</div>" if one.remedy else "")
        + "</div>"
    )

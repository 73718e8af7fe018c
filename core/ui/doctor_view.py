"""The doctor's page: what this machine can run, and what an error means."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from core.contract import Severity
from core.studio import Studio
from core.ui import session
from core.ui.shell import page
from core.ui.words import verdict_badge

if TYPE_CHECKING:
    from core.diagnosis import Diagnosis
    from core.facts.fact import Fact

PASTED = "doctor_pasted"
LONGEST = 200_000
_PATH = re.compile(r"(?<![\w:/.])/(?:[\w.@+-]+/)*[\w.@+-]*\w")
"""An absolute path; the lookbehind leaves addresses and words with a stroke alone."""


def doctor_page() -> None:
    """Draw the doctor's page."""
    with page("Doctor", "What runs on this machine, what does not, and what to do about it."):
        show_explainer()
        show_doctor(session.studio())


@st.fragment
def show_explainer() -> None:
    """Draw the box for an error from anywhere, and what it means; it is redrawn alone."""
    with st.form("explain", border=False):
        text = st.text_area(
            "Paste an error",
            key=PASTED,
            max_chars=LONGEST,
            height=120,
            placeholder="A traceback or a log, from this studio or from any other program",
        )
        asked = st.form_submit_button("Explain")
    if not text.strip():
        if asked:
            st.html('<p class="gs-faint">Paste the error first.</p>')
        return
    from core.diagnosis import diagnose, own_words

    found = diagnose(text)
    st.html(_explained(found) if found else _unknown(own_words(text)))


def show_doctor(studio: Studio) -> None:
    """Draw every fact, the worst first, with its causes and remedy; a visitor sees no path of the server."""
    from core.facts.doctor import diagnose

    with st.spinner("Looking at the machine"):
        found = diagnose(studio.engines, studio.home)
    if studio.hosted:
        found = tuple(
            one.model_copy(update={"evidence": without_paths(one.evidence, str(studio.home))})
            for one in found
        )
    st.html("".join(_fact(one) for one in sorted(found, key=lambda each: -each.severity.rank) if _open(one)))
    fine = [one for one in found if not _open(one)]
    st.html(
        f'<details class="gs-finding gs-ok"><summary>{len(fine)} more facts, all fine</summary>'
        f"{''.join(map(_fact, fine))}</details>"
    )


def _open(fact: Fact) -> bool:
    """Whether a fact is shown at once: what is fine is one line until it is opened."""
    return fact.severity is not Severity.OK


def without_paths(text: str, home: str) -> str:
    """Return ``text`` with the studio's home named and every other folder or file of the server left out."""
    return _PATH.sub("a folder of the server", text.replace(home, "the studio's home"))


def _fact(one: Fact) -> str:
    return (
        f'<div class="gs-finding gs-{one.severity.value}"><div>{verdict_badge(one.severity)}'
        f"<b>{escape(one.name)}.</b> {escape(one.evidence)}</div>{_advice(one.causes, one.remedy)}</div>"
    )


def _explained(found: Diagnosis) -> str:
    seen = "".join(f"<li>{escape(line)}</li>" for line in found.evidence)
    scenario = found.scenario.value
    return (
        f'<div class="gs-problem" role="status"><div class="gs-faint">{escape(scenario.capitalize())}</div>'
        f"<strong>{escape(found.sentence)}</strong>{_advice(found.causes, found.remedy)}"
        f"<div>What shows it:<ul>{seen}</ul></div></div>"
    )


def _unknown(said: str) -> str:
    return (
        '<div class="gs-problem" role="status"><strong>The studio does not know this error.</strong>'
        f"<div>It says: {escape(said) or 'nothing'}</div>"
        "<div>What to do: Read the lines above it in its log; the first error is often the cause.</div></div>"
    )


def _advice(causes: tuple[str, ...], remedy: str) -> str:
    listed = "".join(f"<li>{escape(cause)}</li>" for cause in causes)
    return (f"<div>Likely:<ul>{listed}</ul></div>" if causes else "") + (
        f"<div>What to do: {escape(remedy)}</div>" if remedy else ""
    )

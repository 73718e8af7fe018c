"""Findings as HTML: what was found, the figure, the likely causes and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.contract import Finding, Severity
from core.ui.words import verdict_badge


def show_findings(findings: Sequence[Finding]) -> None:
    """Show what is wrong in full, worst first, and what is right folded."""
    wrong = [finding for finding in findings if finding.severity is not Severity.OK]
    right = [finding for finding in findings if finding.severity is Severity.OK]
    if wrong:
        st.html("".join(_finding(finding) for finding in wrong))
    if right:
        count = f"{len(right)} check{'s' if len(right) > 1 else ''} passed"
        with st.expander(count):
            st.html("".join(_passed(finding) for finding in right))


def _finding(finding: Finding) -> str:
    causes = "".join(f"<li>{escape(cause)}</li>" for cause in finding.causes)
    spans = ", ".join(f"{span.start_s:.2f}–{span.stop_s:.2f} s" for span in finding.spans[:6])
    more = f" and {len(finding.spans) - 6} more" if len(finding.spans) > 6 else ""
    return (
        f'<div class="gs-finding gs-{finding.severity.value}">'
        f"<div>{verdict_badge(finding.severity)} <b>{_name(finding)}</b> {escape(finding.evidence)}</div>"
        + (f"<div>Likely:<ul>{causes}</ul></div>" if causes else "")
        + (f"<div>What to do: {escape(finding.remedy)}</div>" if finding.remedy else "")
        + (f'<div class="gs-faint">At {spans}{more}</div>' if spans else "")
        + "</div>"
    )


def _passed(finding: Finding) -> str:
    return f'<div class="gs-passed"><b>{_name(finding)}</b> {escape(finding.evidence)}</div>'


def _name(finding: Finding) -> str:
    check = finding.check.replace("_", " ")
    return escape(f"{finding.artifact}: {check}." if finding.artifact else f"{check}.")

"""Findings as HTML: what was found, the figure, the likely causes and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.contract import Finding, Severity
from core.ui.words import verdict_badge

SPANS_TOLD = 6


def show_findings(findings: Sequence[Finding], *, about: str = "") -> None:
    """Show what is wrong in full, worst first, and what is right folded.

    ``about`` is the sound that the panel is about: its name goes without saying.
    """
    findings = [f.model_copy(update={"artifact": ""}) if f.artifact == about else f for f in findings]
    wrong = [finding for finding in findings if finding.severity is not Severity.OK]
    right = [finding for finding in findings if finding.severity is Severity.OK]
    if wrong:
        st.html("".join(_wrong(alike) for alike in _grouped(wrong)))
    if right:
        with st.expander(f"{len(right)} check{'s' if len(right) > 1 else ''} passed"):
            st.html("".join(_passed(finding) for finding in right))


def _grouped(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Return findings that differ only in the sound and its figure together, so that advice stands once."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        alike = (finding.check, finding.severity, finding.causes, finding.remedy)
        groups.setdefault(alike, []).append(finding)
    return list(groups.values())


def _wrong(alike: Sequence[Finding]) -> str:
    first = alike[0]
    told = "".join(
        f"<div>{verdict_badge(f.severity)}<b>{_name(f)}</b> {escape(f.evidence)}{_when(f)}</div>"
        for f in alike
    )
    causes = "".join(f"<li>{escape(cause)}</li>" for cause in first.causes)
    return (
        f'<div class="gs-finding gs-{first.severity.value}">{told}'
        + (f"<div>Likely:<ul>{causes}</ul></div>" if causes else "")
        + (f"<div>What to do: {escape(first.remedy)}</div>" if first.remedy else "")
        + "</div>"
    )


def _when(finding: Finding) -> str:
    if not finding.spans:
        return ""
    spans = ", ".join(f"{span.start_s:.2f}–{span.stop_s:.2f} s" for span in finding.spans[:SPANS_TOLD])
    more = len(finding.spans) - SPANS_TOLD
    return f' <span class="gs-faint">At {spans}{f" and {more} more" if more > 0 else ""}.</span>'


def _passed(finding: Finding) -> str:
    return f'<div class="gs-passed"><b>{_name(finding)}</b> {escape(finding.evidence)}</div>'


def _name(finding: Finding) -> str:
    """Return the check's name, after the sound's unless the evidence begins with that."""
    check = finding.check.replace("_", " ")
    told = not finding.artifact or finding.evidence.lower().startswith(finding.artifact.lower())
    return escape(f"{check[:1].upper()}{check[1:]}." if told else f"{finding.artifact}: {check}.")

"""Findings as HTML: what was found, the figure, the likely causes and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.contract import Finding, Severity
from core.ui.words import verdict_badge

SPANS_SHOWN = 6
ACTED_ON = (Severity.FAIL, Severity.WARN)
"""What is shown in full; what nobody acts on is folded with what passed."""


def show_findings(findings: Sequence[Finding], *, about: str = "") -> None:
    """Show what is wrong in full, worst first, and what is right folded.

    ``about`` is the sound that the panel is about: its name goes without saying.
    """
    findings = [f.model_copy(update={"artifact": ""}) if f.artifact == about else f for f in findings]
    wrong = [finding for finding in findings if finding.severity in ACTED_ON]
    right = [finding for finding in findings if finding.severity is Severity.OK]
    notes = [finding for finding in findings if finding not in wrong and finding not in right]
    if wrong:
        st.html("".join(_wrong(alike) for alike in _grouped(wrong)))
    if notes or right:
        counted = [_counted(len(notes), "note")] if notes else []
        counted += [f"{_counted(len(right), 'check')} passed"] if right else []
        with st.expander(", ".join(counted)):
            st.html("".join(_passed(finding) for finding in (*notes, *right)))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _grouped(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Return findings that differ only in the sound and its figure together, so that advice stands once."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        alike = (finding.check, finding.severity, finding.causes, finding.remedy)
        groups.setdefault(alike, []).append(finding)
    return list(groups.values())


def _wrong(alike: Sequence[Finding]) -> str:
    first = alike[0]
    lines = "".join(
        f'<div title="{escape(_check(f))}">{verdict_badge(f.severity)}{_of(f)}{_evidence(f)}{_when(f)}</div>'
        for f in alike
    )
    causes = "".join(f"<li>{escape(cause)}</li>" for cause in first.causes)
    return (
        f'<div class="gs-finding gs-{first.severity.value}">{lines}'
        + (f"<div>Likely:<ul>{causes}</ul></div>" if causes else "")
        + (f"<div>What to do: {escape(first.remedy)}</div>" if first.remedy else "")
        + "</div>"
    )


def _when(finding: Finding) -> str:
    if not finding.spans:
        return ""
    spans = ", ".join(f"{span.start_s:.2f}–{span.stop_s:.2f} s" for span in finding.spans[:SPANS_SHOWN])
    more = len(finding.spans) - SPANS_SHOWN
    return f' <span class="gs-faint">At {spans}{f" and {more} more" if more > 0 else ""}.</span>'


def _passed(finding: Finding) -> str:
    badge = "" if finding.severity is Severity.OK else verdict_badge(finding.severity)
    return (
        f'<div class="gs-passed">{badge}{_of(finding)}<b>{escape(_check(finding))}.</b> '
        f"{_evidence(finding)}</div>"
    )


def _check(finding: Finding) -> str:
    name = finding.check.replace("_", " ")
    return f"{name[:1].upper()}{name[1:]}"


def _of(finding: Finding) -> str:
    """Return the sound's name, unless it goes without saying or the evidence begins with it."""
    said = not finding.artifact or finding.evidence.lower().startswith(finding.artifact.lower())
    return "" if said else f"<b>{escape(finding.artifact)}:</b> "


def _evidence(finding: Finding) -> str:
    return escape(finding.evidence)

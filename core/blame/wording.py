"""How blame words a finding about one sound of a chain."""

from __future__ import annotations

from core.contract import Finding, Severity, Sound, Span


def finding_about(
    check: str,
    severity: Severity,
    sound: Sound,
    evidence: str,
    causes: tuple[str, ...],
    remedy: str,
    spans: tuple[Span, ...] = (),
) -> Finding:
    """Return the finding; the stage of a chain has no check of its own to answer by."""
    return Finding(
        check=check,
        severity=severity,
        artifact=sound.name,
        evidence=evidence,
        causes=causes,
        remedy=remedy,
        spans=spans,
    )

"""The failures that nothing raised: a check's finding as a diagnosis."""

from __future__ import annotations

from core.contract import Finding, Origin, Severity
from core.diagnosis.entry import Diagnosis
from core.diagnosis.recognise import diagnose


def diagnose_finding(finding: Finding, precision: str = "", device: str = "") -> Diagnosis | None:
    """Return what a finding tells of the engine that made the sound; None when it tells of nothing known.

    What was in an upload, or came in with the sound, tells of no engine.

    ``precision`` and ``device`` are those of the engine, such as "float16" on "cuda": in half precision the
    same silence has another cause.
    """
    if finding.severity in (Severity.OK, Severity.NOTE) or finding.origin is not Origin.STAGE:
        return None
    place = f" on {device}" if device else ""
    made = f"\nmade in {precision}{place}" if precision else ""
    return diagnose(f"check {finding.check}: {finding.evidence}{made}")


def explained(finding: Finding, precision: str, device: str) -> Finding:
    """Return a finding with the causes and the remedy of half precision, if it was made in that."""
    found = diagnose_finding(finding, precision, device) if precision == "float16" else None
    if found is None:
        return finding
    return finding.model_copy(update={"causes": (found.sentence, *found.causes), "remedy": found.remedy})

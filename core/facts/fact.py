"""One thing that was looked at: how it stands, by what evidence, why, and the remedy."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from core.contract import Severity

MB, GB = 1e6, 1e9


class Fact(BaseModel):
    """One line of the doctor's account."""

    model_config = ConfigDict(frozen=True)

    name: str
    severity: Severity
    evidence: str
    """One sentence with what was found."""
    causes: tuple[str, ...] = ()
    """Likely causes, the likeliest first; empty when ok."""
    remedy: str = ""


def ok(name: str, evidence: str) -> Fact:
    """Return a fact that is as it should be."""
    return Fact(name=name, severity=Severity.OK, evidence=evidence)


def bad(severity: Severity, name: str, evidence: str, remedy: str, *causes: str) -> Fact:
    """Return a fact that is not, with what to do about it."""
    return Fact(name=name, severity=severity, evidence=evidence, causes=causes, remedy=remedy)

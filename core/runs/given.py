"""What the faults of an uploaded file mean for the stages after it: they were given so, and did not do it.

The file is judged where it comes in. A later stage's finding of the same thing is marked as having come in
with the sound (:data:`core.contract.Origin.INPUT`): it warns, or is a note where it was one, and never stops
the run.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.checks import COMMON
from core.contract import FaultKind, Finding, Leaves, Material, Origin, Severity, Span
from core.errors import ErrorReport, InputError
from core.stages.table import STAGES

YOUR_FILE = "your file"
"""Who is to blame for what was wrong with an upload when it came in."""
CHECKS = {check.name: check for stage in STAGES for check in (*stage.contract.checks, *stage.contract.whole)}
UNUSABLE = frozenset(name for name, check in CHECKS.items() if check.leaves is not Leaves.SOUND)
ALIKE = {
    kind: frozenset(name for name, check in CHECKS.items() if check.fault_kind is kind) for kind in FaultKind
}
BY_SOUND = frozenset(check.name for check in COMMON).union(*ALIKE.values())
"""Checks that look at the sound alone; what a stage did to it is asked by others, which stay its own."""
ALL_SPANS = 8
"""A check marks so many places at most: a finding with as many may have more."""
NEAR_S = 0.05
WHOLE = frozenset(kind.main for kind in Material if kind.main and kind is not Material.FILES)


def faults_given(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return what is wrong with an upload, out of the findings of the stage where it came in."""
    return tuple(f for f in findings if f.origin is Origin.UPLOAD and f.severity is not Severity.OK)


def passed_on(findings: Sequence[Finding], given: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return a later stage's findings, those that only repeat what was ``given`` marked as such."""
    if not given:
        return tuple(findings)
    marked = tuple(_marked(finding, given) for finding in findings)
    return tuple(sorted(marked, key=lambda f: -f.severity.rank))


def blamed_on_the_file(error: ErrorReport, given: Sequence[Finding]) -> ErrorReport:
    """Return what a stage raised as the file's fault, when the file left it nothing to work on."""
    source = _unusable(given)
    if source is None:
        return error
    return error.model_copy(
        update={
            "kind": InputError.kind,
            "causes": (_came_in(source),),
            "remedy": source.remedy,
        }
    )


def _marked(finding: Finding, given: Sequence[Finding]) -> Finding:
    """Return the finding as one that came in, if it is that."""
    harmless = finding.severity in (Severity.OK, Severity.NOTE)
    if harmless or finding.check not in BY_SOUND:
        return finding
    if finding.origin is Origin.INPUT and finding.check in UNUSABLE:
        return finding
    own = [one for one in given if one.check == finding.check]
    source = next((one for one in (*own, *given) if _same(finding, one)), None) or _unusable(given)
    if source is None:
        return finding
    note = source.severity is Severity.NOTE and source.check == finding.check
    return finding.model_copy(
        update={
            "severity": Severity.NOTE if note else Severity.WARN,
            "origin": Origin.INPUT,
            "causes": (_came_in(source),),
            "remedy": source.remedy,
        }
    )


def _came_in(source: Finding) -> str:
    return f"{YOUR_FILE} came in so: {source.evidence}"


def _unusable(given: Sequence[Finding]) -> Finding | None:
    """Return the fault that leaves nothing of the whole song; one stem's own leaves the others."""
    return next(
        (
            one
            for one in given
            if one.severity is Severity.FAIL and one.check in UNUSABLE and not _stem(one.artifact)
        ),
        None,
    )


def _same(finding: Finding, source: Finding) -> bool:
    """Return whether a finding tells of the same thing, at the same places where both name them all."""
    group = next((alike for alike in ALIKE.values() if source.check in alike), frozenset({source.check}))
    if finding.check not in group or not _of(finding.artifact, source):
        return False
    everywhere = not source.spans or len(source.spans) >= ALL_SPANS or finding.check != source.check
    return everywhere or all(_near(span, source.spans) for span in finding.spans)


def _of(artifact: str, source: Finding) -> bool:
    """Return whether a sound may hold what one stem of the upload, or the whole of it, came with."""
    stem = _stem(source.artifact)
    whole = artifact in WHOLE and source.check not in ALIKE[FaultKind.SILENCE]
    return not stem or whole or stem == (_stem(artifact) or artifact)


def _stem(artifact: str) -> str:
    return artifact.partition("/")[2]


def _near(span: Span, others: Sequence[Span]) -> bool:
    return any(
        span.start_s < other.stop_s + NEAR_S and span.stop_s > other.start_s - NEAR_S for other in others
    )

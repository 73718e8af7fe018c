"""A probe's steps as a notebook shows them."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from core.contract import Severity
from core.probe.recorder import Judged


def table(sentence: str, steps: Iterable[Judged]) -> str:
    """Return a sentence and a table of steps as HTML without style of its own."""
    rows = "".join(
        f"<tr><td>{escape(step.name)}</td><td><b>{step.verdict.value}</b></td><td>{escape(_why(step))}</td></tr>"
        for step in steps
    )
    head = "<tr><th>step</th><th>verdict</th><th>why</th></tr>"
    return f"<p>{escape(sentence)}</p><table>{head}{rows}</table>"


def _why(step: Judged) -> str:
    if step.blame is not None:
        return step.blame.what
    return next((f.evidence for f in step.findings if f.severity is Severity.WARN), "")

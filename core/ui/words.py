"""Numbers and names as they stand on a page."""

from __future__ import annotations

from html import escape

from core.contract import Severity
from core.run import RunState, StepRecord, StepState

NONE = "–"
MINUS = "−"

STATE_WORDS = {
    RunState.QUEUED: "waiting",
    RunState.RUNNING: "working",
    RunState.DONE: "done",
    RunState.STOPPED: "stopped",
    RunState.CANCELLED: "cancelled",
}


def number(value: float | None, digits: int = 1) -> str:
    """Return a figure with a real minus sign, or a dash when it does not exist."""
    if value is None:
        return NONE
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = f"{0:.{digits}f}"
    return text.replace("-", MINUS)


def change(value: float | None, before: float | None, digits: int = 1) -> str:
    """Return the difference to an earlier figure in brackets; empty when there is none to tell."""
    if value is None or before is None:
        return ""
    difference = round(value - before, digits)
    if difference == 0:
        return "(=)"
    sign = "+" if difference > 0 else MINUS
    return f"({sign}{abs(difference):.{digits}f})"


def clock(seconds: float) -> str:
    """Return a length as minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def took(seconds: float) -> str:
    """Return how long something took."""
    return f"{seconds:.1f} s" if seconds < 60 else f"{clock(seconds)} min"


def verdict_badge(severity: Severity) -> str:
    """Return the badge of a verdict as HTML: a word, and a colour beside it."""
    word = {
        Severity.OK: "ok",
        Severity.NOTE: "note",
        Severity.WARN: "warning",
        Severity.FAIL: "failed",
    }[severity]
    return f'<span class="gs-badge gs-{severity.value}">{word}</span>'


def step_badge(step: StepRecord) -> str:
    """Return a step's badge as HTML: its verdict when it has run, else where it stands."""
    if step.state is StepState.DONE or step.state is StepState.FAILED:
        extra = '<span class="gs-badge gs-warn">continued anyway</span>' if step.continued else ""
        return verdict_badge(step.verdict) + extra
    kind = {StepState.RUNNING: "run", StepState.ERROR: "fail"}.get(step.state, "idle")
    word = "failed" if step.state is StepState.ERROR else step.state.value
    return f'<span class="gs-badge gs-{kind}">{escape(word)}</span>'


def stem_of(artifact: str) -> str:
    """Return an artifact's part: "song/vocals" and "vocals" are both "vocals"."""
    return artifact.rsplit("/", 1)[-1]

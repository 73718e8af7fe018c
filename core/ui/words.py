"""Numbers and names as they stand on a page."""

from __future__ import annotations

from html import escape

from core.contract import Severity
from core.runs.record import RunState, StepRecord, StepState

NONE = "–"
MINUS = "−"
INFINITE = "−∞"
"""The level of silence."""
MARKUP = frozenset("\\`*_{}[]#|<>~$:&@^")
"""What Streamlit's markdown may take for more than a letter."""

VERDICT_WORDS = {"warn": "warning", "fail": "failed"}
OPTION_WORDS = {
    "wav-16": "WAV 16-bit",
    "wav-24": "WAV 24-bit",
    "wav-32-float": "WAV 32-bit float",
    "flac-16": "FLAC 16-bit",
    "flac-24": "FLAC 24-bit",
    "mp3": "MP3",
    "ogg": "OGG",
    "stop_short": "Back off",
    "insist": "Force",
}
"""Options whose usual name is not their own with a capital letter."""
STATE_WORDS = {
    RunState.QUEUED: "waiting",
    RunState.RUNNING: "working",
    RunState.DONE: "done",
    RunState.STOPPED: "stopped",
    RunState.CANCELLED: "cancelled",
    RunState.INTERRUPTED: "interrupted",
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
    word = VERDICT_WORDS.get(severity.value, severity.value)
    return f'<span class="gs-badge gs-{severity.value}">{word}</span>'


def step_badge(step: StepRecord) -> str:
    """Return a step's badge as HTML: its verdict when it has run, else where it stands."""
    if step.state is StepState.DONE or step.state is StepState.FAILED:
        extra = '<span class="gs-badge gs-warn">continued anyway</span>' if step.continued else ""
        return verdict_badge(step.verdict) + extra
    kind = {StepState.RUNNING: "run", StepState.ERROR: "fail"}.get(step.state, "idle")
    word = "failed" if step.state is StepState.ERROR else step.state.value
    return f'<span class="gs-badge gs-{kind}">{escape(word)}</span>'


def plain(text: str) -> str:
    """Return text that a markdown label shows as it is, on one line."""
    return "".join(f"\\{c}" if c in MARKUP else c for c in " ".join(text.split()))


def option_word(option: str) -> str:
    """Return an option of a setting as a person reads it: "wav-24" is "WAV 24-bit"."""
    text = option.replace("_", " ")
    return OPTION_WORDS.get(option, text[:1].upper() + text[1:])


def stem_of(artifact: str) -> str:
    """Return an artifact's part: "song/vocals" and "vocals" are both "vocals"."""
    return artifact.rsplit("/", 1)[-1]

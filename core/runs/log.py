"""One structured line per stage: the log tells the level at every step.

    stage=master state=done verdict=ok in_lufs=-18.1 out_lufs=-14.0 out_tp=-1.0 engine=- device=cpu
    precision=float32 seconds=1.20 cached=no run=3f2a...

Fields are ``name=value`` with a single space between them, in this order; a figure that does not exist
is ``-``. Logger ``gainstage.stage``: INFO when nothing failed, ERROR when the contract broke or the stage
raised (then ``error=<kind>``, and ``diagnosis=<name>`` where it is known, or ``check=<name>`` follow, then
``evidence="..."``; of an error ``remedy="..."`` too).
"""

from __future__ import annotations

import json
import logging

from core.contract import Severity
from core.runs.record import StepRecord, StepState

LOGGER = logging.getLogger("gainstage.stage")


def log_step(run_id: str, step: StepRecord, before: StepRecord | None) -> None:
    """Write the line of one finished step; ``before`` is the last step that delivered sound."""
    failed = step.state in (StepState.FAILED, StepState.ERROR)
    LOGGER.log(logging.ERROR if failed else logging.INFO, "%s", level_line(run_id, step, before))


def level_line(run_id: str, step: StepRecord, before: StepRecord | None) -> str:
    """Return the line of one finished step."""
    incoming = before.main if before else None
    made = step.main
    fields = {
        "stage": step.stage,
        "state": step.state.value.replace(" ", "_"),
        "verdict": step.verdict.value,
        "in_lufs": _figure(incoming.measurement.integrated_lufs if incoming else None),
        "out_lufs": _figure(made.measurement.integrated_lufs if made else None),
        "out_tp": _figure(made.measurement.true_peak_dbtp if made else None),
        "engine": step.engine or "-",
        "device": step.device or "-",
        "precision": step.precision or "-",
        "seconds": f"{step.seconds:.2f}",
        "cached": "yes" if step.cached else "no",
        "run": run_id,
    }
    line = " ".join(f"{name}={value}" for name, value in fields.items())
    return f"{line} {_why(step)}" if step.state in (StepState.FAILED, StepState.ERROR) else line


def _why(step: StepRecord) -> str:
    if step.error:
        known = f" diagnosis={step.error.diagnosis}" if step.error.diagnosis else ""
        advice = f"evidence={json.dumps(step.error.message)} remedy={json.dumps(step.error.remedy)}"
        return f"error={step.error.kind}{known} {advice}"
    worst = next((f for f in step.findings if f.severity is Severity.FAIL), None)
    return f"check={worst.check} evidence={json.dumps(worst.evidence)}" if worst else ""


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"

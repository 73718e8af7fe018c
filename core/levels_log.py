"""One structured line per stage: the log tells the level at every step.

    stage=master state=done verdict=ok in_lufs=-18.1 out_lufs=-14.0 out_tp=-1.0 engine=- device=cpu
    precision=float32 seconds=1.20 cached=no run=3f2a...

Fields are ``name=value`` with a single space between them, in this order; a figure that does not exist
is ``-``. Logger ``gainstage.stage``: INFO when nothing failed, ERROR when the contract broke or the stage
raised (then ``error=<kind>`` or ``check=<name>`` and ``evidence="..."`` follow).
"""

from __future__ import annotations

import json
import logging

from core.contract import Severity
from core.run import StepRecord, StepState

LOGGER = logging.getLogger("gainstage.stage")


def log_step(run_id: str, step: StepRecord, before: StepRecord | None) -> None:
    """Write the line of one finished step; ``before`` is the last step that delivered sound."""
    heard = before.main if before else None
    made = step.main
    fields = {
        "stage": step.stage,
        "state": step.state.value.replace(" ", "_"),
        "verdict": step.verdict.value,
        "in_lufs": _figure(heard.measurement.integrated_lufs if heard else None),
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
    if step.state in (StepState.FAILED, StepState.ERROR):
        LOGGER.error("%s %s", line, _why(step))
    else:
        LOGGER.info("%s", line)


def _why(step: StepRecord) -> str:
    if step.error:
        return f"error={step.error.kind} evidence={json.dumps(step.error.message)}"
    worst = next((f for f in step.findings if f.severity is Severity.FAIL), None)
    return f"check={worst.check} evidence={json.dumps(worst.evidence)}" if worst else ""


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"

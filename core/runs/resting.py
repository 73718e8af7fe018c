"""Which sounds of a song may give way to save disk: those that can be made again, the same to the last bit.

A song at rest keeps what cannot be made again: uploads, what an engine plays differently each time, the
master, the delivered files, and whatever failed. Of the rest the recipe (settings and seed), the judgement,
the readings and the picture stay.
"""

from __future__ import annotations

from collections.abc import Callable

from core.contract import Severity
from core.runs.record import RunRecord, StepRecord, StepState
from core.stages.enhance import BYPASS
from core.stages.separate import TRUE_STEMS
from core.stages.table import STAGES

OURS = frozenset({"assembler", TRUE_STEMS, BYPASS, "mixer", "exporter"})
"""What stages do themselves, as a step's record names it: arithmetic, the same each time."""
KEPT_STAGES = ("master",)
"""What a song is listened to by: it stays."""


def may_rest(record: RunRecord, repeatable: Callable[[str], bool]) -> set[str]:
    """Return the keys of a run's sounds that may give way.

    ``repeatable``: whether the engine of this name makes the same of the same.
    """
    if record.state.live or record.tainted or record.probed:
        return set()
    free: set[str] = set()
    stays = _uploads(record)
    for step in record.steps:
        keys = {a.key for a in (*step.artifacts, step.whole) if a}
        (free if _may_rest(step, repeatable) else stays).update(keys)
    return free - stays


def _may_rest(step: StepRecord, repeatable: Callable[[str], bool]) -> bool:
    return (
        step.state is StepState.DONE
        and step.verdict is not Severity.FAIL
        and step.stage not in KEPT_STAGES
        and (not step.engine or step.engine in OURS or repeatable(step.engine))
    )


def _uploads(record: RunRecord) -> set[str]:
    upload = record.request.upload
    keys = set(upload.sounds.values()) if upload else set()
    return keys.union(*(record.settings.of(stage.name).uploads().values() for stage in STAGES))

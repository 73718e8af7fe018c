"""Which earlier sound a stage's sound is compared with."""

from __future__ import annotations

import re

from core.measure import Measurement
from core.runs.record import ArtifactRecord, RunRecord, StepRecord
from core.ui.words import stem_of

_WHOLE = re.compile(r"song|mix|master|clip_\d+")


def is_whole(step: StepRecord, artifact: ArtifactRecord) -> bool:
    """Whether an artifact is the whole music: a clip, song, mix, master, a sum of stems, a file of it."""
    return step.stage == "export" or artifact == step.whole or bool(_WHOLE.fullmatch(artifact.name))


def whole(step: StepRecord) -> ArtifactRecord | None:
    """Return the sound that is the whole music at this step, if it has one."""
    main = step.main
    return main if main is not None and is_whole(step, main) else None


def before(run: RunRecord, step: StepRecord, artifact: ArtifactRecord) -> Measurement | None:
    """Return the readings of the same part at the nearest earlier stage that delivered it.

    The whole music is compared with the whole, a stem with the stem of its name.
    """
    position = [one.stage for one in run.steps].index(step.stage)
    for earlier in reversed(run.steps[:position]):
        found = whole(earlier) if is_whole(step, artifact) else _stem(earlier, stem_of(artifact.name))
        if found is not None:
            return found.measurement
    return None


def _stem(step: StepRecord, name: str) -> ArtifactRecord | None:
    for artifact in step.artifacts:
        if not is_whole(step, artifact) and stem_of(artifact.name) == name:
            return artifact
    return None

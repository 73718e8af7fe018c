"""Which earlier sound a stage's sound is compared with."""

from __future__ import annotations

from core.measure import Measurement
from core.run import RunRecord
from core.ui.words import stem_of

WHOLES = ("song", "mix", "master")


def is_whole(artifact: str) -> bool:
    """Whether an artifact is the whole music rather than one of its stems."""
    return artifact in WHOLES or (artifact.startswith("clip_") and "/" not in artifact)


def before(run: RunRecord, stage: str, artifact: str) -> Measurement | None:
    """Return the readings of the same part at the nearest earlier stage that delivered it.

    The whole music is compared with the whole (clip, song, mix, master), a stem with the stem of its name.
    """
    earlier = [step.stage for step in run.steps].index(stage)
    for step in reversed(run.steps[:earlier]):
        for candidate in step.artifacts:
            if _same_part(artifact, candidate.name):
                return candidate.measurement
    return None


def _same_part(one: str, other: str) -> bool:
    if is_whole(one) or is_whole(other):
        return is_whole(one) and is_whole(other)
    return stem_of(one) == stem_of(other)

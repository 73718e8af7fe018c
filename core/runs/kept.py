"""What a stage delivered, measured and stored: the result that is cached under the step's key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.audio import Audio, Stems
from core.checks.figures import stored
from core.contract import Material
from core.progress import Report
from core.runs.record import ArtifactRecord
from core.runs.result import Result
from core.runs.store import Store
from core.stages.base import Output, Stage


def kept(store: Store, output: Output, stage: Stage[Any], key: str, report: Report) -> Result:
    """Measure and store what a stage delivered. Raises StorageError."""
    artifacts = []
    for number, (name, audio) in enumerate(output.sounds.items()):
        report(number / len(output.sounds), f"Measuring {name}")
        content, measurement = store.put(audio)
        artifacts.append(ArtifactRecord(name=name, key=content, measurement=measurement))
    return Result(
        made_by=output.made_by,
        artifacts=tuple(artifacts),
        whole=_whole(store, output.sounds) if stage.delivers is Material.STEMS else None,
        files=store.exports.keep(key, output.files),
        plan=output.plan,
        lyrics=output.lyrics,
        figures=stored(output.figures),
        notes=output.notes,
        promise=output.promise,
        chosen_silent=output.chosen_silent,
        uploaded=output.uploaded,
    )


def _whole(store: Store, sounds: Mapping[str, Audio]) -> ArtifactRecord | None:
    """Store the sum of stems, so that they have one level."""
    if len(sounds) < 2:
        return None
    try:
        total = Stems(sounds).sum()
    except ValueError:
        return None
    key, measurement = store.put(total)
    return ArtifactRecord(name="sum", key=key, measurement=measurement)

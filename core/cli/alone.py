"""One stage by itself, judged by its own contract: what ``separate`` and ``master`` do with a file."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.audio import Audio
from core.contract import Case, Finding, Material, Severity, Sound, judge, verdict
from core.engines.base import Engines
from core.measure import measure
from core.progress import silent
from core.song import SongRequest
from core.stages.base import Output, Stage, StageSettings, Work
from core.stages.choice import choose


@dataclass(frozen=True, eq=False)
class Alone:
    """What a stage made of a file."""

    output: Output
    before: Mapping[str, Sound]
    after: Mapping[str, Sound]
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Severity:
        """Worst finding."""
        return verdict(self.findings)


def run_alone(
    stage: Stage[Any],
    settings: StageSettings,
    kind: Material,
    sounds: Mapping[str, Audio],
    engines: Engines,
    brought: Mapping[str, Audio] | None = None,
) -> Alone:
    """Run ``stage`` on sounds of a kind that it takes; raises what the stage raises.

    ``brought``: the sounds that the settings name, by what they are to the stage.
    """
    inputs: dict[str, Mapping[str, Audio]] = {kind: sounds}
    inputs |= {name: {name: audio} for name, audio in (brought or {}).items()}
    choice = choose(stage, SongRequest(), settings, inputs, engines)
    with tempfile.TemporaryDirectory() as scratch:
        output = stage.run(
            Work(
                request=SongRequest(),
                settings=settings,
                inputs=inputs,
                plan=None,
                lyrics=None,
                engines=engines,
                report=silent,
                scratch=Path(scratch),
                engine=choice.engine,
                checkpoint=choice.checkpoint,
            )
        )
    before = {name: Sound(name, audio, measure(audio)) for name, audio in sounds.items()}
    after = {name: Sound(name, audio, measure(audio)) for name, audio in output.sounds.items()}
    case = Case(
        stage=stage.name,
        inputs=before,
        outputs=after,
        settings=settings,
        promise=output.promise,
        figures=output.figures,
        chosen_silent=output.chosen_silent,
        brought=output.brought,
        delivers=stage.delivers,
    )
    return Alone(output, before, after, judge(stage.contract, case))

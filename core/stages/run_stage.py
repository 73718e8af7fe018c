"""One stage, run on its inputs and asked by its contract: in a run, and by itself with a file."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from core.audio import Audio
from core.contract import Case, Figures, Finding, Material, Promise, Severity, Sound, Span, judge, verdict
from core.engines.base import Engines
from core.measure import measure
from core.progress import silent
from core.song import Lyrics, Plan, SongRequest
from core.stages.base import Choice, Output, Stage, StageSettings, Work
from core.stages.choice import choose

Sounds = Mapping[str, Sound]


class Made(Protocol):
    """What a case takes from a stage's output, be it new or cached."""

    @property
    def plan(self) -> Plan | None:
        """The plan, if the stage made one."""

    @property
    def lyrics(self) -> Lyrics | None:
        """The lyrics, if the stage made some."""

    @property
    def promise(self) -> Promise:
        """What the stage said that it would deliver."""

    @property
    def chosen_silent(self) -> frozenset[str]:
        """Outputs that are silent on purpose."""

    @property
    def uploaded(self) -> bool:
        """Whether its sound is a file of the person."""


@dataclass(frozen=True, eq=False)
class Alone:
    """What a stage made of a file."""

    output: Output
    before: Sounds
    after: Sounds
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Severity:
        """Worst finding."""
        return verdict(self.findings)


def run_stage(stage: Stage[Any], work: Work[Any], choice: Choice) -> Output:
    """Run a stage by the engine that was chosen for it; raises what the stage raises."""
    return stage.run(replace(work, engine=choice.engine, checkpoint=choice.checkpoint))


def case_of(
    stage: Stage[Any],
    settings: StageSettings,
    inputs: Sounds,
    outputs: Sounds,
    made: Made,
    figures: Figures | None,
    plan: Plan | None = None,
    lyrics: Lyrics | None = None,
    silenced: tuple[Span, ...] = (),
) -> Case:
    """Return what the stage's checks look at; a plan and lyrics of its own replace those it was given."""
    return Case(
        stage=stage.name,
        inputs=inputs,
        outputs=outputs,
        settings=settings,
        plan=made.plan or plan,
        lyrics=made.lyrics or lyrics,
        promise=made.promise,
        figures=figures,
        chosen_silent=made.chosen_silent,
        silenced=silenced,
        uploaded=made.uploaded,
        delivers=stage.delivers,
    )


def made_alone(
    stage: Stage[Any],
    settings: StageSettings,
    inputs: Mapping[str, Mapping[str, Audio]],
    engines: Engines,
) -> Output:
    """Run ``stage`` on sounds of no run, by what they are to it; raises what the stage raises."""
    request = SongRequest()
    choice = choose(stage, request, settings, inputs, engines)
    with tempfile.TemporaryDirectory() as scratch:
        work = Work(request, settings, inputs, None, None, engines, silent, Path(scratch))
        return run_stage(stage, work, choice)


def run_alone(
    stage: Stage[Any],
    settings: StageSettings,
    kind: Material,
    sounds: Mapping[str, Audio],
    engines: Engines,
    named_sounds: Mapping[str, Audio] | None = None,
) -> Alone:
    """Run ``stage`` on sounds of a kind that it takes and judge it; raises what the stage raises.

    ``named_sounds``: the sounds that the settings name, by what they are to the stage.
    """
    named = {name: {name: audio} for name, audio in (named_sounds or {}).items()}
    output = made_alone(stage, settings, {kind: sounds, **named}, engines)
    before, after = _measured(sounds), _measured(output.sounds)
    case = case_of(stage, settings, before, after, output, output.figures)
    return Alone(output, before, after, judge(stage.contract, case))


def _measured(sounds: Mapping[str, Audio]) -> Sounds:
    return {name: Sound(name, audio, measure(audio)) for name, audio in sounds.items()}

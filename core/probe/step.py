"""One step of a program as the background thread works on it: what was handed over, its take, its record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.audio import Audio
from core.blame.chain import Link
from core.blame.take import Take, bundled, take_of
from core.contract import Finding, Origin, Severity, finding_about
from core.errors import ErrorReport, InputError
from core.probe.handed import NoSound
from core.probe.outside import ChannelAxis, is_sound_dictionary, sound_of
from core.runs.record import ArtifactRecord, StepRecord, StepState
from core.values import Json

SONG, SUM = "song", "sum"
"""What a step's one sound, and the sum of its stems, are called in its record."""
SECRET = ("token", "secret", "password", "api_key", "apikey", "authorization", "credential")
MOST_LETTERS = 300
SAME_LENGTH_S = 0.001


@dataclass(frozen=True, eq=False)
class Handed:
    """A step as it was handed over."""

    name: str
    value: Any
    rate: float | None
    """Of the nearest step before it that gave one, where this one does not."""
    channels: ChannelAxis | None = None
    seconds: float = 0.0
    """Since the step before it, or the start of the run."""
    about: Mapping[str, Json] = field(default_factory=dict)
    error: ErrorReport | None = None
    """What the program raised in this step, or why it could not be copied."""


def take_of_step(step: Handed) -> tuple[Take, Mapping[str, Audio]]:
    """Return the step's sound as a take of a chain, and its sounds by name.

    Raises InputError and its kin, in a sentence, for what is no sound.
    """
    value = step.value
    if isinstance(value, NoSound):
        raise _no_sound(step.name, value)
    if not isinstance(value, Mapping) or is_sound_dictionary(value):
        audio = sound_of(value, step.rate, channels=step.channels, name=f"what {step.name} was given")
        return take_of(step.name, audio), {SONG: audio}
    if not value:
        raise InputError(f"{step.name} was given no stems.", remedy="Pass each stem by its name.")
    sounds = {str(name): _stem(step, str(name), one) for name, one in value.items()}
    return bundled(step.name, sounds), sounds


def uneven(step: Handed, sounds: Mapping[str, Audio]) -> Iterator[Finding]:
    """Yield a warning about stems that differ in length: shorter ones are judged with silence after them."""
    lengths = {name: audio.duration_s for name, audio in sounds.items()}
    longest = max(lengths.values())
    short = [f"{name} {length:.3f} s" for name, length in lengths.items() if longest - length > SAME_LENGTH_S]
    if short:
        yield finding_about(
            "equal_lengths",
            Severity.WARN,
            step.name,
            f"The stems differ in length: {', '.join(short)} of {longest:.3f} s (limit 0.001 s).",
            causes=("a stem was cut, padded or resampled by itself",),
            remedy="Give all stems the length of the sound that they were taken from.",
        )


def record_of(
    step: Handed,
    stage: str,
    link: Link | None,
    artifacts: tuple[ArtifactRecord, ...],
    error: ErrorReport | None,
) -> StepRecord:
    """Return the step as a run holds it; ``artifacts`` are those that were stored, the sum of stems last."""
    stems = len(artifacts) > 1
    findings = tuple(
        _as_stored(finding, step.name, stems=stems) for finding in (link.findings if link else ())
    )
    failed = error is not None or (link is not None and link.verdict is Severity.FAIL)
    return StepRecord(
        stage=stage,
        title=step.name,
        state=StepState.ERROR if error else StepState.FAILED if failed else StepState.DONE,
        key=artifacts[-1].key if artifacts else "",
        seconds=step.seconds,
        artifacts=artifacts[:-1] if stems else artifacts,
        whole=artifacts[-1] if stems else None,
        figures=dict(step.about),
        notes=tuple(_note(name, value) for name, value in step.about.items()),
        findings=findings,
        error=error,
    )


def storable(value: Any, depth: int = 0) -> Json:
    """Return a setting as it may be stored: short, JSON, and without what its name says is secret."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return value[:MOST_LETTERS]
    if isinstance(value, Mapping) and depth < 3:
        return {
            str(name): "(hidden)" if any(s in str(name).lower() for s in SECRET) else storable(one, depth + 1)
            for name, one in list(value.items())[:50]
        }
    if isinstance(value, (list, tuple)) and depth < 3:
        return [storable(one, depth + 1) for one in value[:50]]
    return f"a {type(value).__name__}"


def _note(name: str, value: Json) -> str:
    shown = ", ".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
    return f"{name}: {shown}"[:MOST_LETTERS]


def _stem(step: Handed, name: str, value: Any) -> Audio:
    if isinstance(value, NoSound):
        raise _no_sound(f"{step.name}/{name}", value)
    return sound_of(value, step.rate, channels=step.channels, name=f"the stem {name} of {step.name}")


def _no_sound(name: str, value: NoSound) -> InputError:
    return InputError(
        f"{name} was given {value.what}, which is no sound.",
        remedy="Pass an array with its rate, a tensor, a path, or stems by name.",
    )


def _as_stored(finding: Finding, title: str, *, stems: bool) -> Finding:
    """Return a finding that names the stored sounds, of a step that is the program's own and no upload."""
    artifact = finding.artifact.removeprefix(f"{title}/")
    if artifact == title:
        artifact = SUM if stems else SONG
    origin = Origin.STAGE if finding.origin is Origin.UPLOAD else finding.origin
    return finding.model_copy(update={"artifact": artifact, "origin": origin})

"""A chain of steps, and the first that broke the sound.

The steps are files (or folders of stems) of anyone's pipeline, in order, or the stages of a run of ours. The
first file is judged as an upload; every later one against the last step that was audible,
so that what a step only passes on is not its fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.audio import Audio
from core.blame.change import Change, Compared, compare
from core.blame.damage import damage
from core.blame.stems import judge_stems
from core.blame.take import Take, read_take, take_of
from core.blame.words import change_in_words
from core.checks import COMMON, FOREIGN
from core.checks.context import is_audible
from core.checks.stuck import NoOffset
from core.compare.align import finite
from core.contract import Case, Contract, Finding, Leaves, Origin, Rank, Severity, Sound, judge, verdict
from core.errors import ErrorReport, InputError
from core.measure import Measurement
from core.runs.given import YOUR_FILE
from core.runs.record import ArtifactRecord, RunRecord, StepRecord, StepState

STAGE = "chain"
PASSED_ON = frozenset(check.name for check in COMMON if check.passes_on)
GATES = frozenset(check.name for check in COMMON if check.gate)
NO_SOUND = frozenset(check.name for check in COMMON if check.leaves is Leaves.NOTHING)
ANOTHER_SOUND = frozenset({"other_sound", "time_bent"})
"""What a mix is taken for that is unlike the sum of its stems, while nothing is known of each stem."""
OFFSET = frozenset({NoOffset.name})
LEAST_OFFSET, OFFSET_GROWTH = 0.001, 3.0
"""An offset that came in at this may be so many times as large against the sound: a low shelf lifts it."""
SMALL_DELAY_S = 0.001


@dataclass(frozen=True)
class Link:
    """One step of a chain and what it did."""

    name: str
    """The file as it was given, or the stage."""
    title: str
    position: int
    """From 1, as the person counts the files or the stages."""
    measurement: Measurement | None
    """None for a stage that failed without a sound, or has none."""
    parts: dict[str, Measurement] = field(default_factory=dict)
    change: Change | None = None
    """Against the last step that was audible; None for the first."""
    since: str = ""
    """The title of that step."""
    findings: tuple[Finding, ...] = ()
    error: ErrorReport | None = None
    key: str = ""
    """The stored sound, for a stage of a run."""
    came_in_broken: bool = False
    """Whether it is the stage of a run at which an upload came in that was broken already."""

    @property
    def verdict(self) -> Severity:
        """Worst finding, or fail when the stage raised."""
        return Severity.FAIL if self.error else verdict(self.findings)


@dataclass(frozen=True)
class Blame:
    """The first step that broke the sound, and what it did."""

    step: str
    title: str
    position: int
    """From 1."""
    check: str
    what: str
    """What is wrong, with its figures: one or two sentences."""
    did: str
    """What the step did to the level, one sentence; empty for the first step."""
    causes: tuple[str, ...]
    remedy: str


@dataclass(frozen=True)
class Chain:
    """Steps in order."""

    links: tuple[Link, ...]

    @property
    def verdict(self) -> Severity:
        """Worst verdict of its steps."""
        return max((link.verdict for link in self.links), key=lambda v: v.rank, default=Severity.OK)

    @property
    def blame(self) -> Blame | None:
        """The first step that failed; None when none did."""
        for link in self.links:
            if link.verdict is Severity.FAIL:
                return _blame(link)
        return None


def chain_of_files(paths: Sequence[str | Path]) -> Chain:
    """Read, measure and judge files or folders of stems in the order they were made.

    Raises InputError or AudioFileError, in one sentence, for a step that is missing or cannot be read.
    """
    names = _distinct_names([Path(path) for path in paths])
    return chain_of_takes(
        (str(path), read_take(Path(path), name)) for path, name in zip(paths, names, strict=True)
    )


def _distinct_names(paths: Sequence[Path]) -> list[str]:
    """Return a name for each path: its last part, with the folder's before it where two are alike."""
    names = [path.name or str(path) for path in paths]
    return [
        f"{path.parent.name}/{name}" if names.count(name) > 1 and path.parent.name else name
        for path, name in zip(paths, names, strict=True)
    ]


def chain_of_takes(takes: Iterable[tuple[str, Take]]) -> Chain:
    """Judge steps, each with the name it was given, one after another; only two are held at a time."""
    following = Following()
    links = tuple(following.add(name, take) for name, take in takes)
    if not links:
        raise InputError("There is no step to look at.", remedy="Name the files in the order they were made.")
    return Chain(links)


class Following:
    """Judges the steps of one chain as they come; holds the last and the last that was audible.

    ``made``: the first step is somebody's own work as those after it are, and no upload.
    """

    def __init__(self, *, made: bool = False) -> None:
        self._made = made
        self._count = 0
        self._audible: Take | None = None
        self._last: Take | None = None
        self._broken = frozenset[str]()

    def add(self, name: str, take: Take) -> Link:
        """Judge the next step, by the name it was given."""
        self._count += 1
        source = self._audible if is_audible(take.sound.measurement) else self._last
        link, self._broken = _judged(
            self._count, name, take, source or self._last, self._audible, self._broken, made=self._made
        )
        self._last = take
        self._audible = take if _usable(take, self._broken) else self._audible
        return link


def chain_of_run(run: RunRecord, audio: Callable[[str], Audio]) -> Chain:
    """Return the stages of a run that have run as a chain; ``audio`` returns a stored sound by its key.

    The findings are those of the stages' own contracts; what each stage did is read from its sound.
    """
    links: list[Link] = []
    audible: Take | None = None
    for position, step in enumerate(run.steps, 1):
        if step.state is StepState.NOT_RUN:
            continue
        main = step.main
        take = _of_stage(step, main, audio) if main is not None else None
        compared = _compared(audible, take) if take is not None and not _one_of_many(step) else None
        links.append(
            Link(
                name=step.stage,
                title=step.title,
                position=position,
                measurement=main.measurement if main else None,
                parts={a.name: a.measurement for a in step.artifacts if a != main},
                change=compared.change if compared else None,
                since=audible.name if compared and audible else "",
                findings=step.findings,
                error=step.error,
                key=main.key if main else "",
                came_in_broken=step.came_in_broken,
            )
        )
        if take is not None and is_audible(take.sound.measurement) and not _one_of_many(step):
            audible = take
    return Chain(tuple(links))


def _of_stage(step: StepRecord, main: ArtifactRecord, audio: Callable[[str], Audio]) -> Take:
    return take_of(step.title, audio(main.key))


def _one_of_many(step: StepRecord) -> bool:
    """Return whether the stage's sound is one clip of several that are joined later."""
    clips = [a for a in step.artifacts if a.name.startswith("clip_") and "/" not in a.name]
    return len(clips) > 1


def _compared(before: Take | None, after: Take) -> Compared | None:
    return compare(before, after) if before is not None else None


def _judged(
    position: int,
    name: str,
    take: Take,
    source: Take | None,
    audible: Take | None,
    broken: frozenset[str],
    *,
    made: bool,
) -> tuple[Link, frozenset[str]]:
    """Return the step with its findings, and the names of the checks that its own sound failed.

    ``broken`` are those of the step before.
    """
    compared = _compared(audible, take)
    first = source is None and not made
    as_ours = judge(Contract(COMMON), _case(take, source, compared, uploaded=False))
    as_uploaded = judge(Contract(FOREIGN if first else COMMON), _case(take, source, compared, uploaded=True))
    failed = frozenset(f.check for f in as_ours if f.severity is Severity.FAIL)
    alone = as_uploaded if first else tuple(_without_trifles(as_ours, as_uploaded))
    if audible is not None and _same_offset(audible.sound.measurement, take.sound.measurement):
        broken |= OFFSET
    asked = {f.check for f in alone}
    found = [
        *(f for f in take.on_reading if f.check not in asked),
        *(_passed_on(f, broken) for f in alone),
    ]
    change = compared.change if compared else None
    if compared and audible is not None and _usable(take, failed):
        gates = [f for f in found if f.check in GATES and f.severity is Severity.FAIL]
        rest = [f for f in found if f not in gates]
        found = [*gates, *damage(compared.change, audible.sound, take.sound, compared.aligned), *rest]
    if take.parts or (audible is not None and audible.parts):
        aligned = compared.aligned if compared else None
        stems = judge_stems(audible, take, change, aligned, uploaded=first)
        if not take.parts and any(f.severity is Severity.FAIL for f in stems):
            found = [f for f in found if f.check not in ANOTHER_SOUND]
        found = [*stems, *found]
    found.sort(key=lambda f: (-f.severity.rank, f.rank is Rank.SYMPTOM))
    link = Link(
        name=name,
        title=take.name,
        position=position,
        measurement=take.sound.measurement,
        parts={part: sound.measurement for part, sound in take.parts.items()},
        change=change,
        since=audible.name if compared and audible else "",
        findings=tuple(found),
    )
    return link, failed - OFFSET


def _usable(take: Take, failed: frozenset[str]) -> bool:
    """Return whether there is a sound to compare: neither silence nor a constant, whatever else is wrong."""
    return is_audible(take.sound.measurement) and not failed & NO_SOUND


def _without_trifles(as_ours: tuple[Finding, ...], as_uploaded: tuple[Finding, ...]) -> Iterator[Finding]:
    """Yield findings; a mere warning of what published music lives with is as good as none at any step."""
    fine = {f.check: f for f in as_uploaded if f.severity is Severity.OK}
    for finding in as_ours:
        yield fine.get(finding.check, finding) if finding.severity is Severity.WARN else finding


def _case(take: Take, source: Take | None, compared: Compared | None, *, uploaded: bool) -> Case:
    inputs = {}
    if source is not None:
        inputs = {source.name: Sound(source.name, _in_time(source, compared), source.sound.measurement)}
    return Case(stage=STAGE, outputs={take.name: take.sound}, inputs=inputs, uploaded=uploaded)


def _in_time(source: Take, compared: Compared | None) -> Audio:
    """Return the source, finite and moved so that its times are those of the result."""
    audio = finite(source.sound.audio)
    delay_s = compared.change.delay_s if compared else None
    if delay_s is None or abs(delay_s) < SMALL_DELAY_S:
        return audio
    frames = round(delay_s * audio.sample_rate)
    samples = np.pad(audio.samples, ((max(0, frames), 0), (0, 0)))[max(0, -frames) :]
    return Audio(samples, audio.sample_rate) if len(samples) else audio


def _same_offset(before: Measurement, after: Measurement) -> bool:
    """Return whether an offset came in and was only turned up: by a shelf, or along with the sound."""
    if before.rms_dbfs is None or after.rms_dbfs is None or before.dc_offset < LEAST_OFFSET:
        return False
    louder = 10 ** ((after.rms_dbfs - before.rms_dbfs) / 20)
    return after.dc_offset <= OFFSET_GROWTH * louder * before.dc_offset


def _passed_on(finding: Finding, broken: frozenset[str]) -> Finding:
    """Return a failure that the step before had already as a warning that says so."""
    if finding.severity is not Severity.FAIL or finding.check not in broken & (PASSED_ON | OFFSET):
        return finding
    return finding.model_copy(
        update={
            "severity": Severity.WARN,
            "origin": Origin.INPUT,
            "causes": ("what came in was so already: look at the step before", *finding.causes),
        }
    )


def _blame(link: Link) -> Blame:
    did = change_in_words(link.change, link.title, link.since) if link.change else ""
    if link.error is not None:
        error = link.error
        return Blame(
            link.name, link.title, link.position, error.kind, error.message, did, error.causes, error.remedy
        )
    worst = next(f for f in link.findings if f.severity is Severity.FAIL)
    if link.came_in_broken:
        return Blame(
            YOUR_FILE,
            YOUR_FILE.capitalize(),
            link.position,
            worst.check,
            worst.evidence,
            did,
            worst.causes,
            worst.remedy,
        )
    return Blame(
        link.name, link.title, link.position, worst.check, worst.evidence, did, worst.causes, worst.remedy
    )

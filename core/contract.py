"""Findings, checks and contracts: how a stage's sound is judged.

A check asks one question about each sound that a stage delivered and answers with findings. The order
in a contract matters: a *gate* (finite, not_silent, near_silent) that fails for a sound answers for that
sound alone, and the checks after it are not asked about it, so that the first cause is the one that is named.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import ClassVar, NamedTuple, TypedDict, TypeVar, Unpack

from pydantic import BaseModel, ConfigDict, Field

from core.audio import Audio
from core.measure import Measurement
from core.song import Lyrics, Plan
from core.values import Json

CAME_IN = "came in"
"""What the cause of a finding says that tells of the sound as it came."""
LOOK_BEFORE = "Look at the step before: there the sound was so already."


class Severity(StrEnum):
    """How bad a finding is, whoever made the sound.

    A *note* is true and nobody acts on it: a sound with nothing but notes is ok. A *warn* is what a mastering
    engineer wants to hear of. A *fail* is unusable, or was done to the sound by one of our own stages.
    """

    OK = "ok"
    NOTE = "note"
    WARN = "warn"
    FAIL = "fail"

    @property
    def rank(self) -> int:
        """0 for ok to 3 for fail."""
        return ("ok", "note", "warn", "fail").index(self.value)


class Origin(StrEnum):
    """Where what a finding tells of comes from."""

    STAGE = "stage"
    """The stage that is judged did it, or nobody knows better."""
    UPLOAD = "upload"
    """It is in the file that the person uploaded."""
    INPUT = "input"
    """It came in with the sound of the stage before."""


class Material(StrEnum):
    """What a stage delivers, and what the stages after it take."""

    WORDS = "words"
    UPLOAD = "upload"
    """The sounds that a person uploaded; no stage delivers them."""
    CLIPS = "clips"
    SONG = "song"
    STEMS = "stems"
    MIX = "mix"
    MASTER = "master"
    FILES = "files"

    @property
    def main(self) -> str:
        """The name of the one sound that stands for the delivery; empty for stems, which have a sum."""
        return _MAIN.get(self, "")


_MAIN = {
    Material.CLIPS: "clip_1",
    Material.SONG: "song",
    Material.MIX: "mix",
    Material.MASTER: "master",
    Material.FILES: "master.wav",
}


class Rank(IntEnum):
    """Where a finding stands among those that are as bad: a cause is named before what follows from it."""

    CAUSE = 0
    TRACE = 1
    """Another sound in a sound's place, or a cut in it, leaves this as well."""
    ARITHMETIC = 2
    """The sound is not what it should be, whatever was done to it."""
    SYMPTOM = 3
    """Many another fault does this to a sound as well, such as too hot a drive."""


class Leaves(StrEnum):
    """What a fail leaves for later stages to work on."""

    SOUND = "sound"
    UNUSABLE = "unusable"
    """A sound of which nothing can be made: whatever else is odd in what is made of it follows from that."""
    NOTHING = "nothing"
    """Silence or a constant."""


class FaultKind(StrEnum):
    """A fault that several checks see, each in another shape, as stages work on the sound."""

    SILENCE = "silence"
    OVERLOAD = "overload"


class Span(BaseModel):
    """A stretch of time that a finding points at, in seconds from the sound's start."""

    model_config = ConfigDict(frozen=True)

    start_s: float
    stop_s: float


class Finding(BaseModel):
    """A check's answer about one sound (``artifact``), with the figure it rests on."""

    model_config = ConfigDict(frozen=True)

    check: str
    severity: Severity
    artifact: str = ""
    evidence: str
    """One sentence with the figure, its unit and the limit."""
    causes: tuple[str, ...] = ()
    """Likely causes, the likeliest first; empty when ok."""
    remedy: str = ""
    spans: tuple[Span, ...] = ()
    origin: Origin = Origin.STAGE
    rank: Rank = Rank.CAUSE
    """That of the check; findings that were stored without it are sorted already."""
    implicates: bool = Field(default=False, exclude=True)
    """The sounds were altered after they were made: what is odd about one of them is not the music's own."""


@dataclass(frozen=True, eq=False)
class Sound:
    """One named sound with its readings."""

    name: str
    audio: Audio
    measurement: Measurement


@dataclass(frozen=True)
class Promise:
    """What the stage said it would deliver; None where it promised nothing."""

    duration_s: float | None = None
    duration_tolerance_s: float = 0.05
    sample_rate: int | None = None
    channels: int | None = None
    integrated_lufs: float | None = None
    ceiling_dbtp: float | None = None
    gain_reduction_db: float | None = None
    """Largest gain reduction that a limiter or compressor declares to have made."""
    peak_before_normalising_dbfs: float | None = None
    """Peak before the engine normalised its own output (ACE-Step does), else None."""
    engine_untrained: bool = False
    """Random weights: noise is what was promised."""

    @classmethod
    def form_of(cls, audio: Audio) -> Promise:
        """Promise the length of ``audio`` to the sample, its rate and its channels."""
        rate = audio.sample_rate
        return cls(audio.duration_s, 0.5 / rate, sample_rate=rate, channels=audio.channels)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a stage reports about its own work, each in its own type (:mod:`core.checks.figures`)."""

    engine: Mapping[str, Json] = field(default_factory=dict)
    """What its engine reports beside, under the engine's own names."""


F = TypeVar("F", bound=Figures)


@dataclass(frozen=True, eq=False)
class Case:
    """Everything a check may look at: what went in, what came out, what was promised."""

    stage: str
    outputs: Mapping[str, Sound]
    inputs: Mapping[str, Sound] = field(default_factory=dict)
    settings: BaseModel | None = None
    plan: Plan | None = None
    lyrics: Lyrics | None = None
    promise: Promise = Promise()
    figures: Figures | None = None
    """What the stage reports about its own work; None for sounds of no stage."""
    chosen_silent: frozenset[str] = frozenset()
    """Outputs the person silenced on purpose (a mute), or that the plan leaves silent (no vocals)."""
    silenced: tuple[Span, ...] = ()
    """Stretches of the song that the person had made silent, here or in a stage before."""
    uploaded: bool = False
    """The sound is the person's own upload: what is wrong with it is theirs."""
    delivers: Material | None = None
    """What the outputs are; None for sounds of no stage."""

    @property
    def is_source(self) -> bool:
        """Whether the sound is an upload as it came in: no stage has worked on it yet."""
        return self.uploaded and not self.inputs

    def reported(self, kind: type[F]) -> F | None:
        """Return the figures of the stage that a check is for; None where no stage reports any.

        Raises TypeError for those of another stage: the check stands in the wrong contract.
        """
        if self.figures is None or isinstance(self.figures, kind):
            return self.figures
        raise TypeError(f"{self.stage} reports {type(self.figures).__name__}, not {kind.__name__}")


class Reasons(TypedDict, total=False):
    """What a finding says beside its evidence (:class:`Finding`)."""

    causes: tuple[str, ...]
    remedy: str
    spans: tuple[Span, ...]
    origin: Origin
    implicates: bool


def finding_about(
    check: str, severity: Severity, on: Sound | str, evidence: str, **more: Unpack[Reasons]
) -> Finding:
    """Return the answer of ``check`` about a sound or artifact; an ok one keeps its figure alone."""
    artifact = on if isinstance(on, str) else on.name
    reasons = more if severity is not Severity.OK else Reasons()
    return Finding(check=check, severity=severity, artifact=artifact, evidence=evidence, **reasons)


class _Asks(ABC):
    """What a check says about itself, and how it words its answers."""

    name: ClassVar[str]
    unasked: ClassVar[str] = ""
    """Where the question makes no sense and the answer is None, behind the words "makes no sense"."""
    rank: ClassVar[Rank] = Rank.CAUSE
    passes_on: ClassVar[bool] = False
    """Whether it hardly looks at what came in: at a later step the same fail is the earlier step's."""
    leaves: ClassVar[Leaves] = Leaves.SOUND
    """What its fail leaves to work on."""
    fault_kind: ClassVar[FaultKind | None] = None
    """The fault that it shares with other checks."""

    def ok(self, evidence: str, on: Sound | str = "") -> Finding:
        """Answer that nothing is wrong with ``on``, a sound or an artifact's name, with the figure."""
        return self.rated(Severity.OK, evidence, on)

    def note(self, evidence: str, on: Sound | str = "", **more: Unpack[Reasons]) -> Finding:
        """Answer with what is true and nobody acts on."""
        return self.rated(Severity.NOTE, evidence, on, **more)

    def warn(self, evidence: str, on: Sound | str = "", **more: Unpack[Reasons]) -> Finding:
        """Answer with what an engineer wants to hear of."""
        return self.rated(Severity.WARN, evidence, on, **more)

    def fail(self, evidence: str, on: Sound | str = "", **more: Unpack[Reasons]) -> Finding:
        """Answer that the sound is unusable, or was broken by a stage of ours."""
        return self.rated(Severity.FAIL, evidence, on, **more)

    def rated(
        self, severity: Severity, evidence: str, on: Sound | str = "", **more: Unpack[Reasons]
    ) -> Finding:
        """Answer with a severity that depends on the case."""
        return finding_about(self.name, severity, on, evidence, **more)


class Check(_Asks):
    """One question about each sound. Implementations lie in ``core/checks``, one file per family."""

    gate: ClassVar[bool] = False
    """Whether a fail answers for the sound alone, so that later checks are not asked about it."""

    @abstractmethod
    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Answer for one delivered sound; None when the question does not apply to it."""


class WholeCheck(_Asks):
    """One question about the delivered sounds together (a stem sum, equal lengths)."""

    @abstractmethod
    def examine_all(self, case: Case) -> Finding | None:
        """Answer once for the stage; None when the question does not apply."""


@dataclass(frozen=True)
class Contract:
    """What a stage may do to the level: checks per sound, in order, then checks of the whole."""

    checks: tuple[Check, ...]
    whole: tuple[WholeCheck, ...] = ()


def judge(contract: Contract, case: Case) -> tuple[Finding, ...]:
    """Ask every check of ``contract`` and return the findings, worst first, else in the order asked.

    What follows from other faults (:class:`Rank`) comes after whatever else is as bad.
    """
    findings = list(_per_sound(contract, case))
    gated = {check.name for check in contract.checks if check.gate}
    broken = any(f.severity is Severity.FAIL and f.check in gated for f in findings)
    if not broken:
        for check in contract.whole:
            finding = check.examine_all(case)
            if finding is not None:
                findings.append(_ranked(finding, check.rank))
    if any(f.implicates and f.severity is Severity.FAIL for f in findings):
        findings = [_implicated(f) for f in findings]
    if case.is_source:
        findings = [f.model_copy(update={"origin": Origin.UPLOAD}) for f in findings]
    return tuple(sorted(findings, key=urgency))


class Unasked(NamedTuple):
    """A check that was not asked about a sound, and why."""

    check: str
    artifact: str
    reason: str


def unasked(contract: Contract, case: Case, findings: Iterable[Finding]) -> tuple[Unasked, ...]:
    """Return the checks of each sound that gave no answer when ``findings`` were made, in their order."""
    answers = {(one.artifact, one.check): one.severity for one in findings}
    silent: list[Unasked] = []
    for name in case.outputs:
        failed = ""
        for check in contract.checks:
            answer = answers.get((name, check.name))
            if answer is None:
                reason = f"the sound failed {failed} first" if failed else f"makes no sense {check.unasked}"
                silent.append(Unasked(check.name, name, reason))
            elif check.gate and answer is Severity.FAIL:
                failed = failed or check.name
    return tuple(silent)


def urgency(finding: Finding) -> tuple[int, int]:
    """Return what findings are sorted by: the worst first, and a cause before what follows from it."""
    return -finding.severity.rank, finding.rank


def _implicated(finding: Finding) -> Finding:
    """Return a fail for what was let pass as the music's own."""
    own = finding.severity is not Severity.WARN or finding.rank is not Rank.CAUSE
    return finding if own else finding.model_copy(update={"severity": Severity.FAIL})


def verdict(findings: tuple[Finding, ...]) -> Severity:
    """Return the worst severity; ok when there are none, or nothing but notes."""
    worst = max((f.severity for f in findings), key=lambda s: s.rank, default=Severity.OK)
    return Severity.OK if worst is Severity.NOTE else worst


def own_failures(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the fails that the judged stage did itself: neither the upload's own nor passed on."""
    return tuple(f for f in findings if f.severity is Severity.FAIL and f.origin is Origin.STAGE)


def _per_sound(contract: Contract, case: Case) -> Iterator[Finding]:
    for sound in case.outputs.values():
        for check in contract.checks:
            finding = check.examine(sound, case)
            if finding is None:
                continue
            yield _ranked(_as_it_came(finding, case), check.rank)
            if check.gate and finding.severity is Severity.FAIL:
                break


def _as_it_came(finding: Finding, case: Case) -> Finding:
    """Return what came in with the sound as that: to make this stage again would not help."""
    harmless = finding.severity.rank < Severity.WARN.rank
    if harmless or finding.origin is not Origin.INPUT or any(CAME_IN in cause for cause in finding.causes):
        return finding
    return finding.model_copy(
        update={"causes": (f"what {CAME_IN} was so already", *finding.causes), "remedy": LOOK_BEFORE}
    )


def _ranked(finding: Finding, rank: Rank) -> Finding:
    return finding if finding.rank is rank else finding.model_copy(update={"rank": rank})
